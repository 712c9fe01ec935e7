import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  START_MS,
  deleting,
  idsIn,
  listing,
  mine,
  openLogStore,
  record,
} from '../../test/support/open-log-store.ts';
import type { LogStore } from '../../test/support/open-log-store.ts';
import type { LogKeeping } from '../policy/gateway-log.ts';

const DAY_MS = 86_400_000;

let at: LogStore;
beforeEach(async () => {
  at = await openLogStore();
});
afterEach(async () => {
  await at.close();
});

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString();

describe('a log', () => {
  test('is there as soon as somebody looks for it, with everything it said', async () => {
    const logs = at.open();
    const full = record(
      logs,
      {
        metadata: { user: 'u', plan: null, pro: true, seats: 3 },
        step: 1,
        userAgent: 'curl',
        feedback: undefined,
        cost: 1e-9,
      },
      { body: '{"a":1}' },
    );
    const spare = record(logs, { tokensIn: undefined, tokensOut: undefined, cost: undefined });
    expect(await logs.find(mine, full.id)).toEqual(full);
    expect(await logs.find(mine, spare.id)).toEqual(spare);
    expect(textOf(await logs.body(mine, full.id, { which: 'request' }))).toBe('{"a":1}');
    expect(textOf(await logs.body(mine, full.id, { which: 'response', bytesMax: 3 }))).toBe('{"a');
    expect(await logs.body(mine, spare.id, { which: 'request' })).toBeUndefined();
  });

  test('belongs to its gateway and its account', async () => {
    const logs = at.open();
    const { id } = record(logs, {}, { body: 'x' });
    for (const other of [
      { ...mine, account: 'b' },
      { ...mine, gatewayId: 'h' },
    ]) {
      expect(await logs.find(other, id)).toBeUndefined();
      expect(await logs.body(other, id, { which: 'request' })).toBeUndefined();
      expect(await logs.patch(other, id, { feedback: 1 })).toBe(false);
      expect((await logs.list({ ...listing, ...other })).count).toBe(0);
      expect(await logs.remove({ ...listing, ...other })).toBe(0);
    }
    expect((await logs.find(mine, id))?.feedback).toBeUndefined();
  });

  test('is patched in what is said, and in nothing else', async () => {
    const logs = at.open();
    const before = record(logs, { metadata: { a: 1 } });
    const { id } = before;
    expect(await logs.patch(mine, id, { feedback: -1, score: 0.5 })).toBe(true);
    expect(await logs.find(mine, id)).toEqual({ ...before, feedback: -1, score: 0.5 });
    await logs.patch(mine, id, { feedback: null, metadata: { b: 'c' } });
    expect(await logs.find(mine, id)).toEqual({ ...before, score: 0.5, metadata: { b: 'c' } });
    await logs.patch(mine, id, { metadata: null });
    expect((await logs.find(mine, id))?.metadata).toBeUndefined();
    expect(await logs.patch(mine, 'nope', { score: 1 })).toBe(false);
  });
});

describe('counts that no upstream could mean', () => {
  test('are read and added up all the same', async () => {
    const logs = at.open();
    const most = Number.MAX_SAFE_INTEGER;
    for (let index = 0; index < 3; index += 1) record(logs, { tokensIn: most, tokensOut: most });
    const { bounds, count } = await logs.list(listing);
    expect([count, bounds.total_tokens.max]).toEqual([3, 2 * most]);
    const [group] = await logs.count({ ...listing, dimensions: [], limit: 1 });
    expect(group?.tokensIn).toBe(3 * most);
  });
});

describe('bounds', () => {
  test('of too many logs the oldest go, with what they said', async () => {
    const logs = at.open({ bounds: { logsMax: 3, bytesMax: 1_000_000 } });
    const ids = Array.from({ length: 5 }, () => record(logs, {}, { body: 'x' }).id);
    expect(idsIn(await logs.list(listing))).toEqual(ids.slice(2));
    expect(await logs.body(mine, ids[0] ?? '', { which: 'request' })).toBeUndefined();
    expect(at.store.gatewayLogs.totals(mine)).toEqual({ logs: 3, bytes: 6 });
  });

  test('a gateway may keep fewer than the installation lets it, and no more', async () => {
    const logs = at.open({ bounds: { logsMax: 3, bytesMax: 1_000_000 } });
    for (let index = 0; index < 3; index += 1) {
      record(logs, {}, { keeping: { ...deleting, rowsMax: 2 } });
    }
    expect((await logs.list(listing)).count).toBe(2);
    for (let index = 0; index < 3; index += 1) {
      record(logs, {}, { keeping: { ...deleting, rowsMax: 50 } });
    }
    expect((await logs.list(listing)).count).toBe(3);
  });

  test('too many bytes count as too many logs', async () => {
    const logs = at.open({ bounds: { logsMax: 100, bytesMax: 50 } });
    const ids = Array.from({ length: 4 }, () => record(logs, {}, { body: 'ten bytes!' }).id);
    expect(idsIn(await logs.list(listing))).toEqual(ids.slice(2));
    expect(at.store.gatewayLogs.totals(mine)).toEqual({ logs: 2, bytes: 40 });
  });

  test('a gateway that keeps its old logs takes no new ones when it is full', async () => {
    const keeping: LogKeeping = { rowsMax: 2, strategy: 'STOP_INSERTING' };
    const logs = at.open();
    expect(logs.takes(mine, keeping)).toBe(true);
    const ids = Array.from({ length: 4 }, () => record(logs, {}, { keeping, body: 'x' }).id);
    expect(idsIn(await logs.list(listing))).toEqual(ids.slice(0, 2));
    expect(logs.takes(mine, keeping)).toBe(false);
    expect(logs.takes({ ...mine, gatewayId: 'h' }, keeping)).toBe(true);
    expect(logs.takes(mine, { ...keeping, strategy: 'DELETE_OLDEST' })).toBe(true);
  });

  test('what waits is bounded: logs are dropped and counted, and their bytes given back', async () => {
    const logs = at.open({ queueMax: 2 });
    record(logs, {}, { body: 'x' });
    record(logs);
    record(logs, {}, { body: 'x' });
    expect([logs.dropped, logs.heldBytes]).toEqual([1, 2]);
    expect((await logs.list(listing)).count).toBe(2);
    expect(logs.heldBytes).toBe(0);
  });

  test('bodies are held up to a bound of their own, and up to one of all', () => {
    const logs = at.open();
    expect([logs.hold(60, 0), logs.hold(60, 60), logs.hold(40, 60)]).toEqual([true, false, true]);
    logs.release(100);
    expect(Array.from({ length: 11 }, () => logs.hold(100, 0)).lastIndexOf(true)).toBe(9);
  });

  test('logs that are too old go', async () => {
    const logs = at.open();
    record(logs, { createdAtMs: START_MS - 31 * DAY_MS });
    const { id } = record(logs, { createdAtMs: START_MS - 29 * DAY_MS });
    expect((await logs.list(listing)).count).toBe(2);
    at.clock.advance(15_000);
    await at.store.writer.write({ statement: 'deleteGatewayLog', rows: [] });
    expect(idsIn(await logs.list(listing))).toEqual([id]);
  });

  test('a store that fails costs logs, never requests', async () => {
    const logs = at.open();
    await at.store.writer.close();
    record(logs, {}, { body: 'x' });
    at.clock.advance(50);
    await logs.list(listing);
    expect([logs.dropped, logs.heldBytes]).toEqual([1, 0]);
    expect(at.lines.at(-1)).toContain('gateway_log_write_failed');
  });
});

describe('a list', () => {
  test('is ordered, cut and summed up', async () => {
    const logs = at.open();
    const [one, two, three] = [
      record(logs, { cost: 2, durationMs: 5, tokensIn: 1, tokensOut: 1 }).id,
      record(logs, { cost: 1, durationMs: 9, tokensIn: 5, tokensOut: undefined }).id,
      record(logs, { cost: undefined, durationMs: 7, tokensIn: 2, tokensOut: 8 }).id,
    ];
    const ordered = { ...listing, orderBy: 'cost', isDescending: true } as const;
    expect(idsIn(await logs.list(ordered))).toEqual([one, two, three]);
    const page = await logs.list({ ...ordered, offset: 1, limit: 1 });
    expect(idsIn(page)).toEqual([two]);
    expect(page.count).toBe(3);
    expect(page.bounds).toEqual({
      cost: { min: 1, max: 2 },
      duration: { min: 5, max: 9 },
      tokens_in: { min: 1, max: 5 },
      tokens_out: { min: 1, max: 8 },
      total_tokens: { min: 2, max: 10 },
    });
    expect((await logs.list({ ...listing, gatewayId: 'h' })).bounds.cost).toEqual({});
  });

  test('counts by what logs have in common, the most first', async () => {
    const logs = at.open();
    record(logs, { model: 'x/one', isCached: true, cost: 0 });
    record(logs, { model: 'x/two', createdAtMs: START_MS + 3_599_000 });
    record(logs, { model: 'x/two', isSuccess: false, createdAtMs: START_MS + 3_600_000 });
    const zero = { cached: 0, errors: 0 };
    const amounts = { tokensIn: 3, tokensOut: 4, cost: 0.5, durationMs: 12 };
    expect(await logs.count({ ...mine, filters: [], dimensions: [], limit: 9 })).toEqual([
      {
        dimensions: {},
        count: 3,
        cached: 1,
        errors: 1,
        tokensIn: 9,
        tokensOut: 12,
        cost: 1,
        durationMs: 36,
      },
    ]);
    const byModel = await logs.count({ ...mine, filters: [], dimensions: ['model'], limit: 1 });
    expect(byModel).toMatchObject([{ dimensions: { model: 'x/two' }, count: 2, errors: 1 }]);
    const last = { key: 'model', operator: 'eq', values: ['x/two'] } as const;
    const dimensions = ['datetimeHour', 'success'] as const;
    expect(await logs.count({ ...mine, filters: [last], dimensions, limit: 9 })).toEqual(
      expect.arrayContaining([
        {
          ...zero,
          ...amounts,
          count: 1,
          dimensions: { datetimeHour: '2026-11-17T08:00:00Z', success: true },
        },
        {
          ...zero,
          ...amounts,
          count: 1,
          errors: 1,
          dimensions: { datetimeHour: '2026-11-17T09:00:00Z', success: false },
        },
      ]),
    );
  });

  test('what it selects can be removed, the first of its order', async () => {
    const logs = at.open();
    const ids = Array.from({ length: 4 }, () => record(logs, {}, { body: 'x' }).id);
    expect(await logs.remove({ ...listing, isDescending: true, limit: 3 })).toBe(3);
    expect(idsIn(await logs.list(listing))).toEqual(ids.slice(0, 1));
    expect(at.store.gatewayLogs.totals(mine)).toEqual({ logs: 1, bytes: 2 });
  });
});
