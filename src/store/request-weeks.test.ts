import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { FigureDimension, FigureGroup } from '../telemetry/request-reads.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';
import { WEEK_MS } from './request-weeks.ts';
import { SqliteRequestLog } from './sqlite-request-log.ts';
import { SqliteRequestReads } from './sqlite-request-reads.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Five days before a week begins. */
const START_MS = Math.ceil(1_772_323_200_000 / WEEK_MS) * WEEK_MS - 5 * DAY_MS;
const DAYS = 31;

let directory: string;
let store: Store;
let clock: ManualClock;
let log: SqliteRequestLog;
let reads: SqliteRequestReads;
let other: DatabaseSync;

beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, () => {});
  other = new DatabaseSync(join(directory, 'quatrain.db'), { timeout: 5000 });
  clock = new ManualClock(START_MS + DAYS * DAY_MS);
  log = new SqliteRequestLog(store.writer, {
    clock,
    log: createLog({ clock, level: () => 'error', write: () => {} }),
    queueMax: 10_000,
    retentionDays: 365,
  });
  reads = new SqliteRequestReads(store.background, () => log.written());
});
afterEach(async () => {
  log.close();
  await store.close();
  other.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Asked {
  readonly atMs: number;
  readonly key: number;
  readonly model: number;
  readonly cacheRead: number;
  readonly cost: bigint | undefined;
  readonly totalMs: number;
}

let lastId = 0;
function recordOf({ atMs, key, model, cacheRead, cost, totalMs }: Asked): RequestRecord {
  return {
    requestId: `req_${String((lastId += 1))}`,
    startedAtMs: atMs,
    keyId: `k_${String(key)}`,
    account: `a_${String(key % 2)}`,
    dialect: 'anthropic_messages',
    operation: 'messages.create',
    model: model === 0 ? undefined : `claude "${String(model)}"`,
    upstream: 'one',
    status: key === 0 ? 529 : 200,
    errorCode: key === 0 ? 'overloaded' : undefined,
    isStream: true,
    usage: { inputTokens: 1, cacheReadTokens: cacheRead },
    usageIsFinal: true,
    requestBytes: 1,
    responseBytes: 1,
    firstByteMs: 1,
    totalMs,
    money: {
      costNanoUsd: cost,
      chargedNanoUsd: 1n,
      usageSource: 'reported',
      priceVersion: undefined,
    },
  };
}

const namesOf: Readonly<Record<string, (record: RequestRecord) => string | undefined>> = {
  key: ({ keyId }) => keyId,
  account: ({ account }) => account,
  model: ({ model }) => model,
};

interface Question {
  readonly fromMs: number;
  readonly toMs: number;
  readonly groupBy: readonly FigureDimension[];
  readonly account?: string | undefined;
  readonly model?: string | undefined;
}

/** What of an answer is compared; the order is that of the names. */
function told(groups: readonly FigureGroup[]): readonly object[] {
  return groups.map(({ by, ...group }) => ({
    by: JSON.stringify(by),
    requests: group.requests,
    failed: group.failed,
    cost: group.costNanoUsd,
    unknown: group.unknownCosts,
    reads: new Map(group.cacheReads.filter(([, tokens]) => tokens > 0n)),
    readTokens: group.cacheReadTokens,
    quick: group.totalCounts[0],
  }));
}

/** The same, of every request one by one. */
function counted(records: readonly RequestRecord[], question: Question): readonly object[] {
  const firstMs = question.fromMs - (question.fromMs % HOUR_MS);
  const meant = records.filter(
    ({ startedAtMs, account, model }) =>
      startedAtMs >= firstMs &&
      startedAtMs - (startedAtMs % HOUR_MS) < question.toMs &&
      (question.account === undefined || account === question.account) &&
      (question.model === undefined || model === question.model),
  );
  const groups = Map.groupBy(meant, (record) =>
    JSON.stringify(
      Object.fromEntries(question.groupBy.map((name) => [name, namesOf[name]?.(record)])),
    ),
  );
  return [...groups].map(([by, of]) => {
    const sum = (amount: (record: RequestRecord) => bigint): bigint =>
      of.reduce((before, record) => before + amount(record), 0n);
    const read = ({ usage }: RequestRecord): bigint => BigInt(usage.cacheReadTokens ?? 0);
    const byModel = Map.groupBy(of, ({ model }) => model ?? '');
    const readByModel = [...byModel].map(
      ([model, its]) => [model, its.reduce((before, one) => before + read(one), 0n)] as const,
    );
    return {
      by,
      requests: of.length,
      failed: of.filter(({ status }) => status !== 200).length,
      cost: sum(({ money }) => money?.costNanoUsd ?? 0n),
      unknown: of.filter(({ money }) => money?.costNanoUsd === undefined).length,
      reads: new Map(readByModel.filter(([, tokens]) => tokens > 0n)),
      readTokens: sum(read),
      quick: of.filter(({ totalMs }) => totalMs <= 5).length,
    };
  });
}

async function expectAllToldOf(records: readonly RequestRecord[], question: Question) {
  const groups = told(await reads.figures({ ...question, limit: 10_000 }));
  const byName = (sums: readonly object[]): ReadonlyMap<string, object> =>
    new Map(sums.map((of) => [(of as { by: string }).by, of]));
  expect(byName(groups)).toEqual(byName(counted(records, question)));
}

async function addToWeeks(beforeMs: number, limit: number): Promise<number> {
  const rows = [[beforeMs, limit]];
  return store.writer.writeAll([
    { statement: 'addDaysToWeeks', rows },
    { statement: 'moveWeeksReached', rows },
  ]);
}

/** As the request log does with what has had its time. */
async function forgetDaysBefore(dayMs: number): Promise<void> {
  await store.writer.write({ statement: 'deleteOldRequestHours', rows: [[dayMs]] });
  await store.writer.write({ statement: 'deleteOldDayKeys', rows: [[dayMs]] });
  const weeksBeforeMs = dayMs + DAY_MS - WEEK_MS;
  await store.writer.write({ statement: 'deleteOldWeekKeys', rows: [[weeksBeforeMs]] });
}

const moment = fc.integer({ min: 0, max: DAYS * DAY_MS - 1 }).map((ms) => START_MS + ms);
const asked: fc.Arbitrary<Asked> = fc.record({
  atMs: moment,
  key: fc.nat(4),
  model: fc.nat(3),
  cacheRead: fc.nat(1000),
  cost: fc.option(fc.bigInt({ min: 0n, max: 9_007_199_254_740_993n }), { nil: undefined }),
  totalMs: fc.nat(10),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ asked: fc.array(asked, { maxLength: 60 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ foldedToMs: moment, rows: fc.integer({ min: 1, max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.record({ gone: fc.nat(DAYS - 1) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      between: fc.tuple(moment, moment),
      groupBy: fc.subarray<'key' | 'account' | 'model'>(['key', 'account', 'model']),
      account: fc.constantFrom(undefined, 'a_0', 'a_1'),
      model: fc.constantFrom(undefined, undefined, 'claude "1"'),
    }),
  },
);

test('whatever is in weeks already, was late or is gone, figures are the sums of all requests', async () => {
  const walk = async (
    steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  ) => {
    other.exec(`DELETE FROM request_hours; DELETE FROM request_hour_models;
      DELETE FROM request_day_keys; DELETE FROM request_week_keys;
      UPDATE request_weeks_reached SET day_ms = -1, account = '', key_id = '', model = ''`);
    let records: RequestRecord[] = [];
    let firstDayMs = START_MS;
    for (const one of steps) {
      if ('asked' in one) {
        const more = one.asked.filter(({ atMs }) => atMs >= firstDayMs).map(recordOf);
        for (const record of more) log.record(record);
        await log.written();
        records.push(...more);
      } else if ('foldedToMs' in one) await addToWeeks(one.foldedToMs, one.rows);
      else if ('gone' in one) {
        firstDayMs = Math.max(firstDayMs, START_MS + one.gone * DAY_MS);
        await forgetDaysBefore(firstDayMs);
        records = records.filter(({ startedAtMs }) => startedAtMs >= firstDayMs);
      } else {
        const [a, b] = one.between;
        // By keys or of an account: all else is read from hours of models, which nothing here is gone from.
        const isOfKeys = one.account !== undefined || one.groupBy.some((name) => name !== 'model');
        const groupBy = isOfKeys ? one.groupBy : ([...one.groupBy, 'key'] as const);
        const { account, model } = one;
        const times = { fromMs: Math.min(a, b), toMs: Math.max(a, b) };
        await expectAllToldOf(records, { ...times, groupBy, account, model });
      }
    }
    // At last all days are in their weeks, and then the first week has lost some of its own.
    await addToWeeks(START_MS + DAYS * DAY_MS, 10_000);
    firstDayMs = Math.max(firstDayMs, START_MS + 9 * DAY_MS);
    for (const fromMs of [START_MS, firstDayMs]) {
      if (fromMs === firstDayMs) await forgetDaysBefore(fromMs);
      records = records.filter(({ startedAtMs }) => startedAtMs >= fromMs);
      const all = { fromMs: START_MS, toMs: START_MS + DAYS * DAY_MS };
      await expectAllToldOf(records, { ...all, groupBy: ['key'] });
      await expectAllToldOf(records, { ...all, groupBy: ['account', 'model'] });
    }
  };
  const steps = fc.array(step, { minLength: 8, maxLength: 30 });
  await fc.assert(fc.asyncProperty(steps, walk), { numRuns: 25 });
});

test('days go into their weeks on their own, in steps, and whole weeks are read from there', async () => {
  const records = Array.from({ length: 3000 }, (_, index) =>
    recordOf({
      atMs: START_MS + Math.floor((index * DAYS * DAY_MS) / 3000),
      key: index % 97,
      model: 1,
      cacheRead: 1,
      cost: 1n,
      totalMs: 1,
    }),
  );
  for (const record of records) log.record(record);
  await log.written();
  clock.advance(10_000);
  const reachedMs = (): number =>
    Number(other.prepare('SELECT day_ms FROM request_weeks_reached').get()?.['day_ms']);
  // The last day but one: the last is not over for an hour yet.
  await expect.poll(reachedMs, { timeout: 10_000 }).toBe(START_MS + (DAYS - 2) * DAY_MS);
  const month = { fromMs: START_MS, toMs: START_MS + DAYS * DAY_MS, groupBy: ['key'] } as const;
  await expectAllToldOf(records, month);
  // Whole weeks come from nowhere else: what is changed there is what is told.
  other.exec('UPDATE request_week_keys SET requests = requests + 1000000');
  const [first] = await reads.figures({ ...month, limit: 1 });
  expect(first?.requests).toBeGreaterThan(3_000_000);
});
