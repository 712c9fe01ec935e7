import type { StoreKind, UpstreamKind } from './fault-kinds.ts';
import { upstreamKinds } from './fault-kinds.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How bad it gets in one seed: some are calm in one way and wild in another. */
export interface Weather {
  readonly upstream: Readonly<Record<UpstreamKind, number>>;
  readonly store: Readonly<Record<StoreKind, number>>;
  readonly readFails: number;
  /** Of requests, how many are not waited for. */
  readonly leaves: number;
  /** Between two requests, on average. */
  readonly arrivalMs: number;
  /** Between two of these, on average. */
  readonly crashMs: number;
  readonly restartMs: number;
  readonly outageMs: number;
  readonly sleepMs: number;
  readonly operatorMs: number;
  readonly sliceTokens: number;
  readonly holdMarginMs: number;
  /** Requests that a key may leave unanswered for nothing. */
  readonly abandonedFreePerHour: number;
}

const levels = [0.2, 1, 3] as const;
const ANSWERS = 150;
const IN_TIME = 1500;
const MINUTE_MS = 60_000;

export function drawWeather(random: SeededRandom): Weather {
  const upstream = random.pick(levels);
  const store = random.pick(levels);
  const crashes = random.pick(levels);
  return {
    upstream: Object.fromEntries(
      upstreamKinds.map((kind) => [kind, kind === 'answers' ? ANSWERS : upstream]),
    ) as Record<UpstreamKind, number>,
    store: {
      'in-time': IN_TIME,
      slow: 10 * store,
      rejects: 6 * store,
      'loses-answer': 3 * store,
      'crash-before-commit': 0.8 * crashes,
      'crash-after-commit': 0.8 * crashes,
    },
    readFails: 0.01 * store,
    leaves: random.pick([0.02, 0.1, 0.3]),
    arrivalMs: random.pick([50, 300, 1000]),
    crashMs: (3 * MINUTE_MS) / crashes,
    restartMs: 4 * MINUTE_MS,
    outageMs: (2 * MINUTE_MS) / store,
    sleepMs: 5 * MINUTE_MS,
    operatorMs: 10_000,
    sliceTokens: random.pick([16, 64, 512, 2048]),
    holdMarginMs: random.pick([1000, 60_000]),
    abandonedFreePerHour: random.pick([Infinity, 2]),
  };
}

/** Nothing goes wrong any more: for the end of a seed, when all that is open has to close. */
export const calmStore: Readonly<Record<StoreKind, number>> = {
  'in-time': 1,
  slow: 0,
  rejects: 0,
  'loses-answer': 0,
  'crash-before-commit': 0,
  'crash-after-commit': 0,
};
