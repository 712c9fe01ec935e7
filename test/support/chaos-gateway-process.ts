import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServe, temporaryDirectory } from './cli.ts';
import { sendRaw } from './post.ts';

/** A gateway in a process of its own, whose memory is nobody else's. */
export interface GatewayProcess {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What it holds of the machine's memory right now, in bytes. */
  rssBytes(): number;
  /** The least of it, and of what JavaScript keeps, over a while: what only waits to be collected does not count. */
  leastMemory(durationMs: number): Promise<GatewayMemory>;
  stop(): Promise<void>;
}

/** What a process holds, and what of that is objects and buffers; in bytes. */
export interface GatewayMemory {
  readonly rssBytes: number;
  readonly keptBytes: number;
}

/** Without it memory is given back when that suits the engine, which may be minutes later. */
const collecting = new URL('collect-memory.ts', import.meta.url).href;
const SAMPLE_MS = 100;
const KIBI = 1024;

/** Why a process's memory cannot be told here; undefined where it can. */
export const noRssReason: string | undefined =
  process.platform === 'linux' ? undefined : 'the memory of a process is read from /proc';

/** Why so many connections cannot be open at once in one process; undefined where they can. */
export function noFilesReason(filesMin: number): string | undefined {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  const limit = stdout.trim() === 'unlimited' ? Infinity : Number(stdout);
  if (limit >= filesMin) return undefined;
  return `${String(filesMin)} files have to be open, and ulimit -n is ${stdout.trim()}`;
}

/** Starts one with a configuration, on free ports, which collects what it does not use every few seconds. */
export async function startGatewayProcess(yaml: string): Promise<GatewayProcess> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory.path, 'quatrain.yaml'), yaml);
  const command = await startServe(directory.path, ['--port', '0'], {
    NODE_OPTIONS: `--expose-gc --import=${collecting}`,
    // The allocator keeps what was freed for later, in several places; here it gives it back.
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '65536',
    MALLOC_MMAP_THRESHOLD_: '65536',
    // How busy the machine is besides is not what is looked at.
    QUATRAIN_LIMITS__SHED_EVENT_LOOP_MS: '0',
  });
  const key = command.key ?? '';
  const rssBytes = (): number => {
    const status = readFileSync(`/proc/${String(command.process.pid)}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * KIBI;
  };
  return {
    url: command.url,
    headers: {
      'x-api-key': key,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    rssBytes,
    async leastMemory(durationMs) {
      let least = { rssBytes: Infinity, keptBytes: Infinity };
      for (const end = performance.now() + durationMs; performance.now() < end;) {
        await sleep(SAMPLE_MS);
        const keptBytes = await readKept(`${command.metricsUrl ?? ''}/metrics`);
        least = {
          rssBytes: Math.min(least.rssBytes, rssBytes()),
          keptBytes: Math.min(least.keptBytes, keptBytes),
        };
      }
      return least;
    },
    async stop() {
      await command.kill();
      directory.remove();
    },
  };
}

async function readKept(url: string): Promise<number> {
  const { body } = await sendRaw(url);
  const figure = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body.toString())?.[1]);
  return figure('nodejs_heap_size_used_bytes') + figure('nodejs_external_memory_bytes');
}
