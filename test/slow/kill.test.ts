import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { spread, torture } from '../support/kill-torture.ts';

const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));
const RESTART_MS_MAX = 2000;

test(`kill -9 fifty times at 200 requests/s: nothing that was acknowledged is lost (KILL_SEED=${String(seed)})`, async () => {
  process.stdout.write(`kill: KILL_SEED=${String(seed)}\n`);
  const result = await torture({ kills: 50, requestsPerSecond: 200, livesMs: [100, 2000], seed });
  const { requestsAnswered, keysAcknowledged, restartsMs } = result;
  process.stdout.write(
    `kill: restarts ${spread(restartsMs)}; ${String(requestsAnswered)} requests, ${String(keysAcknowledged)} keys\n`,
  );
  expect(result).toMatchObject({ keysLost: [], wrongAnswers: [], pepperIsTheSame: true });
  expect(keysAcknowledged).toBeGreaterThan(20);
  expect(requestsAnswered).toBeGreaterThan(1000);
  expect(result.doctor.filter(({ ok }) => !ok)).toEqual([]);
  expect(result.doctor.map(({ check }) => check)).toContain('store');
  expect(Math.max(...restartsMs)).toBeLessThan(RESTART_MS_MAX);
});
