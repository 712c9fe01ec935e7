import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type {
  AnswerItem,
  OpenBatches,
  OpenBatchesOptions,
} from '../../test/support/open-batches.ts';
import {
  HeldUpstream,
  customIdOf,
  messageAnswer,
  openBatches,
  rest,
} from '../../test/support/open-batches.ts';
import { readRequestLog } from '../../test/support/read-request-log.ts';

/** What a process leaves to the next one on the same directory. */

const open: OpenBatches[] = [];

async function start(options: OpenBatchesOptions): Promise<OpenBatches> {
  const batches = await openBatches(options);
  open.push(batches);
  return batches;
}

afterEach(async () => {
  for (const batches of open.splice(0)) await batches.remove();
});

const succeed: AnswerItem = () => Promise.resolve(messageAnswer());

describe('a new start', () => {
  test('runs what has no result, and only that', async () => {
    const upstream = new HeldUpstream();
    const before = await openBatches({ answer: upstream.answer, concurrency: 3 });
    const id = await before.create(['a', 'b', 'c', 'd']);
    await before.until(() => upstream.asked.length === 3);
    upstream.release('b');
    await before.until(() => before.store.batches.recorded(id).counts.succeeded === 1);
    await before.stop();
    // A line that was written, and of which the rows know nothing.
    appendFileSync(
      join(before.directory, 'batches', id, 'results.jsonl'),
      '{"custom_id":"a","resu',
    );

    const { directory, clock } = before;
    const asked: string[] = [];
    const after = await start({
      directory,
      clock,
      answer: (request) => {
        asked.push(customIdOf(request));
        return Promise.resolve(messageAnswer());
      },
    });
    await after.until(() => after.store.batches.unfinished().length === 0);
    expect(asked.toSorted()).toEqual(['a', 'c', 'd']);
    const rows = readRequestLog(directory).filter((row) => row.batch_id === id);
    expect(rows.map((row) => String(row.custom_id)).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('clears away what was never acknowledged', async () => {
    const before = await openBatches({ answer: succeed });
    const kept = await before.create(['a']);
    await before.ended(kept);
    await before.store.batches.addItems('msgbatch_torn', [
      { position: 0, customId: 'x', paramsStart: 0, paramsBytes: 2 },
    ]);
    const place = join(before.directory, 'batches');
    mkdirSync(join(place, 'msgbatch_torn'));
    writeFileSync(join(place, 'msgbatch_torn', 'requests'), '{}');
    writeFileSync(join(place, kept, 'requests'), '{}');
    mkdirSync(join(place, 'not-ours'));
    await before.stop();
    const after = await start({
      answer: succeed,
      directory: before.directory,
      clock: before.clock,
    });
    expect(after.store.batches.idsWithItems()).toEqual([]);
    expect(readdirSync(place).toSorted()).toEqual(['lock', kept, 'not-ours'].toSorted());
    expect(readdirSync(join(place, kept))).toEqual(['results.jsonl']);
  });

  test('goes on with a cancel that was acknowledged', async () => {
    const upstream = new HeldUpstream();
    const before = await openBatches({ answer: upstream.answer, concurrency: 1 });
    const id = await before.create(['a', 'b', 'c']);
    await before.until(() => upstream.asked.length === 1);
    await before.call('batches.cancel', `/${id}/cancel`);
    await before.stop();
    const { directory, clock } = before;
    const after = await start({ answer: succeed, directory, clock });
    await after.until(() => after.store.batches.unfinished().length === 0);
    expect(after.store.batches.statusOf(id)).toEqual({ status: 'ended', isArchived: false });
  });

  test('draining begins nothing more and waits for what runs', async () => {
    const upstream = new HeldUpstream();
    const batches = await start({ answer: upstream.answer, concurrency: 1 });
    const id = await batches.create(['a', 'b']);
    await batches.until(() => upstream.asked.length === 1);
    let isDrained = false;
    const drained = batches.service.drain().then(() => {
      isDrained = true;
    });
    await rest(batches);
    expect(isDrained).toBe(false);
    upstream.release('a');
    await drained;
    expect(upstream.asked).toEqual(['a']);
    expect(batches.store.batches.recorded(id).counts.succeeded).toBe(1);
  });

  test('of a second process on the same directory leaves the running to the first', async () => {
    const first = await start({ answer: succeed });
    const asked: string[] = [];
    const second = await openBatches({
      directory: first.directory,
      clock: first.clock,
      answer: (request) => {
        asked.push(customIdOf(request));
        return Promise.resolve(messageAnswer());
      },
    });
    const id = await second.create(['a']);
    first.clock.advance(10_000);
    await second.ended(id);
    expect(asked).toEqual([]);
    await second.stop();
  });
});
