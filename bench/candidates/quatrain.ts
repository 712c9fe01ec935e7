import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCore } from '../machine.ts';
import type { PinnedProcess } from '../pinned-process.ts';
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

/** A store with a million logged requests, and the admin key that belongs to it; made once. */
const largeFolder = join(rootFolder, '.cache', 'bench-large-store');
const largeKeyPath = `${largeFolder}.key`;

function makeLargeStore(): string | undefined {
  if (existsSync(largeKeyPath)) return undefined;
  const script = join(rootFolder, 'bench', 'console', 'make-store.ts');
  mkdirSync(largeFolder, { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--dir', largeFolder], {
    encoding: 'utf8',
  });
  if (status !== 0) return `the large store could not be made: ${stderr}`;
  writeFileSync(largeKeyPath, stdout.trim(), { mode: 0o600 });
  return undefined;
}

const operatorWithinMs = 60_000;

/** Whoever uses the console beside the load, on the other core; resolves once all pages were seen. */
async function startOperator(
  adminPort: number,
  pageMs: number,
  workFolder: string,
): Promise<PinnedProcess> {
  const script = join(rootFolder, 'bench', 'console', 'use.ts');
  const key = readFileSync(largeKeyPath, 'utf8');
  const operator = await startPinned({
    // An operator's browser is on another machine: it must not take the core from what measures.
    command: 'chrt',
    args: [
      '--idle',
      '0',
      process.execPath,
      script,
      '--url',
      `http://127.0.0.1:${adminPort}`,
      '--key',
      key,
      '--page-ms',
      String(pageMs),
    ],
    core: loadCore,
    env: {},
    cwd: rootFolder,
    logPath: join(workFolder, 'console.log'),
  });
  await operator.waitForLog(/at work/, operatorWithinMs);
  return operator;
}

/** This project's gateway as built, key check and request log on. */
export const quatrain: Candidate = asCandidate('quatrain', { plan: 'standard', store: 'new' });

/** The same with money: each request is held before it is sent, and settled before its answer ends. */
export const quatrainPrepaid: Candidate = asCandidate('quatrain-prepaid', {
  plan: 'prepaid',
  store: 'new',
});

/** The first one with a million requests in its log, */
export const quatrainLarge: Candidate = asCandidate('quatrain-large', {
  plan: 'standard',
  store: 'large',
});

/** that with an operator at its console, */
export const quatrainConsole: Candidate = asCandidate('quatrain-console', {
  plan: 'standard',
  store: 'large',
  pageMs: 5000,
});

/** and with one who never rests. */
export const quatrainRestless: Candidate = asCandidate('quatrain-restless', {
  plan: 'standard',
  store: 'large',
  pageMs: 1000,
});

interface Setting {
  readonly plan: Plan;
  /** `large` has a million logged requests. */
  readonly store: 'new' | 'large';
  /** How long an operator at the console looks at a page; nobody is there where absent. */
  readonly pageMs?: number;
}

function asCandidate(name: string, { plan, store, pageMs }: Setting): Candidate {
  return {
    name,
    isJustInTime: true,
    async prepare() {
      if (!existsSync(entryPath)) return 'it is not built: run the build first';
      return store === 'new' ? undefined : makeLargeStore();
    },
    async start({ upstreamPort, core, workFolder }) {
      const port = await findFreePort();
      const adminPort = await findFreePort();
      const dataFolder = join(workFolder, 'data');
      const configPath = join(workFolder, 'quatrain.yaml');
      mkdirSync(dataFolder, { recursive: true });
      if (store !== 'new') cpSync(largeFolder, dataFolder, { recursive: true });
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
      const operator =
        pageMs === undefined ? undefined : await startOperator(adminPort, pageMs, workFolder);
      return {
        port,
        pids: [started.pid],
        requestHeaders: messagesHeaders,
        path: messagesPath,
        runtime: `node ${process.version}`,
        async stop() {
          await operator?.stop();
          if (operator !== undefined) process.stderr.write(readFileSync(operator.logPath, 'utf8'));
          await started.stop();
        },
      };
    },
  };
}
