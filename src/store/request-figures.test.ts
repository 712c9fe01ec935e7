import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import { latencyPercentile } from '../telemetry/latency-buckets.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { FigureDimension, FigureGroup, RequestPlace } from '../telemetry/request-reads.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';
import { SqliteRequestLog } from './sqlite-request-log.ts';
import { SqliteRequestReads } from './sqlite-request-reads.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_772_323_200_000;

let directory: string;
let store: Store;
let log: SqliteRequestLog;
let reads: SqliteRequestReads;

beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, () => {});
  const clock = new ManualClock(START_MS);
  log = new SqliteRequestLog(store.writer, {
    clock,
    log: createLog({ clock, level: () => 'error', write: () => {} }),
    queueMax: 10_000,
    retentionDays: 30,
  });
  reads = new SqliteRequestReads(store.background, () => log.written());
});
afterEach(async () => {
  log.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const models = ['claude-a', 'claude-b'] as const;

/** Requests of three hours, two models and two keys; every fifth failed. */
function recordOf(index: number): RequestRecord {
  const isFailed = index % 5 === 0;
  return {
    requestId: `req_${String(index)}`,
    startedAtMs: START_MS + (index % 3) * HOUR_MS + index,
    keyId: `k_${String(index % 2)}`,
    account: 'acme',
    dialect: 'anthropic_messages',
    operation: 'messages.create',
    model: models[index % 2],
    upstream: 'one',
    status: isFailed ? 529 : 200,
    errorCode: isFailed ? 'overloaded' : undefined,
    isStream: true,
    usage: { inputTokens: index, outputTokens: 2, cacheReadTokens: 10 },
    usageIsFinal: true,
    requestBytes: 1,
    responseBytes: 1,
    firstByteMs: 1,
    totalMs: index * 10,
    firstContentMs: isFailed ? undefined : index,
    money: {
      costNanoUsd: isFailed ? undefined : BigInt(index) * 10_000_000_000n,
      chargedNanoUsd: BigInt(index),
      usageSource: 'reported',
      priceVersion: undefined,
    },
  };
}

const COUNT = 300;
const all = Array.from({ length: COUNT }, (_, index) => recordOf(index));
const question = { fromMs: START_MS, toMs: START_MS + 3 * HOUR_MS, limit: 1000 } as const;

test('figures of hours say the same as the rows that they were counted from', async () => {
  for (const record of all) log.record(record);
  const [whole] = await reads.figures({ ...question, groupBy: [] });
  const answered = all.filter(({ status }) => status === 200);
  expect(whole).toMatchObject({
    requests: COUNT,
    failed: COUNT - answered.length,
    inputTokens: BigInt((COUNT * (COUNT - 1)) / 2),
    outputTokens: 600n,
    cacheReadTokens: 3000n,
    costNanoUsd: answered.reduce((sum, { money }) => sum + (money?.costNanoUsd ?? 0n), 0n),
    chargedNanoUsd: BigInt((COUNT * (COUNT - 1)) / 2),
    unknownCosts: COUNT - answered.length,
  });
  expect(whole?.totalCounts.reduce((sum, count) => sum + count, 0)).toBe(COUNT);
  expect(whole?.firstContentCounts.reduce((sum, count) => sum + count, 0)).toBe(answered.length);
  expect(latencyPercentile(whole?.totalCounts ?? [], 0.5)).toBeCloseTo(1500, -2);
});

test('they are told apart and narrowed by whatever is asked', async () => {
  for (const record of all) log.record(record);
  const hours = await reads.figures({ ...question, groupBy: ['hour', 'model'], keyId: 'k_1' });
  expect(hours.map(({ by, requests }) => [by, requests])).toEqual(
    [0, 1, 2].map((hour) => [{ hour: START_MS + hour * HOUR_MS, model: 'claude-b' }, 50]),
  );
  const errors = await reads.figures({ ...question, groupBy: ['status', 'error'] });
  expect(errors.map(({ by, requests }) => [by, requests])).toEqual([
    [{ status: 200, error: undefined }, 240],
    [{ status: 529, error: 'overloaded' }, 60],
  ]);
  const none = { ...question, fromMs: START_MS + 9 * HOUR_MS, toMs: START_MS + 10 * HOUR_MS };
  expect(await reads.figures({ ...none, groupBy: ['model'] })).toEqual([]);
});

test('names of models that are not found are one row, however many are made up', async () => {
  for (let index = 0; index < 50; index += 1) {
    log.record({ ...recordOf(1), model: `made-up-${String(index)}`, status: 404 });
  }
  const rows = await reads.figures({ ...question, groupBy: ['model'] });
  expect(rows.map(({ by, requests }) => [by, requests])).toEqual([[{ model: 'other' }, 50]]);
});

test('a request of a batch counts once, however often it is written', async () => {
  const { requestRow } = await import('./sqlite-request-log.ts');
  const rows = [[...requestRow(recordOf(1)), 'batch_1', 'custom_1']];
  await store.writer.write({ statement: 'insertBatchRequest', rows });
  await store.writer.write({ statement: 'insertBatchRequest', rows });
  const [whole] = await reads.figures({ ...question, groupBy: [] });
  expect(whole?.requests).toBe(1);
});

test('rows that are not written are not counted', async () => {
  const other = new DatabaseSync(join(directory, 'quatrain.db'), { timeout: 5000 });
  other.exec(`CREATE TRIGGER no_more BEFORE INSERT ON request_log
    WHEN NEW.request_id = 'req_2' BEGIN SELECT RAISE(ABORT, 'no'); END`);
  for (const record of all.slice(0, 3)) log.record(record);
  await log.written();
  other.exec('DROP TRIGGER no_more');
  other.close();
  log.record(recordOf(7));
  const [whole] = await reads.figures({ ...question, groupBy: [] });
  expect([whole?.requests, log.dropped]).toEqual([1, 3]);
});

test('attempts are told of where there is more to tell than the row does', async () => {
  const attempt = { attempt: 1, upstream: 'one', model: undefined, startedMs: 100 };
  const well = { ...attempt, headMs: 130, endedMs: 140, status: 200 };
  const badly = { ...well, status: 529, errorCode: 'overloaded', credential: 1 };
  const base = { ...recordOf(1), startedMs: 90, edits: ['model-renamed'], stopReason: 'end_turn' };
  log.record({ ...base, requestId: 'plain', trail: [well] });
  log.record({
    ...base,
    requestId: 'again',
    trail: [badly, { ...well, attempt: 2, startedMs: 150 }],
  });
  expect(await reads.find('plain')).toMatchObject({
    attemptsDetail: undefined,
    edits: ['model-renamed'],
    stopReason: 'end_turn',
    firstContentMs: 1,
  });
  expect((await reads.find('again'))?.attemptsDetail).toMatchObject([
    {
      upstream: 'one',
      credential: 1,
      startedMs: 10,
      headMs: 40,
      status: 529,
      errorCode: 'overloaded',
    },
    { upstream: 'one', credential: undefined, startedMs: 60, status: 200 },
  ]);
});

test.each([
  ['an upstream', { upstream: 'one' }, COUNT],
  ['another one', { upstream: 'two' }, 0],
  ['an error', { error: 'overloaded' }, 60],
  ['any error', { error: 'any' }, 60],
  ['a cost', { costMinNanoUsd: 2_990_000_000_000n }, 1],
])('requests are listed by %s', async (_, narrowed, count) => {
  for (const record of all) log.record(record);
  expect((await reads.list({ ...narrowed, limit: 1000 })).rows).toHaveLength(count);
});

test('what few rows fit is looked for a bounded number of rows at a time, and all of it is found', async () => {
  for (const record of all) log.record(record);
  const bounded = new SqliteRequestReads(store.background, () => log.written(), 40);
  const wanted = { error: 'overloaded', limit: 30 };
  const whole = (await reads.list({ ...wanted, limit: 1000 })).rows;
  const found: string[] = [];
  let after: RequestPlace | undefined;
  let pages = 0;
  do {
    const page = await bounded.list({ ...wanted, after });
    found.push(...page.rows.map(({ requestId }) => requestId));
    after = page.lookedTo;
    pages += 1;
  } while (after !== undefined);
  expect(found).toEqual(whole.map(({ requestId }) => requestId));
  expect(pages).toBe(Math.ceil(COUNT / 40));
  expect(found.length).toBeGreaterThan(0);
});

test('figures with fewer names, and those of days, say the same as those of hours', async () => {
  const days = Array.from({ length: COUNT }, (_, index) => ({
    ...recordOf(index),
    // Over four days, beginning and ending in the midst of one.
    startedAtMs: START_MS + 5 * HOUR_MS + Math.floor((index * 4 * 24 * HOUR_MS) / COUNT),
    upstream: index % 3 === 0 ? 'one' : 'two',
  }));
  for (const record of days) log.record(record);
  const range = { fromMs: START_MS + 7 * HOUR_MS, toMs: START_MS + 97 * HOUR_MS, limit: 10_000 };
  // With an upstream and a key told apart, the table by hours is the only one that has it.
  const exact = await reads.figures({ ...range, groupBy: ['key', 'day', 'model', 'upstream'] });
  const byKey = await reads.figures({ ...range, groupBy: ['key', 'day', 'model'] });
  const byModel = await reads.figures({ ...range, groupBy: ['model', 'upstream', 'day'] });
  const summed = (groups: readonly FigureGroup[], names: readonly FigureDimension[]): object => {
    const told = Map.groupBy(groups, ({ by }) =>
      JSON.stringify(names.map((name) => by[name] ?? null)),
    );
    const sums = [...told].map(([name, of]) => [
      name,
      {
        requests: of.reduce((sum, { requests }) => sum + requests, 0),
        inputTokens: of.reduce((sum, { inputTokens }) => sum + inputTokens, 0n),
        costNanoUsd: of.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
        quick: of.reduce((sum, { totalCounts }) => sum + (totalCounts[0] ?? 0), 0),
      },
    ]);
    return Object.fromEntries(sums) as object;
  };
  for (const names of [['key', 'day'], ['day'], ['model'], []] as const) {
    expect(summed(byKey, names)).toEqual(summed(exact, names));
  }
  for (const names of [
    ['model', 'upstream'],
    ['day', 'upstream'],
  ] as const) {
    expect(summed(byModel, names)).toEqual(summed(exact, names));
  }
  const narrowed = await reads.figures({ ...range, groupBy: ['day'], keyId: 'k_1' });
  const ofKey = exact.filter(({ by }) => by.key === 'k_1');
  expect(summed(narrowed, ['day'])).toEqual(summed(ofKey, ['day']));
});
