import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program to run, and what it reads from its environment. */
export interface Runnable {
  readonly name: string;
  readonly code: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What came of a program of a page. */
export interface ProgramOutput {
  /** What it wrote, each time it did. */
  readonly pieces: readonly string[];
  /** Why it did not end well; null where it did. */
  readonly error: string | null;
}

/** Says that a program is missing; in CI none may be. */
export function missingProgram(reason: string): undefined {
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stdout.write(`skipped: ${reason}\n`);
  return undefined;
}

/**
 * Hands programs to a process that runs them, a line of JSON each, and reads a line of JSON back for
 * each.
 */
export async function collectOutput(
  child: ChildProcessWithoutNullStreams,
  programs: readonly Runnable[],
): Promise<ReadonlyMap<string, ProgramOutput>> {
  const outputs = new Map<string, ProgramOutput>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { name, ...output } = JSON.parse(line) as ProgramOutput & { readonly name: string };
    outputs.set(name, output);
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  for (const program of programs) child.stdin.write(`${JSON.stringify(program)}\n`);
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the programs ended with ${String(code)}: ${complaints}`);
  return outputs;
}
