import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { commandEntry } from './cli.ts';

/** Whether there is the `script` of util-linux, which runs a command on a terminal of its own. */
export const hasPseudoTerminal: boolean =
  process.env['CI'] === 'true' ||
  (spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '').includes('util-linux');

/** A command that runs on a terminal of 100 × 30: what it wrote, keys for it, and its end. */
export class PseudoTerminal {
  readonly #process: ChildProcess;
  readonly ended: Promise<number | null>;
  /** All bytes that it wrote, with their escapes. */
  raw = '';

  /** `args` have no quotes in them. */
  constructor(
    directory: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    const { PATH = '', HOME = '' } = process.env;
    const words = [process.execPath, commandEntry, ...args].map((word) => `'${word}'`);
    const command = `stty cols 100 rows 30; ${words.join(' ')}; code=$?; echo; echo "code $code"; stty -a`;
    this.#process = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], {
      cwd: directory,
      env: { PATH, HOME, TERM: 'xterm-256color', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.raw += chunk.toString();
    });
    this.ended = once(this.#process, 'close').then(() => this.code);
  }

  /** What it wrote, without escapes. */
  get text(): string {
    return stripVTControlCharacters(this.raw);
  }

  /** How the command ended, once it has. */
  get code(): number | null {
    const said = /^code (\d+)\r?$/m.exec(this.text)?.[1];
    return said === undefined ? null : Number(said);
  }

  /** Whether the terminal shows what is typed and reads it line by line, at the end. */
  get isRestored(): boolean {
    return / icanon\b/.test(this.text) && / echo\b/.test(this.text);
  }

  press(keys: string): void {
    this.#process.stdin?.write(keys);
  }

  /** Ends it the hard way, where it has not ended by itself. */
  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
    }
    await this.ended;
  }
}
