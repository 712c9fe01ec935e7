import { describe, expect, test } from 'vitest';
import type { SeedRange } from './run-seeds.ts';
import { missedIn, runSeeds } from './run-seeds.ts';

/** How often each kind of event happens at least, in each half of the check. */
const TIMES_MIN = 10;

/** One half of the seeds of the check; with a seed to be run again, nothing. */
export function checkSeeds(name: string, range: SeedRange): void {
  describe.skipIf(process.env['SEED'] !== undefined)('the money of a simulated world', () => {
    test(
      `${name}: nothing is lost, charged twice, below zero or held for ever`,
      { timeout: 600_000 },
      async () => {
        const { coverage, requests, settled } = await runSeeds(range);
        expect(missedIn(coverage, TIMES_MIN)).toEqual([]);
        expect(coverage.faults).toBeGreaterThan(requests / 20);
        expect(settled).toBeGreaterThan(requests / 3);
      },
    );
  });
}
