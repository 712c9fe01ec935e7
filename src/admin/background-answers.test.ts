import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { Store } from '../store/open-store.ts';
import { openStore } from '../store/open-store.ts';
import { SqliteRequestLog } from '../store/sqlite-request-log.ts';
import { SqliteRequestReads } from '../store/sqlite-request-reads.ts';
import { createLog } from '../telemetry/log.ts';
import type { BackgroundInputs, BackgroundName } from './background-answers.ts';
import { answerThread, backgroundAnswers } from './background-answers.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_772_323_200_000;
const ROWS = 40;

let directory: string;
let store: Store;
let reads: SqliteRequestReads;

beforeAll(async () => {
  directory = makeDataDir();
  store = await openStore(directory, () => {}, { entry: answerThread });
  const clock = new ManualClock(START_MS);
  const log = new SqliteRequestLog(store.writer, {
    clock,
    log: createLog({ clock, level: () => 'error', write: () => {} }),
    queueMax: 1000,
    retentionDays: 30,
  });
  for (let index = 0; index < ROWS; index += 1) {
    log.record({
      requestId: `req_${String(index)}`,
      startedAtMs: START_MS + index * 1000,
      keyId: `k_${String(index % 2)}`,
      account: index % 4 === 0 ? 'acme' : 'globex',
      dialect: 'anthropic_messages',
      operation: 'messages.create',
      model: 'claude-sonnet-4-6',
      upstream: 'one',
      status: index % 5 === 0 ? 529 : 200,
      errorCode: index % 5 === 0 ? 'overloaded' : undefined,
      isStream: true,
      usage: { inputTokens: index, outputTokens: 2, cacheReadTokens: 1_000_000 },
      usageIsFinal: true,
      requestBytes: 1,
      responseBytes: 1,
      firstByteMs: 1,
      totalMs: index * 10,
      money: {
        // More than a double holds, once summed up.
        costNanoUsd: 9_007_199_254_740_993n,
        chargedNanoUsd: BigInt(index),
        usageSource: 'reported',
        priceVersion: undefined,
      },
    });
  }
  await log.written();
  log.close();
  reads = new SqliteRequestReads(store.background, () => Promise.resolve());
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function textOf(found: object): string {
  return found instanceof Uint8Array ? Buffer.from(found).toString() : JSON.stringify(found);
}

async function both<Name extends BackgroundName>(
  name: Name,
  input: BackgroundInputs[Name],
): Promise<{ readonly here: string; readonly there: string }> {
  const there = await store.background.answer(name, input, 'a');
  return { here: textOf(await backgroundAnswers[name](input, reads)), there: textOf(there) };
}

const overview = {
  from: new Date(START_MS).toISOString(),
  to: new Date(START_MS + HOUR_MS).toISOString(),
};

test.each<[string, BackgroundInputs['listRequests']]>([
  ['of everybody', { query: { limit: 100 }, account: undefined }],
  ['a page of it', { query: { limit: 7 }, account: undefined }],
  ['of one account, what failed', { query: { limit: 100, error: 'any' }, account: 'acme' }],
  ['of nobody', { query: { limit: 100, model: 'no-such' }, account: undefined }],
])('a list of requests is the same from the thread as from here: %s', async (_name, input) => {
  const { here, there } = await both('listRequests', input);
  expect(there).toBe(here);
  expect(JSON.parse(there)).toMatchObject({ data: expect.any(Array) as unknown });
});

test('a list has all rows that it is asked for', async () => {
  const { there } = await both('listRequests', { query: { limit: 100 }, account: 'acme' });
  expect((JSON.parse(there) as { data: readonly unknown[] }).data).toHaveLength(ROWS / 4);
});

test('figures are the same from the thread as from here, to the nano', async () => {
  const input = { query: { ...overview, group_by: ['model', 'key'] }, profile: 'launch' } as const;
  const { here, there } = await both('countFigures', input);
  expect(there).toBe(here);
  const cost = (BigInt(ROWS / 2) * 9_007_199_254_740_993n).toString();
  expect(JSON.parse(there)).toMatchObject({ data: [{ cost_nano: cost }, { cost_nano: cost }] });
});

test.each<[string, BackgroundName, object]>([
  ['a cursor of somewhere else', 'listRequests', { query: { limit: 1, cursor: 'x' } }],
  [
    'a range that ends before it begins',
    'countFigures',
    { query: { from: overview.to, to: overview.from, group_by: [] }, profile: 'launch' },
  ],
])('%s is refused as it is here', async (_name, name, input) => {
  const said = await store.background.answer(name, input, 'a');
  expect(said).toMatchObject({ kind: 'refusal', code: 'invalid_request' });
});

test('an answer that there is not is a fault, and the next one is made all the same', async () => {
  const wrong = store.background.answer('nothing', {}, 'a');
  const next = both('listRequests', { query: { limit: 1 }, account: undefined });
  await expect(wrong).rejects.toThrow('there is no answer "nothing"');
  expect((await next).there).toBe((await next).here);
});
