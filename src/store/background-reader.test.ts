import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BroadcastChannel } from 'node:worker_threads';
import type { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../std/clock.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { BackgroundReader } from './background-reader.ts';

let directory: string;
let reader: BackgroundReader;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quatrain-reader-'));
  const path = join(directory, 'some.db');
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('a'), ('b')");
  database.close();
  reader = new BackgroundReader(path, { clock: systemClock });
});
afterEach(async () => {
  await reader.close();
  rmSync(directory, { recursive: true, force: true });
});

const words = 'SELECT word FROM words WHERE word > ? ORDER BY word';

test('queries are answered each with its own rows', async () => {
  const [all, some] = await Promise.all([
    reader.query(words, [''], 'a'),
    reader.query(words, ['a'], 'a'),
  ]);
  expect([...all].map(({ word }) => word)).toEqual(['a', 'b']);
  expect([...some].map(({ word }) => word)).toEqual(['b']);
});

test('one that fails leaves the others alone, and nothing can be written', async () => {
  const failed = [
    reader.query('SELECT word FROM nowhere', [], 'a'),
    reader.query('DELETE FROM words', [], 'a'),
  ];
  const after = reader.query(words, [''], 'a');
  await expect(failed[0]).rejects.toThrow('no such table');
  await expect(failed[1]).rejects.toThrow('readonly');
  expect(await after).toHaveLength(2);
});

test('accounts take turns: whoever asks much makes nobody wait for all of it', async () => {
  const order: string[] = [];
  const ask = async (account: string): Promise<void> => {
    await reader.query(words, [''], account);
    order.push(account);
  };
  await Promise.all([...Array.from({ length: 5 }, () => ask('a')), ask('b'), ask('c')]);
  expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'a', 'a']);
});

test('a closed one answers nothing', async () => {
  const waiting = reader.query(words, [''], 'a');
  const closed = reader.close();
  await expect(waiting).rejects.toThrow('the store is closed');
  await closed;
  await expect(reader.query(words, [''], 'a')).rejects.toThrow('the store is closed');
});

test('where the file cannot be read, the question fails and the next one asks anew', async () => {
  const away = new BackgroundReader(join(directory, 'nowhere', 'some.db'), { clock: systemClock });
  for (let time = 0; time < 2; time += 1) {
    await expect(away.query(words, [''], 'a')).rejects.toThrow('unable to open database file');
  }
  await away.close();
});

/** A thread that has no processor as long as it stands aside, and says where it stands. */
const starvedThread = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { workerData } from 'node:worker_threads';
    import { serveReader } from ${JSON.stringify(new URL('serve-reader.ts', import.meta.url).href)};
    const never = new Int32Array(new SharedArrayBuffer(4));
    serveReader(async (name, { channel }) => {
      if (name !== 'quick' && workerData.standing === 'aside') Atomics.wait(never, 0, 0);
      if (name === 'held') {
        const told = new BroadcastChannel(channel);
        const isFree = new Promise((resolve) => { told.onmessage = resolve; });
        told.postMessage('here');
        await isFree;
        told.close();
      }
      return { standing: workerData.standing };
    });
  `)}`,
);

test('a thread that stands aside and is starved gives way to one that is not, for some time', async () => {
  const clock = new ManualClock();
  const path = join(directory, 'some.db');
  const aside = new BackgroundReader(path, { entry: starvedThread, standing: 'aside', clock });
  const ask = async (name: string): Promise<unknown> => {
    const answer = await aside.answer(name, {}, 'a');
    if (!(answer instanceof Uint8Array)) throw new Error('it was refused');
    return JSON.parse(new TextDecoder().decode(answer));
  };
  expect(await ask('quick')).toEqual({ standing: 'aside' });
  expect(clock.pendingTimers).toBe(0);
  const starved = ask('starved');
  expect(clock.pendingTimers).toBe(1);
  clock.advance(399);
  clock.advance(1);
  expect(await starved).toEqual({ standing: 'back' });
  expect(clock.pendingTimers).toBe(0);
  clock.advance(2999);
  expect(await ask('starved')).toEqual({ standing: 'back' });
  clock.advance(1);
  const again = ask('starved');
  expect(clock.pendingTimers).toBe(1);
  clock.advance(400);
  expect(await again).toEqual({ standing: 'back' });
  await aside.close();
});

test('a thread that ends while another one looks for the same answer takes nothing with it', async () => {
  const clock = new ManualClock();
  const begun: Worker[] = [];
  const note = (worker: Worker): void => {
    begun.push(worker);
  };
  process.on('worker', note);
  const path = join(directory, 'some.db');
  const channel = `held ${path}`;
  const told = new BroadcastChannel(channel);
  const aside = new BackgroundReader(path, { entry: starvedThread, standing: 'aside', clock });
  try {
    await aside.answer('quick', {}, 'a');
    const here = once(told, 'message');
    const held = aside.answer('held', { channel }, 'a');
    clock.advance(400);
    await here;
    expect(begun).toHaveLength(2);
    const [first] = begun;
    await first?.terminate();
    told.postMessage('go on');
    expect(new TextDecoder().decode((await held) as Uint8Array)).toBe('{"standing":"back"}');
  } finally {
    process.off('worker', note);
    told.close();
    await aside.close();
  }
});

test('the patience with a thread begins when it has begun', async () => {
  const clock = new ManualClock();
  const path = join(directory, 'some.db');
  const aside = new BackgroundReader(path, { entry: starvedThread, standing: 'aside', clock });
  const starved = aside.answer('starved', {}, 'a');
  expect(clock.pendingTimers).toBe(0);
  await expect.poll(() => clock.pendingTimers, { timeout: 10_000 }).toBe(1);
  clock.advance(400);
  expect(new TextDecoder().decode((await starved) as Uint8Array)).toBe('{"standing":"back"}');
  await aside.close();
});
