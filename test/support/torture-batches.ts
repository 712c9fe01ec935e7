import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import type { RunningCommand } from './cli.ts';
import { freePort, runCommand, startServe, temporaryDirectory } from './cli.ts';
import { sendRaw } from './post.ts';

export interface BatchTortureOptions {
  readonly kills: number;
  readonly items: number;
  /** Between a start and its kill, in milliseconds. */
  readonly livesMs: readonly [number, number];
  readonly seed: number;
}

export interface BatchTortureResult {
  /** Batches that were acknowledged, and all that are there. */
  readonly acknowledged: number;
  readonly kept: number;
  /** Acknowledged batches that are gone. */
  readonly lost: readonly string[];
  /** What is wrong with the results or the settlements of a batch. */
  readonly wrong: readonly string[];
  /** Kills that hit a batch between its making and its end. */
  readonly killsInBatch: number;
  readonly restartsMs: readonly number[];
  /** Files and rows that belong to no batch, or should be gone with its end. */
  readonly leftBehind: readonly string[];
  readonly doctor: readonly { readonly check: string; readonly ok: boolean }[];
}

interface Batch {
  readonly id: string;
  readonly processing_status: string;
}

/**
 * Makes batches one after the other, kills the gateway at moments that the seed decides, and starts
 * it again. In the end every batch that was acknowledged has to have one result and one settlement
 * for each of its requests.
 */
export async function tortureBatches(options: BatchTortureOptions): Promise<BatchTortureResult> {
  const place = temporaryDirectory();
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const args = ['--port', String(port), '--admin-port', '0'];
  const env = {
    QUATRAIN_BATCHES__CONCURRENCY: '8',
    QUATRAIN_EMULATOR__FIRST_TOKEN_MS: '10',
    QUATRAIN_DEV_KEY: 'torture-development-key',
  };
  const next = randomFrom(options.seed);
  const [shortest, longest] = options.livesMs;
  const restartsMs: number[] = [];
  let killsInBatch = 0;
  let gateway = await startServe(place.path, args, env);
  try {
    const caller = new Caller(url, options.items);
    for (let kill = 0; kill < options.kills; kill += 1) {
      const life = caller.work();
      await pause(shortest + next() * (longest - shortest));
      if (caller.hasOpenBatch) killsInBatch += 1;
      const killedMs = performance.now();
      await gateway.kill();
      await life.stop();
      gateway = await startServe(place.path, args, env);
      restartsMs.push(performance.now() - killedMs);
    }
    await caller.finish();
    const kept = await caller.list();
    const dataDir = join(place.path, '.quatrain');
    const wrong: string[] = [];
    for (const { id } of kept) wrong.push(...(await caller.check(id, settledOf(dataDir, id))));
    const { stdout } = await runCommand(place.path, ['doctor', '--json']);
    const ids = new Set(kept.map(({ id }) => id));
    return {
      acknowledged: caller.acknowledged.length,
      kept: kept.length,
      lost: caller.acknowledged.filter((id) => !ids.has(id)),
      wrong,
      killsInBatch,
      restartsMs,
      leftBehind: leftBehind(dataDir, ids),
      doctor: JSON.parse(stdout) as BatchTortureResult['doctor'],
    };
  } finally {
    await (gateway as RunningCommand).kill();
    place.remove();
  }
}

/** Who makes batches and looks after them, while the gateway comes and goes. */
class Caller {
  readonly acknowledged: string[] = [];
  hasOpenBatch = false;
  readonly #url: string;
  readonly #items: number;
  readonly #body: string;

  constructor(url: string, items: number) {
    this.#url = url;
    this.#items = items;
    const requests = Array.from({ length: items }, (_, at) => ({
      custom_id: `item-${String(at)}`,
      params: {
        model: 'claude-sonnet-4-6',
        max_tokens: 8,
        messages: [{ role: 'user', content: `Number ${String(at)}` }],
      },
    }));
    this.#body = JSON.stringify({ requests });
  }

  /** Makes a batch, waits for its end, and so on, until it is stopped or the gateway is gone. */
  work(): { stop(): Promise<void> } {
    let isStopping = false;
    const run = async (): Promise<void> => {
      for (;;) {
        const open = this.acknowledged.at(-1);
        if (this.hasOpenBatch && open !== undefined) await this.#ended(open, () => isStopping);
        if (isStopping) return;
        this.hasOpenBatch = true;
        const { id } = (await this.#ask('/v1/messages/batches', this.#body)) as Batch;
        this.acknowledged.push(id);
      }
    };
    // The gateway was killed under it: the next life goes on from what was acknowledged.
    const loop = run().catch(() => {});
    return {
      async stop(): Promise<void> {
        isStopping = true;
        await loop;
      },
    };
  }

  async finish(): Promise<void> {
    for (const { id } of await this.list()) await this.#ended(id, () => false);
  }

  async list(): Promise<readonly Batch[]> {
    const page = await this.#ask('/v1/messages/batches?limit=1000');
    return (page as { readonly data: readonly Batch[] }).data;
  }

  async check(id: string, settled: readonly string[]): Promise<readonly string[]> {
    const { body } = await this.#get(`/v1/messages/batches/${id}/results`);
    const lines = body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { custom_id: string; result: { type: string } });
    const names = new Set(lines.map((line) => line.custom_id));
    const succeeded = lines.filter(({ result }) => result.type === 'succeeded').length;
    const counts: readonly (readonly [string, number])[] = [
      ['lines', lines.length],
      ['different custom_ids', names.size],
      ['succeeded', succeeded],
      ['settlements', settled.length],
      ['settled custom_ids', new Set(settled).size],
    ];
    return counts
      .filter(([, count]) => count !== this.#items)
      .map(([what, count]) => `${id}: ${String(count)} ${what}`);
  }

  async #ended(id: string, isStopping: () => boolean): Promise<void> {
    while (!isStopping()) {
      const batch = (await this.#ask(`/v1/messages/batches/${id}`)) as Batch;
      this.hasOpenBatch = batch.processing_status !== 'ended';
      if (!this.hasOpenBatch) return;
      await pause(5);
    }
  }

  async #ask(path: string, body?: string): Promise<unknown> {
    const answer = await this.#get(path, body);
    if (answer.status !== 200) throw new Error(`${path}: ${String(answer.status)}`);
    return JSON.parse(answer.body.toString());
  }

  #get(path: string, body?: string): ReturnType<typeof sendRaw> {
    return sendRaw(`${this.#url}${path}`, {
      headers: {
        'x-api-key': 'torture-development-key',
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** The requests of a batch that the request log has settled. */
function settledOf(dataDir: string, batchId: string): readonly string[] {
  const database = new DatabaseSync(join(dataDir, 'quatrain.db'), { readOnly: true });
  try {
    return database
      .prepare('SELECT custom_id FROM request_log WHERE batch_id = ? AND status = 200')
      .all(batchId)
      .map((row) => String(row['custom_id']));
  } finally {
    database.close();
  }
}

function leftBehind(dataDir: string, ids: ReadonlySet<string>): readonly string[] {
  const database = new DatabaseSync(join(dataDir, 'quatrain.db'), { readOnly: true });
  const items = database.prepare('SELECT DISTINCT batch_id FROM batch_items').all();
  database.close();
  const place = join(dataDir, 'batches');
  const folders = readdirSync(place).filter((name) => name.startsWith('msgbatch_'));
  return [
    ...items.map((row) => `items of ${String(row['batch_id'])}`),
    ...folders.filter((id) => !ids.has(id)).map((id) => `files of ${id}`),
    ...folders
      .filter((id) => readdirSync(join(place, id)).join() !== 'results.jsonl')
      .map((id) => `${id}: ${readdirSync(join(place, id)).join()}`),
  ];
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, forMs);
  });
}

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
