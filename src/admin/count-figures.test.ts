import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { openStore } from '../store/open-store.ts';
import { SqliteRequestLog } from '../store/sqlite-request-log.ts';
import { SqliteRequestReads } from '../store/sqlite-request-reads.ts';
import { createLog } from '../telemetry/log.ts';
import { countFigures } from './count-figures.ts';

const START_MS = 1_772_323_200_000;
const KEYS = 3;
const MODELS = 3500;

test('an answer that is cut has whole groups only, and says so', async () => {
  const directory = makeDataDir();
  const store = await openStore(directory, () => {});
  const clock = new ManualClock(START_MS);
  const log = new SqliteRequestLog(store.writer, {
    clock,
    log: createLog({ clock, level: () => 'error', write: () => {} }),
    queueMax: 20_000,
    retentionDays: 30,
  });
  for (let index = 0; index < KEYS * MODELS; index += 1) {
    log.record({
      requestId: `req_${String(index)}`,
      startedAtMs: START_MS + index,
      keyId: `k_${String(index % KEYS)}`,
      dialect: 'anthropic_messages',
      operation: 'messages.create',
      model: `made-up-${String(index)}`,
      upstream: undefined,
      status: 403,
      errorCode: 'forbidden',
      isStream: true,
      usage: {},
      usageIsFinal: false,
      requestBytes: 1,
      responseBytes: 1,
      firstByteMs: undefined,
      totalMs: 1,
    });
  }
  const requests = new SqliteRequestReads(store.background, () => log.written());
  const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-01T01:00:00Z' };
  const ask = (group_by: readonly ('key' | 'model')[], key?: string): Promise<object> =>
    countFigures({ requests, profile: 'launch' }, { ...range, group_by, key });
  const ofKey = (id: number): object => ({ by: { key: `k_${String(id)}` }, requests: MODELS });
  expect(await ask(['key'])).toMatchObject({ data: [ofKey(0), ofKey(1)], is_cut: true });
  expect(await ask(['key'], 'k_2')).toMatchObject({ data: [ofKey(2)], is_cut: false });
  expect(await ask(['model'])).toMatchObject({ data: { length: 10_000 }, is_cut: true });
  log.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
