import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramOutput, Runnable } from './snippet-output.ts';
import { collectOutput } from './snippet-output.ts';
import { projectRoot } from './source-files.ts';

/** A folder of the checkout that git does not see; what is in it finds the checkout's packages. */
export interface SnippetFolder {
  readonly path: string;
  readonly remove: () => void;
}

export function snippetFolder(): SnippetFolder {
  const cache = join(projectRoot, '.cache');
  mkdirSync(cache, { recursive: true });
  const path = mkdtempSync(join(cache, 'snippets-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Imports each program, and notes what it writes, piece by piece. */
const runner = `
import { createInterface } from 'node:readline';
import { format } from 'node:util';
const write = process.stdout.write.bind(process.stdout);
for await (const line of createInterface({ input: process.stdin })) {
  const { name, code: url, env } = JSON.parse(line);
  Object.assign(process.env, env);
  const pieces = [];
  const decoder = new TextDecoder();
  const note = (text) => pieces.push(text) > 0;
  process.stdout.write = (chunk) => note(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
  console.log = (...said) => note(format(...said) + '\\n');
  let error = null;
  try {
    await import(url);
  } catch (thrown) {
    error = String(thrown?.stack ?? thrown);
  }
  write(JSON.stringify({ name, pieces, error }) + '\\n');
}
`;

/** Runs programs one after the other in one Node, as the files that a reader would save them in. */
export function runTypescript(
  programs: readonly Runnable[],
  folder: SnippetFolder,
): Promise<ReadonlyMap<string, ProgramOutput>> {
  const main = join(folder.path, 'run.mjs');
  writeFileSync(main, runner);
  const files = programs.map((program, index) => {
    const file = `program-${String(index)}.ts`;
    writeFileSync(join(folder.path, file), program.code);
    return { ...program, code: `./${file}` };
  });
  const child = spawn(process.execPath, [main], {
    cwd: folder.path,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return collectOutput(child, files);
}

/** What the compiler says of all that is in the folder, in a strict project with the types of Node. */
export function typeProblems(folder: SnippetFolder): string {
  writeFileSync(
    join(folder.path, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2024',
        lib: ['es2024'],
        module: 'nodenext',
        types: ['node'],
        strict: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: true,
        noEmit: true,
      },
      include: ['*.ts'],
    }),
  );
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder.path], {
    encoding: 'utf8',
  });
  return status === 0 ? '' : stdout;
}
