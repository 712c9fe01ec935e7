import { auditBooks } from './audit-books.ts';
import type { Coverage } from './fault-kinds.ts';
import { SimulatedWorld } from './simulated-world.ts';

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly requests: number;
  /** Equal for runs in which the same happened. */
  readonly traceHash: string;
  readonly problems: readonly string[];
  readonly coverage: Coverage;
  readonly events: number;
  readonly figures: SeedFigures;
}

/** In nano-USD. */
export interface SeedFigures {
  readonly chargedNano: bigint;
  readonly absorbedNano: bigint;
  readonly settled: number;
  readonly released: number;
}

const ROUND_MS = 60_000;
/** Far above what happens where every request comes to an end. */
const EVENTS_A_REQUEST_MAX = 500;
const EVENTS_BESIDE_MAX = 100_000;
/** I9: how long a hold may stand beyond its time. */
const REAPED_WITHIN_MS = 30_000;
/** A seed in so many runs to its end without skipping any time. */
const UNSKIPPED_EVERY = 50;
const UNSKIPPED_MS_MAX = 3 * 3_600_000;

/** Runs one seed to its end: all that it comes to follows from the seed alone. */
export async function runSeed(seed: number, requests: number): Promise<SeedResult> {
  const world = new SimulatedWorld(seed);
  await world.open();
  let arrived = 0;
  const arrive = (): void => {
    arrived += 1;
    world.arrive(arrived);
    if (arrived < requests) world.time.after(world.nextArrivalMs(), arrive);
  };
  world.time.after(0, arrive);
  const isBusy = (): boolean => arrived < requests || world.unfinished > 0;
  const eventsMax = EVENTS_A_REQUEST_MAX * requests + EVENTS_BESIDE_MAX;
  await world.time.run(
    Infinity,
    () => isBusy() && world.problems.length === 0 && world.time.events < eventsMax,
  );
  if (isBusy() && world.time.events >= eventsMax) world.problem('requests never end');
  if (world.problems.length === 0) await quiesce(world, seed);
  const figures = world.problems.length === 0 ? auditBooks(world) : nothing;
  const { traceHash, problems, coverage } = world;
  world.database.close();
  return { seed, requests, traceHash, problems, coverage, events: world.time.events, figures };
}

const nothing: SeedFigures = { chargedNano: 0n, absorbedNano: 0n, settled: 0, released: 0 };

/** Nothing goes wrong any more, and time passes until no hold is open. */
async function quiesce(world: SimulatedWorld, seed: number): Promise<void> {
  const { time, books } = world;
  world.becomeCalm();
  await time.run(time.nowMs + ROUND_MS);
  if (seed % UNSKIPPED_EVERY === 0) {
    const untilMs = time.nowMs + UNSKIPPED_MS_MAX;
    await time.run(untilMs, () => books.open.size > 0);
  }
  const lastMs = Math.max(time.nowMs, ...[...books.open].map(({ expiresAtMs }) => expiresAtMs));
  time.sleep(lastMs - time.nowMs);
  await time.run(time.nowMs + REAPED_WITHIN_MS);
  const { ready } = world;
  if (ready === undefined) world.problem('nobody serves at the end');
  else if (ready.leftOver > 0) world.problem(`${String(ready.leftOver)} bills are never closed`);
}
