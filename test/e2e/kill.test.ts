import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { torture } from '../support/kill-torture.ts';

const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));

test(`kill -9 three times under load: nothing that was acknowledged is lost (KILL_SEED=${String(seed)})`, async () => {
  const result = await torture({ kills: 3, requestsPerSecond: 100, livesMs: [300, 1200], seed });
  expect(result).toMatchObject({ keysLost: [], wrongAnswers: [], pepperIsTheSame: true });
  expect(result.keysAcknowledged).toBeGreaterThan(1);
  expect(result.requestsAnswered).toBeGreaterThan(0);
  expect(result.doctor.filter(({ ok }) => !ok)).toEqual([]);
});
