import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { spread } from '../support/kill-torture.ts';
import { tortureMoney } from '../support/torture-money.ts';

const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));
const kills = Number(process.env['MONEY_KILLS'] ?? 300);
const RESTART_MS_MAX = 2000;
const REQUESTS_PER_SECOND = 500;

test(`kill -9 ${String(kills)} times at ${String(REQUESTS_PER_SECOND)} paid requests/s: what was acknowledged is in the books, and they add up (KILL_SEED=${String(seed)})`, async () => {
  process.stdout.write(`money: KILL_SEED=${String(seed)}\n`);
  const result = await tortureMoney({
    kills,
    requestsPerSecond: REQUESTS_PER_SECOND,
    livesMs: [200, 1500],
    seed,
  });
  const { restartsMs, acknowledged, forms, statuses, skipped, broken, unsaid, holds } = result;
  process.stdout.write(
    `money: restarts ${spread(restartsMs)}; ${String(acknowledged)} acknowledged ${JSON.stringify(forms)}, answers ${JSON.stringify(statuses)}, ${String(skipped)} without room, broken ${JSON.stringify(broken)}, ${String(unsaid)} without their charge; left open ${JSON.stringify(holds)}\n`,
  );
  expect(result).toMatchObject({
    wrongAnswers: [],
    wrongCharges: [],
    wrongHolds: [],
    wrongWallets: [],
    unsound: [],
  });
  expect(Object.keys(forms)).toHaveLength(5);
  expect(acknowledged).toBeGreaterThan(kills * 10);
  expect(statuses[402]).toBeGreaterThan(0);
  expect(Math.max(...restartsMs)).toBeLessThan(RESTART_MS_MAX);
});
