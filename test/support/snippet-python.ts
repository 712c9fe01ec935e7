import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramOutput, Runnable } from './snippet-output.ts';
import { collectOutput, missingProgram } from './snippet-output.ts';
import { projectRoot } from './source-files.ts';

/** What the Python of the catalog's pages imports. */
const requirements = ['anthropic==2.12.0', 'openai==3.54.0', 'requests==2.34.2'];
const INSTALL_MS_MAX = 300_000;

/** The packages that Python code of the pages needs, for the machine's own Python. */
export interface SnippetPython {
  /** The folder that they are in. */
  readonly packages: string;
}

/**
 * Finds the packages, or installs them once into a folder of the checkout that git does not see. Where
 * that cannot be, it is said, and in CI it fails.
 */
export function snippetPython(): SnippetPython | undefined {
  const version = spawnSync(
    'python3',
    ['-c', 'import sys, platform; print(sys.version, platform.platform())'],
    {
      encoding: 'utf8',
    },
  );
  if (version.status !== 0) return missingProgram('there is no python3 on this machine');
  const key = createHash('sha256')
    .update([version.stdout, ...requirements].join('\n'))
    .digest('hex');
  const packages = join(projectRoot, '.cache', `python-${key.slice(0, 16)}`);
  if (existsSync(packages)) return { packages };
  const problem = install(packages);
  return problem === undefined ? { packages } : missingProgram(problem);
}

/** Under its name only once it is whole: tests of several runs may do this at once. */
function install(packages: string): string | undefined {
  const cache = join(projectRoot, '.cache');
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'python-unfinished-'));
  const flags = ['--quiet', '--disable-pip-version-check', '--no-input', '--target', unfinished];
  const { status, stderr, error } = spawnSync(
    'python3',
    ['-m', 'pip', 'install', ...flags, ...requirements],
    { encoding: 'utf8', timeout: INSTALL_MS_MAX },
  );
  try {
    if (status !== 0) {
      return `the Python packages could not be installed: ${error?.message ?? stderr.trim()}`;
    }
    renameSync(unfinished, packages);
    return undefined;
  } catch (error_) {
    if (existsSync(packages)) return undefined;
    throw error_;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Runs each program as a main module, and notes what it writes, piece by piece. */
const runner = `
import contextlib, functools, io, json, os, ssl, sys, traceback

# Each client reads all certificates anew, which takes most of its time, and has no use for them here.
ssl.create_default_context = functools.cache(ssl.create_default_context)

class Notes(io.TextIOBase):
    def __init__(self):
        self.pieces = []
    def write(self, text):
        self.pieces.append(text)
        return len(text)

for line in sys.stdin:
    asked = json.loads(line)
    notes, error = Notes(), None
    os.environ.update(asked["env"])
    try:
        with contextlib.redirect_stdout(notes):
            exec(compile(asked["code"], asked["name"], "exec"), {"__name__": "__main__"})
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps({"name": asked["name"], "pieces": notes.pieces, "error": error}), flush=True)
`;

/** Runs programs one after the other in one Python: to start one for each would take a second each. */
export function runPython(
  programs: readonly Runnable[],
  { packages }: SnippetPython,
): Promise<ReadonlyMap<string, ProgramOutput>> {
  const child = spawn('python3', ['-c', runner], {
    env: { ...process.env, PYTHONPATH: packages, PYTHONIOENCODING: 'utf-8' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return collectOutput(child, programs);
}

/** What Python makes of expressions, as JSON; undefined where there is no Python. */
export function evaluatePython(expressions: readonly string[]): readonly unknown[] | undefined {
  const script = `import json\nprint(json.dumps([\n${expressions.join(',\n')}\n]))\n`;
  const { status, stdout, stderr, error } = spawnSync('python3', ['-'], {
    input: script,
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  if (error !== undefined) return missingProgram('there is no python3 on this machine');
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly unknown[];
}
