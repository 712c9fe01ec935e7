import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a run of an agent is to be. */
export interface AgentRun {
  /** The program and what it is told. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A home and a folder to work in, both for one run of one agent. */
export interface AgentPlace {
  readonly home: string;
  readonly folder: string;
  /** Writes a file below the home. */
  writeHome(path: string, text: string): void;
  remove(): void;
}

/** How a run ended. */
export interface AgentEnding {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const RUN_MS_MAX = 120_000;
/** Nothing listens there: whatever an agent asks of the world beyond loopback fails at once. */
const NOWHERE = 'http://127.0.0.1:9';

/** Makes the folders of a run. */
export function makeAgentPlace(): AgentPlace {
  const root = mkdtempSync(join(tmpdir(), 'quatrain-agent-'));
  const place = { home: join(root, 'home'), folder: join(root, 'work') };
  mkdirSync(place.home);
  mkdirSync(place.folder);
  return {
    ...place,
    writeHome: (path, text) => {
      const file = join(place.home, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Runs an agent to its end, with no variable of this process and no way beyond loopback. */
export async function runAgent(
  { home, folder }: AgentPlace,
  { command, args, env }: AgentRun,
): Promise<AgentEnding> {
  const { PATH = '' } = process.env;
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      PATH: `${dirname(process.execPath)}:${PATH}`,
      HOME: home,
      HTTP_PROXY: NOWHERE,
      HTTPS_PROXY: NOWHERE,
      NO_PROXY: '127.0.0.1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MS_MAX,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

/** What stands in a file that an agent was to edit. */
export function readWork({ folder }: AgentPlace, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
