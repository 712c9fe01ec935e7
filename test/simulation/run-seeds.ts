import type { Happening } from './fault-kinds.ts';
import { Coverage, operatorKinds, otherFaults, storeKinds, upstreamKinds } from './fault-kinds.ts';
import type { SeedFigures } from './run-seed.ts';
import { runSeed } from './run-seed.ts';

/** Which seeds, and how many requests each of them has. */
export interface SeedRange {
  readonly first: number;
  readonly count: number;
  readonly requests: number;
}

/** What came of a range in which nothing was wrong. */
export interface RangeResult extends SeedFigures {
  readonly requests: number;
  readonly coverage: Coverage;
}

/** Of seeds of the usual length; a seed that was asked for has another. */
export const REQUESTS_A_SEED = 400;

/** Runs seeds one after the other; the first one in which something is wrong ends it, in words. */
export async function runSeeds({ first, count, requests }: SeedRange): Promise<RangeResult> {
  const coverage = new Coverage();
  let figures: SeedFigures = { chargedNano: 0n, absorbedNano: 0n, settled: 0, released: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const result = await runSeed(seed, requests);
    if (result.problems.length > 0) throw new Error(describeProblems(result));
    coverage.add(result.coverage);
    figures = sumOf(figures, result.figures);
  }
  return { ...figures, requests: count * requests, coverage };
}

/** How a seed that failed is run again. */
export function describeProblems({
  seed,
  requests,
  problems,
}: {
  readonly seed: number;
  readonly requests: number;
  readonly problems: readonly string[];
}): string {
  const again = `SEED=${String(seed)} SEED_REQUESTS=${String(requests)} npx vitest run --project simulation`;
  return [`seed ${String(seed)} (${again}):`, ...problems].join('\n  ');
}

function sumOf(one: SeedFigures, other: SeedFigures): SeedFigures {
  return {
    chargedNano: one.chargedNano + other.chargedNano,
    absorbedNano: one.absorbedNano + other.absorbedNano,
    settled: one.settled + other.settled,
    released: one.released + other.released,
  };
}

/** The rows of the "billed?" table. */
const billedNames = [
  'refused',
  'failed',
  'answered',
  'empty',
  'broken',
  'stopped',
  'left_before_content',
  'left_after_content',
  'replayed',
] as const;

/** Everything that has to have happened for a run to count. */
export const wanted: readonly Happening[] = [
  ...upstreamKinds.map((kind) => `upstream ${kind}` as const),
  ...storeKinds.map((kind) => `store ${kind}` as const),
  ...otherFaults,
  ...operatorKinds.map((kind) => `operator ${kind}` as const),
  ...billedNames.map((name) => `billed ${name}` as const),
];

/** What did not happen as often as wanted. */
export function missedIn(coverage: Coverage, times: number): readonly string[] {
  return wanted
    .filter((happening) => coverage.count(happening) < times)
    .map((happening) => `${happening}: ${String(coverage.count(happening))}`);
}
