import { describe, expect, test } from 'vitest';
import { runSeed } from './run-seed.ts';
import { REQUESTS_A_SEED, describeProblems } from './run-seeds.ts';

/** Seeds that found something, or find it again where it is put back: what it was stays found. */
const found: readonly (readonly [number, string])[] = [
  [1, 'a page with status 200 that is no message was charged for'],
  [5, 'a folded answer without a count was counted with its framing'],
  [9, 'a final count that nobody believes was noted for whoever settles after a crash'],
  [17, 'a caller was told of a charge that the store had not taken'],
  [30, 'who left while the money was set aside paid for an input that nobody read'],
  [39, 'a batch item that another hold had paid for, settled again, was said to have no hold'],
];

describe('a seed', () => {
  test('comes to the same whenever it is run', async () => {
    const one = await runSeed(7, 120);
    const again = await runSeed(7, 120);
    const other = await runSeed(8, 120);
    expect(again.traceHash).toBe(one.traceHash);
    expect(again.events).toBe(one.events);
    expect(other.traceHash).not.toBe(one.traceHash);
  });

  test.each(found)('%i stays sound: %s', async (seed) => {
    expect((await runSeed(seed, REQUESTS_A_SEED)).problems).toEqual([]);
  });

  const { SEED: asked, SEED_REQUESTS: requests } = process.env;
  test.runIf(asked !== undefined)('that was asked for', { timeout: 600_000 }, async () => {
    const result = await runSeed(Number(asked), Number(requests ?? REQUESTS_A_SEED));
    expect(describeProblems({ ...result, problems: [] })).toBe(describeProblems(result));
  });
});
