import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Secret } from '../std/secret.ts';
import { CommandProblem } from './command-problem.ts';

/** More than any password has: what is longer was not meant to be one. */
const INPUT_BYTES_MAX = 4096;

/**
 * A password from standard input: piped in, or typed twice on a terminal, which does not show it.
 * Undefined where Ctrl-C or Ctrl-D took the place of an answer.
 */
export async function readPassword(): Promise<Secret | undefined> {
  if (!process.stdin.isTTY) return pipedPassword();
  const first = await typedUnseen('Password: ');
  const second = first === undefined ? undefined : await typedUnseen('Again: ');
  if (first === undefined || second === undefined) return undefined;
  if (first !== second) throw new CommandProblem('the two are not the same; nothing was changed');
  return new Secret(first);
}

async function pipedPassword(): Promise<Secret> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > INPUT_BYTES_MAX) {
      throw new CommandProblem(`more than ${String(INPUT_BYTES_MAX)} bytes were piped in`);
    }
    chunks.push(piece);
  }
  // What wrote it ended its line; spaces may be part of it.
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (text === '') throw new CommandProblem('a password is wanted on standard input');
  if (/[\r\n]/.test(text)) throw new CommandProblem('a password is one line');
  return new Secret(text);
}

function typedUnseen(prompt: string): Promise<string | undefined> {
  process.stderr.write(prompt);
  // The terminal itself shows nothing while its input is read key by key; this is what would.
  const unseen = new Writable({
    write(_chunk, _encoding, done): void {
      done();
    },
  });
  const { stdin: input } = process;
  const terminal = createInterface({ input, output: unseen, terminal: true, historySize: 0 });
  return new Promise((resolve) => {
    let typed: string | undefined;
    terminal.once('line', (line) => {
      typed = line;
      terminal.close();
    });
    terminal.once('SIGINT', () => {
      terminal.close();
    });
    terminal.once('close', () => {
      process.stderr.write('\n');
      resolve(typed);
    });
  });
}
