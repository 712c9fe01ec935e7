import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeDirectory } from './make-data-dir.ts';
import { projectRoot } from './source-files.ts';

/**
 * The built command, run as a user runs it. `npm test` builds before it tests; where that is not wanted,
 * QUATRAIN_ENTRY names another file to run, such as src/cli/quatrain.ts.
 */
export const commandEntry: string =
  process.env['QUATRAIN_ENTRY'] ?? join(projectRoot, 'dist/program/quatrain.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory for one test; commands run in it, so that no file of the checkout is read. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = makeDirectory('cli');
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A command that runs: what it printed so far, and its end. */
export class RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<Finished>;
  stdout = '';
  stderr = '';

  constructor(
    directory: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    input?: string,
  ) {
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
    this.process = spawn(process.execPath, [commandEntry, ...args], {
      cwd: directory,
      env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.process.stdin?.end(input);
    this.process.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.ended = once(this.process, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Base URL, once it is printed. */
  get url(): string | undefined {
    return /is listening on (http:\S+)/.exec(this.stdout)?.[1];
  }

  get metricsUrl(): string | undefined {
    return /metrics +(http:\S+)\/metrics/.exec(this.stdout)?.[1];
  }

  /** The key of a first start. */
  get key(): string | undefined {
    return /shown this once: +(qtn_\w+)/.exec(this.stdout)?.[1];
  }

  /** Log lines so far. */
  get events(): readonly { readonly event: string; readonly [field: string]: unknown }[] {
    return this.stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { readonly event: string });
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  /** Ends it the hard way, where it has not ended by itself. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
    }
    await this.ended;
  }
}

/** Runs a command to its end, with something piped in where there is. */
export function runCommand(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<Finished> {
  return new RunningCommand(directory, args, env, input).ended;
}

/** Starts `serve`; resolves once it listens, rejects with what it said where it does not. */
export async function startServe(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningCommand & { readonly url: string }> {
  const command = new RunningCommand(directory, ['serve', ...args], env);
  const listening = new Promise<void>((resolve) => {
    command.process.stdout?.on('data', () => {
      // The welcome's last line: everything before it has been printed.
      if (/quatrain -- chat --url/.test(command.stdout)) resolve();
    });
  });
  await Promise.race([listening, command.ended]);
  if (command.url === undefined) {
    await command.kill();
    throw new Error(`serve ended: ${command.stdout}${command.stderr}`);
  }
  return command as RunningCommand & { readonly url: string };
}
