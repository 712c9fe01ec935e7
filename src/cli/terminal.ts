import type { Refusal } from '../messages/errors.ts';
import { errorTable, refusalText } from '../messages/errors.ts';

/** What goes wrong, as a program reads it. */
export interface Complaint {
  readonly type: string;
  readonly message: string;
  readonly [more: string]: unknown;
}

let complainsInJson = false;
let endsUnheard = true;

/**
 * Whoever read the output may go away, as `head` does once it has enough. A command then ends without a
 * word; one that has more to do than to be read goes on.
 */
export function endUnheard(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (endsUnheard) process.exit();
    });
  }
}

/** From now on the command goes on, whether anybody reads what it says or not. */
export function goOnUnheard(): void {
  endsUnheard = false;
}

/** With `--json` problems are objects too, one a line. */
export function complainInJson(isWanted: boolean): void {
  complainsInJson = isWanted;
}

/** Says something to whoever runs the command. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Says what went wrong, and makes the command end with a failure. */
export function complain(text: string, type = 'command_failed'): void {
  complainOf({ type, message: text });
}

/** Says what was refused, and makes the command end with a failure. */
export function complainOfRefusal(refused: Refusal): void {
  const { code, reason } = refused;
  const { type } = errorTable[code];
  complainOf({ type, code: reason ?? code, message: refusalText(refused) });
}

/** The same of anything that has a message; people may read more words than programs do. */
export function complainOf(complaint: Complaint, words: string = complaint.message): void {
  process.stderr.write(complaintText(complaint, words));
  process.exitCode = 1;
}

/** How a problem is written: in words, or as an object where the command answers in JSON. */
export function complaintText(complaint: Complaint, words: string = complaint.message): string {
  if (complainsInJson) return `${JSON.stringify({ error: complaint })}\n`;
  return `quatrain: ${words}\n`;
}
