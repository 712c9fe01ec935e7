import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';
import { SqliteRequestLog } from './sqlite-request-log.ts';
import { SqliteRequestReads } from './sqlite-request-reads.ts';

const DAY_MS = 86_400_000;
const PRUNE_MS = 600_000;

let directory: string;
let store: Store;
let clock: ManualClock;
let lines: string[];
let other: DatabaseSync;
let log: SqliteRequestLog;
let isClosed: boolean;

async function closeStore(): Promise<void> {
  if (isClosed) return;
  isClosed = true;
  await store.close();
}

beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, () => {});
  other = new DatabaseSync(join(directory, 'quatrain.db'), { timeout: 5000 });
  clock = new ManualClock();
  lines = [];
  isClosed = false;
  log = new SqliteRequestLog(store.writer, {
    clock,
    log: createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) }),
    queueMax: 1000,
    retentionDays: 30,
  });
});
afterEach(async () => {
  log.close();
  await closeStore();
  other.close();
  rmSync(directory, { recursive: true, force: true });
});

function row(requestId: string, more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    requestId,
    startedAtMs: clock.wallMs(),
    keyId: undefined,
    dialect: 'messages',
    operation: 'messages.create',
    model: undefined,
    upstream: undefined,
    status: 200,
    errorCode: undefined,
    isStream: false,
    usage: {},
    usageIsFinal: false,
    requestBytes: 1,
    responseBytes: 2,
    firstByteMs: undefined,
    totalMs: 1.5,
    ...more,
  };
}

const count = (): number =>
  Number(other.prepare('SELECT COUNT(*) AS rows FROM request_log').get()?.['rows']);

test('rows are written after a moment, together', async () => {
  log.record(row('a'));
  log.record(row('b'));
  expect(clock.pendingTimers).toBe(2);
  clock.advance(50);
  await expect.poll(count).toBe(2);
});

test('256 rows are not waited with', async () => {
  for (let index = 0; index < 256; index += 1) log.record(row(String(index)));
  await expect.poll(count).toBe(256);
});

test('a row says what happened; what is unknown is null, not zero', async () => {
  const usage = { inputTokens: 0, outputTokens: 5 };
  log.record(
    row('a', { keyId: 'k', isStream: true, usage, usageIsFinal: true, firstByteMs: 0.25 }),
  );
  clock.advance(50);
  await expect.poll(count).toBe(1);
  expect(other.prepare('SELECT * FROM request_log').get()).toMatchObject({
    request_id: 'a',
    key_id: 'k',
    model: null,
    error_code: null,
    is_stream: 1,
    input_tokens: 0,
    output_tokens: 5,
    cache_read_tokens: null,
    usage_is_final: 1,
    first_byte_ms: 0.25,
    total_ms: 1.5,
  });
});

test('the queue is bounded: what does not fit is dropped and counted, and there is room again later', async () => {
  // Another process holds the lock, so that nothing can be written.
  other.exec('BEGIN IMMEDIATE');
  for (let index = 0; index < 1200; index += 1) log.record(row(String(index)));
  expect(log.dropped).toBe(200);
  other.exec('COMMIT');
  clock.advance(50);
  await expect.poll(count, { timeout: 10_000 }).toBe(1000);
  // The acknowledgement is behind the rows by a moment.
  await expect
    .poll(() => {
      const before = log.dropped;
      log.record(row('late'));
      return log.dropped === before;
    })
    .toBe(true);
});

test('rows that cannot be written are counted and reported, and the next ones are', async () => {
  other.exec('ALTER TABLE request_log RENAME TO elsewhere');
  log.record(row('lost'));
  clock.advance(50);
  await expect.poll(() => log.dropped).toBe(1);
  expect(lines.join('')).toContain('request_log_write_failed');
  other.exec('ALTER TABLE elsewhere RENAME TO request_log');
  log.record(row('kept'));
  clock.advance(50);
  await expect.poll(count).toBe(1);
});

test('closing writes what waits', async () => {
  log.record(row('a'));
  log.close();
  await closeStore();
  expect(count()).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('rows older than the retention go, in small steps; the others stay', async () => {
  const insert = other.prepare(`INSERT INTO request_log
    (request_id, started_at_ms, dialect, operation, status, is_stream, usage_is_final,
     request_bytes, response_bytes, total_ms) VALUES ('r', ?, 'messages', 'o', 200, 0, 0, 0, 0, 0)`);
  other.exec('BEGIN');
  for (let index = 0; index < 4500; index += 1) insert.run(clock.wallMs() - 31 * DAY_MS);
  for (let index = 0; index < 10; index += 1) insert.run(clock.wallMs() - 29 * DAY_MS);
  other.exec('COMMIT');
  clock.advance(PRUNE_MS - 1);
  expect(count()).toBe(4510);
  clock.advance(1);
  await expect.poll(count).toBe(10);
});

test('a prune that fails does not end pruning', async () => {
  log.record(row('old', { startedAtMs: clock.wallMs() - 31 * DAY_MS }));
  clock.advance(50);
  await expect.poll(count).toBe(1);
  other.exec('ALTER TABLE request_log RENAME TO elsewhere');
  clock.advance(PRUNE_MS);
  await expect.poll(() => lines.join('')).toContain('request_log_prune_failed');
  other.exec('ALTER TABLE elsewhere RENAME TO request_log');
  clock.advance(PRUNE_MS);
  await expect.poll(count, { timeout: 10_000 }).toBe(0);
});

test('rows with a cost and without one land together, once somebody asks for them', async () => {
  const money = {
    costNanoUsd: 9_007_199_254_740_993n,
    chargedNanoUsd: 0n,
    usageSource: 'reported',
    priceVersion: 'pv_1',
  } as const;
  log.record(row('req_free'));
  log.record(row('req_paid', { account: 'acme', money }));
  await log.written();
  const reads = new SqliteRequestReads(store.background, () => log.written());
  expect((await reads.list({ limit: 10 })).rows).toMatchObject([
    { requestId: 'req_paid', account: 'acme', costNanoUsd: 9_007_199_254_740_993n },
    { requestId: 'req_free', account: undefined, costNanoUsd: undefined },
  ]);
  log.record(row('req_late', { account: 'acme', money }));
  expect(await reads.find('req_late', 'acme')).toMatchObject({ requestId: 'req_late' });
  expect(await reads.find('req_late', 'other')).toBeUndefined();
});
