import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { spread } from '../support/kill-torture.ts';
import { tortureBatches } from '../support/torture-batches.ts';

const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));
const kills = Number(process.env['BATCH_KILLS'] ?? 100);

test(`kill -9 at ${String(kills)} moments: every request of a batch has one result and is settled once (KILL_SEED=${String(seed)})`, async () => {
  process.stdout.write(`batches: KILL_SEED=${String(seed)}\n`);
  const result = await tortureBatches({ kills, items: 1000, livesMs: [20, 1500], seed });
  const { acknowledged, kept, killsInBatch, restartsMs } = result;
  process.stdout.write(
    `batches: ${String(acknowledged)} acknowledged, ${String(kept)} kept, ${String(killsInBatch)} of ${String(kills)} kills in a batch; restarts ${spread(restartsMs)}\n`,
  );
  expect(result).toMatchObject({ lost: [], wrong: [], leftBehind: [] });
  expect(killsInBatch).toBeGreaterThan(kills / 2);
  expect(acknowledged).toBeGreaterThan(0);
  expect(result.doctor.filter(({ ok }) => !ok)).toEqual([]);
});
