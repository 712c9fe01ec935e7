import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { ProgramOutput, Runnable } from './snippet-output.ts';
import { missingProgram } from './snippet-output.ts';

/** At once: each waits for its answer most of the time. */
const RUNNING_MAX = 4;

/** Whether commands of the pages can be run here. */
export function hasCurl(): boolean {
  const { status } = spawnSync('curl', ['--version']);
  return status === 0 ? true : (missingProgram('there is no curl on this machine') ?? false);
}

/** Runs each command in a shell of its own. */
export async function runShell(
  programs: readonly Runnable[],
): Promise<ReadonlyMap<string, ProgramOutput>> {
  const outputs = new Map<string, ProgramOutput>();
  const waiting = [...programs];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      outputs.set(next.name, await runCommand(next));
    }
  };
  await Promise.all(Array.from({ length: RUNNING_MAX }, () => work()));
  return outputs;
}

async function runCommand({ code, env }: Runnable): Promise<ProgramOutput> {
  const child = spawn('sh', ['-c', code], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return {
    pieces: [Buffer.concat(chunks).toString()],
    error: status === 0 ? null : `ended with ${String(status)}: ${complaints}`,
  };
}
