import { SeededRandom } from '../simulation/seeded-random.ts';

/** How one upstream fails; reliability §2.2. The first rows fail before any of the answer is there. */
export const chaosFaults = [
  'refused',
  'reset',
  'status-500',
  'status-529',
  'limited',
  'stalls',
  'garbage',
  'cut-before-content',
  'cut-after-content',
] as const;
export type ChaosFault = (typeof chaosFaults)[number];

/** The two upstreams of a chaos run, by their names in the configuration. */
export const chaosNames = ['one', 'two'] as const;
export type ChaosName = (typeof chaosNames)[number];

/** A time in which everything at these upstreams fails in one way. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly away: readonly ChaosName[];
  readonly fault: ChaosFault;
}

/** What befalls whom and when, all of it from one seed. */
export interface ChaosSchedule {
  readonly seed: number;
  readonly durationMs: number;
  readonly outages: readonly Outage[];
}

/** Faults that an outage may be made of: after content there is nothing that could be tried again. */
const outageFaults = chaosFaults.filter((fault) => fault !== 'cut-after-content');
/** An outage shorter than this would be over before anybody could tell. */
const OUTAGE_MS_MIN = 7000;
const OUTAGE_MS_MAX = 16_000;
/** After each, both are up for so long: a recovered upstream has to be used within ten seconds. */
const RECOVERED_MS = 12_000;
const FIRST_MS = 4000;

const order: readonly (readonly ChaosName[])[] = [['one'], ['two'], ['one', 'two']];

/** Draws outages until the time is full: one upstream, the other, both, and so on. */
export function drawSchedule(seed: number, durationMs: number): ChaosSchedule {
  const random = new SeededRandom(seed, 0);
  const outages: Outage[] = [];
  let fromMs = FIRST_MS;
  for (let turn = 0; ; turn += 1) {
    const toMs = fromMs + random.between(OUTAGE_MS_MIN, OUTAGE_MS_MAX);
    const fault = random.pick(outageFaults);
    if (toMs + RECOVERED_MS > durationMs) return { seed, durationMs, outages };
    outages.push({ fromMs, toMs, away: order[turn % order.length] ?? [], fault });
    fromMs = toMs + RECOVERED_MS;
  }
}

/** Whether both are away at any moment of a time. */
export function isFullOutage(
  { outages }: ChaosSchedule,
  fromMs: number,
  toMs: number = fromMs,
): boolean {
  return outages.some(
    (outage) =>
      outage.away.length === chaosNames.length && fromMs <= outage.toMs && toMs >= outage.fromMs,
  );
}
