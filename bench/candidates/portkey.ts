import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findCommand } from '../machine.ts';
import { type PinnedProcess, startPinned } from '../pinned-process.ts';
import {
  type Candidate,
  findFreePort,
  messagesHeaders,
  messagesPath,
  type StartOptions,
} from './candidate.ts';

const peersFolder = join(import.meta.dirname, '..', 'peers');
const entryPath = join(
  peersFolder,
  'node_modules',
  '@portkey-ai',
  'gateway',
  'build',
  'start-server.js',
);
const loopbackPath = join(peersFolder, 'listen-on-loopback.js');
const installWithinMs = 180_000;
const startWithinMs = 15_000;

/** Decides by the versions there: peers/package.json pins the gateway and, because later ones break its streams, its server. */
function isInstalled(): boolean {
  const peers = JSON.parse(readFileSync(join(peersFolder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    overrides: Record<string, string>;
  };
  return Object.entries({ ...peers.dependencies, ...peers.overrides }).every(([name, wanted]) => {
    const path = join(peersFolder, 'node_modules', name, 'package.json');
    if (!existsSync(path)) return false;
    const found = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    return found.version === wanted;
  });
}

async function install(): Promise<void> {
  // Install scripts patch its development tools only; the gateway is one built file. The version is pinned in peers/package.json.
  const args = [
    'install',
    '--omit=dev',
    '--ignore-scripts',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
  ];
  await promisify(execFile)('npm', args, { cwd: peersFolder, timeout: installWithinMs });
}

async function startOn(node: string, port: number, options: StartOptions): Promise<PinnedProcess> {
  const started = await startPinned({
    command: node,
    args: ['--import', loopbackPath, entryPath, '--headless', `--port=${port}`],
    core: options.core,
    env: { HOME: options.workFolder, NODE_ENV: 'production' },
    cwd: options.workFolder,
    logPath: join(options.workFolder, 'portkey.log'),
  });
  try {
    await started.waitForLog(/Ready for connections/, startWithinMs);
  } catch (cause) {
    await started.stop();
    throw cause;
  }
  return started;
}

/** The Node this bench runs on first; the machine's own when the gateway does not start on that one. */
async function startOnAnyNode(
  port: number,
  options: StartOptions,
): Promise<{ started: PinnedProcess; runtime: string }> {
  try {
    return {
      started: await startOn(process.execPath, port, options),
      runtime: `node ${process.version}`,
    };
  } catch (cause) {
    const machineNode = findCommand('node');
    if (machineNode === undefined || machineNode === process.execPath) throw cause;
    const { stdout } = await promisify(execFile)(machineNode, ['--version']);
    return { started: await startOn(machineNode, port, options), runtime: `node ${stdout.trim()}` };
  }
}

/** Portkey's gateway as its package starts it, without its console: passes Messages through, checks no key, logs nothing. */
export const portkey: Candidate = {
  name: 'portkey',
  isJustInTime: true,
  async prepare() {
    if (isInstalled()) return undefined;
    try {
      await install();
    } catch (cause) {
      return `its package could not be installed: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'unknown cause'}`;
    }
    return isInstalled() ? undefined : 'its package is not what peers/package.json asks for';
  },
  async start(options) {
    const port = await findFreePort();
    const { started, runtime } = await startOnAnyNode(port, options);
    return {
      port,
      pids: [started.pid],
      requestHeaders: {
        ...messagesHeaders,
        'x-portkey-provider': 'anthropic',
        'x-portkey-custom-host': `http://127.0.0.1:${options.upstreamPort}/v1`,
      },
      path: messagesPath,
      runtime,
      stop: () => started.stop(),
    };
  },
};
