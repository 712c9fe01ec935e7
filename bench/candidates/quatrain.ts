import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPinned } from '../pinned-process.ts';
import { type Candidate, findFreePort, messagesHeaders, messagesPath } from './candidate.ts';

const rootFolder = join(import.meta.dirname, '..', '..');
const entryPath = join(rootFolder, 'dist', 'program', 'quatrain.js');
const startWithinMs = 15_000;

function formatConfig(upstreamPort: number, plan: Plan): string {
  return `plan: ${plan}
upstreams:
  bench:
    kind: anthropic
    base_url: http://127.0.0.1:${upstreamPort}
    api_key: env:BENCH_UPSTREAM_KEY
default_upstream: bench
`;
}

type Plan = 'standard' | 'prepaid';

/** More than a run can spend. */
const walletUsd = '1000000';

/** Puts money into the wallet of the fixed key's account: without it, it has what a first look needs. */
function fillWallet(places: readonly string[]): void {
  order(['wallets', 'open', 'development', ...places]);
  order(['wallets', 'top-up', 'development', walletUsd, '--reason', 'bench', ...places]);
}

function order(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [entryPath, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the wallet could not be filled: ${stderr}`);
}

/** This project's gateway as built, key check and request log on. */
export const quatrain: Candidate = asCandidate('quatrain', 'standard');

/** The same with money: each request is held before it is sent, and settled before its answer ends. */
export const quatrainPrepaid: Candidate = asCandidate('quatrain-prepaid', 'prepaid');

function asCandidate(name: string, plan: Plan): Candidate {
  return {
    name,
    isJustInTime: true,
    prepare: async () =>
      existsSync(entryPath) ? undefined : 'it is not built: run the build first',
    async start({ upstreamPort, core, workFolder }) {
      const port = await findFreePort();
      const adminPort = await findFreePort();
      const dataFolder = join(workFolder, 'data');
      const configPath = join(workFolder, 'quatrain.yaml');
      mkdirSync(dataFolder, { recursive: true });
      writeFileSync(configPath, formatConfig(upstreamPort, plan));
      const places = ['--data', dataFolder, '--config', configPath];
      if (plan === 'prepaid') fillWallet(places);
      const key = messagesHeaders['x-api-key'] ?? '';
      const started = await startPinned({
        command: process.execPath,
        args: [
          entryPath,
          'serve',
          '--port',
          String(port),
          '--admin-port',
          String(adminPort),
          ...places,
          '--dev-key',
          key,
        ],
        core,
        env: { HOME: workFolder, NODE_ENV: 'production', BENCH_UPSTREAM_KEY: 'sk-bench' },
        cwd: rootFolder,
        logPath: join(workFolder, 'quatrain.log'),
      });
      try {
        await started.waitForLog(
          new RegExp(`listening on http://127\\.0\\.0\\.1:${port}\\b`),
          startWithinMs,
        );
      } catch (cause) {
        await started.stop();
        throw cause;
      }
      return {
        port,
        pids: [started.pid],
        requestHeaders: messagesHeaders,
        path: messagesPath,
        runtime: `node ${process.version}`,
        stop: () => started.stop(),
      };
    },
  };
}
