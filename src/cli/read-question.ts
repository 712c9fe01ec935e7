import { createInterface } from 'node:readline';
import { afterThisRound, systemClock } from '../std/clock.ts';
import { CommandProblem } from './command-problem.ts';

/** What somebody typed. */
export type TypedQuestion =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: 'interrupted' }
  /** Ctrl-D. */
  | { readonly kind: 'end' };

const HISTORY_MAX = 200;
const STDIN_BYTES_MAX = 8 * 1024 * 1024;
/** Who started the command may have left its input open without meaning to write to it. */
const FIRST_BYTE_WITHIN_MS = 2000;

/** Reads questions from a terminal, with what was typed before in reach of the arrow keys. */
export class QuestionReader {
  #history: string[] = [];

  /** A line; several that were pasted at once, and those that end with `\`, are one question. */
  async read(prompt: string): Promise<TypedQuestion> {
    let text = '';
    for (;;) {
      const typed = await this.#readLine(text === '' ? prompt : '… ');
      if (typed.kind !== 'line') return typed;
      text += typed.text;
      if (!text.endsWith('\\')) return { kind: 'line', text };
      text = `${text.slice(0, -1)}\n`;
    }
  }

  #readLine(prompt: string): Promise<TypedQuestion> {
    const terminal = createInterface({
      input: process.stdin,
      output: process.stderr,
      prompt,
      history: this.#history,
      historySize: HISTORY_MAX,
      removeHistoryDuplicates: true,
    });
    return new Promise((resolve) => {
      const lines: string[] = [];
      let typed: TypedQuestion = { kind: 'end' };
      terminal.on('line', (line) => {
        lines.push(line);
        typed = { kind: 'line', text: lines.join('\n') };
        if (lines.length === 1) {
          afterThisRound(() => {
            terminal.close();
          });
        }
      });
      terminal.on('SIGINT', () => {
        typed = { kind: 'interrupted' };
        terminal.close();
      });
      terminal.on('history', (history) => {
        this.#history = [...history];
      });
      terminal.once('close', () => {
        if (typed.kind !== 'line') process.stderr.write('\n');
        resolve(typed);
      });
      terminal.prompt();
    });
  }
}

/**
 * All that is piped in. With `isExtra` a question is there already: what does not begin to come in
 * time is not waited for.
 */
export async function readStdin(isExtra: boolean): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) return '';
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = isExtra
    ? systemClock.after(FIRST_BYTE_WITHIN_MS, () => {
        stdin.destroy();
      })
    : undefined;
  try {
    for await (const chunk of stdin) {
      timer?.cancel();
      const piece = Buffer.from(chunk as Uint8Array);
      bytes += piece.length;
      if (bytes > STDIN_BYTES_MAX) {
        throw new CommandProblem(`more than ${String(STDIN_BYTES_MAX)} bytes were piped in`);
      }
      chunks.push(piece);
    }
  } catch (error) {
    // Destroyed because nothing came: then there is nothing.
    if (bytes > 0) throw error;
  } finally {
    timer?.cancel();
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}
