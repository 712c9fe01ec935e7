import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readRequestLog } from '../../test/support/read-request-log.ts';
import type {
  AnswerItem,
  OpenBatches,
  OpenBatchesOptions,
} from '../../test/support/open-batches.ts';
import {
  HeldUpstream,
  batchOf,
  messageAnswer,
  openBatches,
  rest,
} from '../../test/support/open-batches.ts';
import { refusal } from '../messages/errors.ts';

/** The life of batches over a store on disk, an upstream by hand, and a clock that stands still. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
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

describe('expiry', () => {
  test('after a day what has not begun expires, and what runs ends', async () => {
    const upstream = new HeldUpstream();
    const batches = await start({ answer: upstream.answer });
    const id = await batches.create(['a', 'b', 'c', 'd']);
    await batches.until(() => upstream.asked.length === 2);
    batches.clock.advance(DAY_MS - 1);
    await rest(batches);
    expect(await batches.get(id)).toMatchObject({ processing_status: 'in_progress' });
    batches.clock.advance(10_001);
    await rest(batches);
    // Two run at once, and which of them is asked first is nobody's promise.
    expect(upstream.asked.toSorted()).toEqual(['a', 'b']);
    upstream.release('a', 'b');
    expect(await batches.ended(id)).toMatchObject({
      request_counts: { processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 2 },
      cancel_initiated_at: null,
    });
    expect(await batches.results(id)).toEqual({
      a: 'succeeded',
      b: 'succeeded',
      c: 'expired',
      d: 'expired',
    });
  });

  test('results are there for 29 days, the batch itself for longer', async () => {
    const batches = await start({ answer: succeed });
    const id = await batches.create(['a']);
    await batches.ended(id);
    batches.clock.advance(29 * DAY_MS - 20_000);
    await rest(batches);
    expect((await batches.call('batches.results', `/${id}/results`)).status).toBe(200);
    await batches.until(async () => {
      batches.clock.advance(10_000);
      return (await batches.get(id))['archived_at'] !== null;
    });
    expect(await batches.get(id)).toMatchObject({ processing_status: 'ended', results_url: null });
    const gone = await batches.call('batches.results', `/${id}/results`);
    expect(gone).toMatchObject({ status: 404 });
    expect(gone.text).toContain(`Message Batch ${id} has no available results.`);
    await batches.until(() => !existsSync(join(batches.directory, 'batches', id)));
  });
});

describe('how far a batch is', () => {
  test('stands beside its object, for whose it is, until it has ended', async () => {
    const upstream = new HeldUpstream();
    const batches = await start({ answer: upstream.answer });
    const id = await batches.create(['a', 'b', 'c']);
    await batches.until(() => upstream.asked.length === 2);
    const told = async (): Promise<string | undefined> => {
      const { headers } = await batches.call('batches.get', `/${id}`);
      const at = headers.indexOf('x-quatrain-batch-done');
      return at < 0 ? undefined : headers[at + 1];
    };
    expect(await told()).toBe('0');
    const [first = ''] = upstream.asked;
    upstream.release(first);
    await batches.until(async () => (await told()) === '1');
    expect(await batches.get(id)).toMatchObject({
      processing_status: 'in_progress',
      request_counts: { processing: 3, succeeded: 0 },
    });
    const other = await batches.callAsOther('batches.get', `/${id}`);
    expect([other.status, other.headers]).toEqual([
      404,
      expect.not.arrayContaining(['x-quatrain-batch-done']),
    ]);
    upstream.release('a', 'b', 'c');
    await batches.ended(id);
    expect(await told()).toBeUndefined();
  });
});

describe('cancel', () => {
  test('lets what runs end and cancels the rest', async () => {
    const upstream = new HeldUpstream();
    const batches = await start({ answer: upstream.answer });
    const id = await batches.create(['a', 'b', 'c']);
    await batches.until(() => upstream.asked.length === 2);
    const canceling = JSON.parse(
      (await batches.call('batches.cancel', `/${id}/cancel`)).text,
    ) as object;
    expect(canceling).toMatchObject({
      processing_status: 'canceling',
      cancel_initiated_at: '2026-01-01T00:00:00.000Z',
    });
    const again = await batches.call('batches.cancel', `/${id}/cancel`);
    expect(again.status).toBe(200);
    upstream.release('a', 'b');
    await batches.ended(id);
    expect(await batches.results(id)).toEqual({ a: 'succeeded', b: 'succeeded', c: 'canceled' });
    const late = await batches.call('batches.cancel', `/${id}/cancel`);
    expect(late.status).toBe(400);
  });

  test('reaches items that wait to be tried again', async () => {
    let asked = 0;
    const batches = await start({
      answer: () => {
        asked += 1;
        return Promise.resolve(refusal('overloaded'));
      },
    });
    const id = await batches.create(['a', 'b']);
    await batches.until(() => asked === 2);
    await rest(batches);
    await batches.call('batches.cancel', `/${id}/cancel`);
    await batches.ended(id);
    expect(await batches.results(id)).toEqual({ a: 'canceled', b: 'canceled' });
    expect(asked).toBe(2);
  });
});

describe('failures that may pass', () => {
  test('an item is tried again after a while, and has one settlement', async () => {
    let asked = 0;
    const batches = await start({
      answer: () => {
        asked += 1;
        return Promise.resolve(asked < 3 ? refusal('overloaded') : messageAnswer());
      },
    });
    const id = await batches.create(['a']);
    await batches.until(() => asked === 1);
    await rest(batches);
    expect(asked).toBe(1);
    batches.clock.advance(1000);
    await batches.until(() => asked === 2);
    await rest(batches);
    batches.clock.advance(1999);
    await rest(batches);
    expect(asked).toBe(2);
    batches.clock.advance(1);
    await batches.ended(id);
    expect(await batches.results(id)).toEqual({ a: 'succeeded' });
    const rows = readRequestLog(batches.directory).filter((row) => row.batch_id === id);
    expect(rows).toMatchObject([{ custom_id: 'a', status: 200, output_tokens: 1 }]);
  });

  test('retry-after is heeded', async () => {
    let asked = 0;
    const batches = await start({
      answer: () => {
        asked += 1;
        const wait = refusal('rate_limited', undefined, { retryAfterMs: 30_000 });
        return Promise.resolve(asked === 1 ? wait : messageAnswer());
      },
    });
    const id = await batches.create(['a']);
    await batches.until(() => asked === 1);
    await rest(batches);
    batches.clock.advance(29_999);
    await rest(batches);
    expect(asked).toBe(1);
    batches.clock.advance(1);
    await batches.ended(id);
    expect(asked).toBe(2);
  });

  test('one that never passes is the result in the end', async () => {
    let asked = 0;
    const batches = await start({
      answer: () => {
        asked += 1;
        return Promise.resolve(refusal('overloaded'));
      },
    });
    const id = await batches.create(['a']);
    await batches.until(async () => {
      batches.clock.advance(1000);
      return (await batches.get(id))['processing_status'] === 'ended';
    });
    expect(await batches.results(id)).toEqual({ a: 'Overloaded' });
    expect(asked).toBe(8);
  });

  test('a fault of ours costs the item and not the batch', async () => {
    const batches = await start({ answer: succeed });
    const { walk } = batches;
    const metrics = {
      ...walk.metrics,
      request: () => {
        throw new Error('a fault');
      },
    };
    batches.service.start({ ...walk, metrics });
    const faulty = await batches.create(['a']);
    await batches.ended(faulty);
    expect(await batches.results(faulty)).toEqual({ a: 'Internal server error' });
  });

  test.each<[string, string, string]>([
    ['what is no JSON', '<html>', 'The upstream sent something that is no message.'],
    [
      'what is no message',
      '{"type":"else"}',
      'The upstream could not be reached or did not answer correctly.',
    ],
  ])('%s never stands in the results', async (_name, text, said) => {
    const batches = await start({ answer: () => Promise.resolve(messageAnswer(text)) });
    const id = await batches.create(['a']);
    // It may be somebody on the way, so it is tried again as a failure is.
    await batches.until(async () => {
      batches.clock.advance(1000);
      return (await batches.get(id))['processing_status'] === 'ended';
    });
    expect(await batches.results(id)).toEqual({ a: said });
  });

  test('an answer over several lines stands on one', async () => {
    const text = '{\r\n  "type": "message",\n  "content": [],\n  "text": "a\\nb"\n}\n';
    const batches = await start({ answer: () => Promise.resolve(messageAnswer(text)) });
    const id = await batches.create(['a']);
    await batches.ended(id);
    const { text: lines } = await batches.call('batches.results', `/${id}/results`);
    expect(lines.split('\n')).toHaveLength(2);
    expect(JSON.parse(lines)).toMatchObject({ result: { message: { text: 'a\nb' } } });
  });
});

describe('accounts', () => {
  test('another account’s batch is not there', async () => {
    const batches = await start({ answer: succeed });
    const id = await batches.create(['a']);
    await batches.ended(id);
    for (const [operation, path] of [
      ['batches.get', `/${id}`],
      ['batches.results', `/${id}/results`],
      ['batches.cancel', `/${id}/cancel`],
      ['batches.delete', `/${id}`],
      ['batches.list', `?after_id=${id}`],
    ] as const) {
      expect((await batches.callAsOther(operation, path)).status).toBe(404);
    }
    expect((await batches.callAsOther('batches.list', '')).text).toContain('"data":[]');
    expect((await batches.call('batches.get', `/${id}`)).status).toBe(200);
  });

  test('take turns, however much one of them has waiting', async () => {
    const upstream = new HeldUpstream();
    const batches = await start({ answer: upstream.answer, concurrency: 2 });
    await batches.create(['a1', 'a2', 'a3', 'a4']);
    await batches.until(() => upstream.asked.length === 2);
    const other = await batches.createAsOther(['b1', 'b2']);
    expect(other).toMatch(/^msgbatch_/);
    upstream.release('a1');
    await batches.until(() => upstream.asked.length === 3);
    // Two run at once, and which of them is asked first is nobody's promise.
    expect(upstream.asked.slice(0, 2).toSorted()).toEqual(['a1', 'a2']);
    expect(upstream.asked[2]).toBe('b1');
    upstream.release('a2');
    await batches.until(() => upstream.asked.length === 4);
    expect(upstream.asked[3]).toBe('a3');
    upstream.release('b1');
    await batches.until(() => upstream.asked.length === 5);
    expect(upstream.asked[4]).toBe('b2');
  });

  test('have a bound on what waits; what does not fit leaves nothing behind', async () => {
    const upstream = new HeldUpstream();
    const batches = await start({ answer: upstream.answer, requestsMax: 3 });
    const first = await batches.create(['a', 'b']);
    const refused = await batches.call('batches.create', '', batchOf(['c', 'd']));
    expect(refused).toMatchObject({ status: 429 });
    expect(
      readdirSync(join(batches.directory, 'batches')).filter((name) => name !== 'lock'),
    ).toEqual([first]);
    expect(batches.store.batches.idsWithItems()).toEqual([first]);
    await batches.createAsOther(['c', 'd', 'e']);
    upstream.release('a', 'b');
    await batches.ended(first);
    await batches.create(['c', 'd']);
  });
});

describe('lists', () => {
  test('newest first, in pages that stay when batches come and go', async () => {
    const batches = await start({ answer: succeed });
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.unshift(await batches.create([name]));
    for (const id of ids) await batches.ended(id);
    const page = async (query: string): Promise<unknown> => {
      const { text } = await batches.call('batches.list', query);
      const { data, ...rest } = JSON.parse(text) as { data: { id: string }[] };
      return { ...rest, at: data.map(({ id }) => ids.indexOf(id)) };
    };
    expect(await page('?limit=2')).toEqual({
      at: [0, 1],
      has_more: true,
      first_id: ids[0],
      last_id: ids[1],
    });
    const [, second = '', third = '', fourth = ''] = ids;
    expect(await page(`?limit=2&after_id=${second}`)).toMatchObject({ at: [2, 3], has_more: true });
    expect(await page(`?limit=2&after_id=${fourth}`)).toMatchObject({ at: [4], has_more: false });
    expect(await page(`?limit=2&before_id=${fourth}`)).toMatchObject({
      at: [1, 2],
      has_more: true,
    });
    expect(await page(`?limit=9&before_id=${third}`)).toMatchObject({
      at: [0, 1],
      has_more: false,
    });
    expect(await page('')).toMatchObject({ at: [0, 1, 2, 3, 4], has_more: false });
    await batches.call('batches.delete', `/${third}`);
    await batches.create(['f']);
    expect(await page(`?limit=2&after_id=${third}`)).toMatchObject({ at: [3, 4], has_more: false });
    expect(await page(`?limit=1&before_id=${third}`)).toMatchObject({ at: [1], has_more: true });
  });

  test.each<[string, number, string]>([
    ['?limit=1001', 400, 'limit: Input should be less than or equal to 1000'],
    ['?limit=0', 400, 'limit: Input should be greater than or equal to 1'],
    ['?limit=-1', 400, 'limit: Input should be greater than or equal to 1'],
    ['?limit=ten', 400, 'limit: Input should be a valid integer'],
    ['?limit=', 400, 'limit: Input should be a valid integer'],
    ['?after_id=a&before_id=b', 400, 'Only one of after_id and before_id may be set'],
    ['?after_id=msgbatch_none', 404, 'Message Batch msgbatch_none not found.'],
  ])('%s: %i %s', async (query, status, text) => {
    const batches = await start({ answer: succeed });
    const answer = await batches.call('batches.list', query);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
  });
});

test('a request without anthropic-version is refused', async () => {
  const batches = await start({ answer: succeed });
  const id = await batches.create(['a']);
  const reply = await batches.service.serve({
    request: { operation: 'batches.get', headers: {} },
  } as Parameters<typeof batches.service.serve>[0]);
  expect(id).toMatch(/^msgbatch_01/);
  expect(reply).toMatchObject({ detail: 'anthropic-version: header is required' });
});
