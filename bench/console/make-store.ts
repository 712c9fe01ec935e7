import { parseArgs } from 'node:util';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { createKey } from '../../src/access/create-key.ts';
import { systemClock } from '../../src/std/clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import { openStore } from '../../src/store/open-store.ts';
import { RequestHours } from '../../src/store/request-hours.ts';
import { rollUp } from '../../src/store/request-rollups.ts';
import { requestRow } from '../../src/store/sqlite-request-log.ts';
import { writeStatements } from '../../src/store/statements.ts';
import type { RequestRecord } from '../../src/telemetry/request-log.ts';

/** Makes a store with a request log of so many rows, through the real schema; prints an admin key. */

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    rows: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '29' },
    keys: { type: 'string', default: '60' },
    accounts: { type: 'string', default: '20' },
  },
});
if (values.dir === undefined) throw new Error('--dir DIRECTORY is wanted');

const ACCOUNTS = Number(values.accounts);
const KEYS = Number(values.keys);
const DAY_MS = 86_400_000;
const ROWS_AT_ONCE = 5000;
const models = [
  'claude-sonnet-4-6',
  'claude-opus-4-8',
  'claude-haiku-4-5',
  'claude-sonnet-4-5',
  'claude-opus-4-5',
];
const upstreams = ['anthropic', 'bedrock-eu', 'vertex', 'backup'];
const forms = ['messages', 'chat-completions', 'workers-ai'];
const failures = [
  [429, 'rate_limited'],
  [529, 'overloaded'],
  [400, 'invalid_request'],
  [502, 'upstream_failed'],
  [200, 'client_gone'],
] as const;

/** The same numbers every time: a small generator of its own, seeded. */
let seed = 42;
function draw(below: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed % below;
}

function pick<Value>(list: readonly Value[]): Value {
  const value = list[draw(list.length)];
  if (value === undefined) throw new Error('an empty list');
  return value;
}

function makeRecord(index: number, atMs: number): RequestRecord {
  // A few keys ask most.
  const key = Math.min(draw(KEYS), draw(KEYS), draw(KEYS));
  const isFailed = draw(100) < 3;
  const [status, errorCode] = isFailed ? pick(failures) : ([200, undefined] as const);
  const isStream = draw(3) > 0;
  const totalMs = 200 + draw(20_000);
  const cost = BigInt(draw(50_000_000));
  return {
    requestId: `req_made${String(index).padStart(10, '0')}`,
    startedAtMs: atMs,
    keyId: `key${String(key).padStart(7, '0')}`,
    account: `account-${String(key % ACCOUNTS)}`,
    dialect: pick(forms),
    operation: 'messages.create',
    // Most keys ask one model, and a model is at one upstream, but for a few.
    model: models[(draw(10) === 0 ? draw(models.length) : key) % models.length],
    upstream: draw(50) === 0 ? pick(upstreams) : upstreams[key % upstreams.length],
    gatewayId: index % 7 === 0 ? 'search' : undefined,
    status,
    errorCode,
    isStream,
    usage: {
      inputTokens: draw(5000),
      outputTokens: draw(2000),
      cacheReadTokens: draw(50_000),
      cacheWriteTokens: draw(500),
    },
    usageIsFinal: !isFailed,
    requestBytes: draw(200_000),
    responseBytes: draw(20_000),
    firstByteMs: 100 + draw(500),
    firstContentMs: isStream ? 150 + draw(1500) : undefined,
    totalMs,
    attempts: isFailed ? 2 : 1,
    stopReason: isFailed ? undefined : 'end_turn',
    money: {
      costNanoUsd: isFailed ? 0n : cost,
      chargedNanoUsd: isFailed ? 0n : cost,
      usageSource: 'reported',
      priceVersion: 'pv_made',
    },
  };
}

function fill(path: string, rows: number, days: number): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144');
  const insert = database.prepare(writeStatements.insertRequest);
  const addToHours = database.prepare(writeStatements.addToRequestHours);
  const addToModels = database.prepare(writeStatements.addToHourModels);
  const addToKeys = database.prepare(writeStatements.addToDayKeys);
  const hours = new RequestHours();
  const nowMs = systemClock.wallMs();
  const fromMs = nowMs - days * DAY_MS;
  const stepMs = (days * DAY_MS) / rows;
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    database.exec('BEGIN');
    for (let index = from; index < Math.min(rows, from + ROWS_AT_ONCE); index += 1) {
      const row = requestRow(makeRecord(index, Math.floor(fromMs + index * stepMs)));
      insert.run(...row);
      hours.add(row);
    }
    const figures = hours.take();
    for (const row of figures) addToHours.run(...row);
    const rolledUp = rollUp(figures);
    for (const row of rolledUp.addToHourModels) addToModels.run(...row);
    for (const row of rolledUp.addToDayKeys) addToKeys.run(...row);
    database.exec('COMMIT');
  }
  // As a gateway does it in its first minute, so that nothing of it is in what is measured.
  const overMs = nowMs - 2 * DAY_MS;
  database.prepare(writeStatements.addDaysToWeeks).run(overMs, rows);
  database.prepare(writeStatements.moveWeeksReached).run(overMs, rows);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

const store = await openStore(values.dir, (reason) => {
  throw new Error(reason);
});
const { key } = await createKey(
  { kind: 'admin', environment: 'live', name: 'bench' },
  { store: store.keys, pepper: store.pepper, clock: systemClock, random: systemRandom() },
);
await store.close();
const startedMs = systemClock.monotonicMs();
fill(join(values.dir, 'quatrain.db'), Number(values.rows), Number(values.days));
const tookS = Math.round((systemClock.monotonicMs() - startedMs) / 1000);
process.stderr.write(`${values.rows} requests in ${String(tookS)} s\n`);
process.stdout.write(`${key.reveal()}\n`);
