import { describe, expect, test } from 'vitest';
import { REQUESTS_A_SEED, missedIn, runSeeds } from '../simulation/run-seeds.ts';

/** All of the long run together; a run that was ended goes on with `SIM_FIRST_SEED`. */
const requests = Number(process.env['SIM_REQUESTS'] ?? 10_000_000);
const firstSeed = Number(process.env['SIM_FIRST_SEED'] ?? 1_000_000);
const SEEDS_A_CHUNK = 50;
const CHUNK_MS_MAX = 600_000;
const TIMES_MIN = 5;

/** Every second chunk of the long run, so that two files take it in turns. */
export function checkChunks(turn: 0 | 1): void {
  const chunks = Math.ceil(requests / (SEEDS_A_CHUNK * REQUESTS_A_SEED));
  const firsts = Array.from({ length: chunks }, (_, chunk) => chunk)
    .filter((chunk) => chunk % 2 === turn)
    .map((chunk) => firstSeed + chunk * SEEDS_A_CHUNK);
  describe('the money of simulated worlds, for long', () => {
    test.each(firsts)('seeds from %i on', { timeout: CHUNK_MS_MAX }, async (first) => {
      const range = { first, count: SEEDS_A_CHUNK, requests: REQUESTS_A_SEED };
      const result = await runSeeds(range);
      expect(missedIn(result.coverage, TIMES_MIN)).toEqual([]);
      expect(result.coverage.faults).toBeGreaterThan(result.requests / 20);
    });
  });
}
