import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './cli.ts';
import { exampleFolder, resolveInExample } from './workerd.ts';

/** `wrangler dev` that runs. */
export interface WranglerDev {
  readonly url: string;
  /** What it said so far. */
  readonly said: () => string;
  stop(): Promise<void>;
}

const READY_MS_MAX = 30_000;

/**
 * Starts `wrangler dev` on the example as a newcomer's machine would: nobody is logged in, and
 * nothing but loopback is asked for.
 */
export async function startWranglerDev(
  env: Readonly<Record<string, string>>,
): Promise<WranglerDev> {
  const home = mkdtempSync(join(tmpdir(), 'quatrain-wrangler-'));
  const port = await freePort();
  const wrangler = join(dirname(resolveInExample('wrangler/package.json')), 'bin/wrangler.js');
  const child = spawn(
    process.execPath,
    [wrangler, 'dev', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'],
    {
      cwd: exampleFolder,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        XDG_CONFIG_HOME: home,
        CI: 'true',
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_HIDE_BANNER: 'true',
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_MS_MAX);
    await ended;
    clearTimeout(timer);
    rmSync(home, { recursive: true, force: true });
  };
  let said = '';
  const isReady = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, READY_MS_MAX);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (!said.includes('Ready on')) return;
        clearTimeout(timer);
        resolve(true);
      });
    }
    void ended.then(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
  if (!(await isReady)) {
    await stop();
    throw new Error(`wrangler dev did not start:\n${said}`);
  }
  return { url: `http://127.0.0.1:${String(port)}`, said: () => said, stop };
}
