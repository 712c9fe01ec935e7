import type { SeedRange } from './run-seeds.ts';

const REQUESTS_OF_CHECK = 200_000;
const SEEDS_OF_CHECK = 500;
/** Where somebody waits for it. */
const REQUESTS_AT_HOME = 25_000;
const SEEDS_AT_HOME = 200;

/** Half of the seeds, since two files share them: all of the check where machines run it. */
export function halfOfCheck(half: 0 | 1): SeedRange {
  const asked = process.env['SIM_REQUESTS'];
  const isWhole = process.env['CI'] === 'true' || asked !== undefined;
  const seeds = isWhole ? SEEDS_OF_CHECK : SEEDS_AT_HOME;
  const usual = isWhole ? REQUESTS_OF_CHECK : REQUESTS_AT_HOME;
  const count = seeds / 2;
  return { first: 1 + half * count, count, requests: Math.ceil(Number(asked ?? usual) / seeds) };
}
