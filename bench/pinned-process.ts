import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { canPin } from './machine.ts';

const stopGraceMs = 3_000;
const readyPollMs = 25;

/** How to start a process. */
export type ProcessOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly core: number;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Both outputs go to this file: a pipe would cost the reader's time on the load core. */
  readonly logPath: string;
};

/** A process the bench started and ends. */
export type PinnedProcess = {
  readonly pid: number;
  readonly logPath: string;
  /** Resolves with the match as soon as the log has it; throws when the process ends or the time is up first. */
  waitForLog(pattern: RegExp, withinMs: number): Promise<RegExpExecArray>;
  /** Resolves with the exit code when the process ends by itself; one still running after the time is ended and throws. */
  waitForExit(withinMs: number): Promise<number>;
  stop(): Promise<void>;
};

const running = new Set<ChildProcess>();

// A bench that is interrupted leaves nothing behind; each child is ended by its own pid.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function waitForEnd(child: ChildProcess, withinMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs;
  while (!hasEnded(child) && performance.now() < deadlineMs) await sleep(readyPollMs);
  return hasEnded(child);
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGTERM');
  if (await waitForEnd(child, stopGraceMs)) return;
  child.kill('SIGKILL');
  await waitForEnd(child, stopGraceMs);
}

/** The end of a log, to say why something failed. */
function readLogEnd(logPath: string): string {
  return readFileSync(logPath, 'utf8').slice(-800).trim();
}

/** Starts a process on one core (every thread of it), with only the given environment. */
export async function startPinned(options: ProcessOptions): Promise<PinnedProcess> {
  const { command, args, logPath } = options;
  const pinned = canPin()
    ? ['taskset', '-c', String(options.core), command, ...args]
    : [command, ...args];
  const log = openSync(logPath, 'w');
  const child = spawn(pinned[0] ?? command, pinned.slice(1), {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`could not start ${command}`, { cause })));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} was started without a pid`);
  return {
    pid,
    logPath,
    async waitForLog(pattern, withinMs) {
      const deadlineMs = performance.now() + withinMs;
      for (;;) {
        const ended = hasEnded(child);
        const match = pattern.exec(readFileSync(logPath, 'utf8'));
        if (match !== null) return match;
        if (ended) throw new Error(`${command} ended before it was ready: ${readLogEnd(logPath)}`);
        if (performance.now() > deadlineMs)
          throw new Error(`${command} was not ready in ${withinMs} ms: ${readLogEnd(logPath)}`);
        await sleep(readyPollMs);
      }
    },
    async waitForExit(withinMs) {
      if (await waitForEnd(child, withinMs)) return child.exitCode ?? -1;
      await stop(child);
      throw new Error(`${command} did not end in ${withinMs} ms: ${readLogEnd(logPath)}`);
    },
    stop: () => stop(child),
  };
}
