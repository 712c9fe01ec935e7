import { assert } from '../std/assert.ts';

const US_PER_MINUTE = 60_000_000;

/**
 * The generic cell rate algorithm: all that is remembered of a limit is one moment, by which
 * everything that was let through has drained. `perMinute` drain in a minute, and as many may be
 * there at once. Reliability §1.5.
 *
 * Moments are whole microseconds and what is let through counts up, what is given back down, so
 * that no rounding ever lets more through, and any engine with doubles decides the same.
 */
export interface GcraLimit {
  readonly perMinute: number;
}

/** What a limit says to a cost: the moment to remember, or how long it does not fit. */
export type GcraAnswer =
  | { readonly kind: 'fits'; readonly drainedAtUs: number }
  | { readonly kind: 'excess'; readonly retryAfterUs: number };

/** A moment by which nothing has to drain: that of a limit which nobody has used. */
export const NEVER_USED_US = 0;

/** Asks whether a cost fits now. One that is larger than the limit counts as the whole of it. */
export function askGcra(
  drainedAtUs: number,
  cost: number,
  { limit, nowUs }: { readonly limit: GcraLimit; readonly nowUs: number },
): GcraAnswer {
  assert(cost >= 0, 'a cost is not negative');
  const taken = Math.min(cost, limit.perMinute);
  const afterUs = Math.max(drainedAtUs, nowUs) + Math.ceil(timeOf(taken, limit));
  const tooFarUs = afterUs - nowUs - US_PER_MINUTE;
  return tooFarUs > 0
    ? { kind: 'excess', retryAfterUs: tooFarUs }
    : { kind: 'fits', drainedAtUs: afterUs };
}

/** What was taken of a limit, when it was, and what it should have been. */
export interface GcraCorrection {
  readonly limit: GcraLimit;
  readonly nowUs: number;
  readonly takenAtUs: number;
  readonly taken: number;
  readonly used: number;
}

/**
 * Puts right what was taken by an estimate. What was too little is added, and makes later ones wait.
 * Of what was too much only that comes back which cannot have drained by now: else many small uses
 * of large estimates would add up to more than the limit.
 */
export function correctGcra(drainedAtUs: number, correction: GcraCorrection): number {
  const { limit, nowUs, takenAtUs, used } = correction;
  const taken = Math.min(correction.taken, limit.perMinute);
  if (used > taken) {
    return Math.max(drainedAtUs, nowUs) + Math.ceil(timeOf(used - taken, limit));
  }
  const backUs = Math.floor(timeOf(taken - used, limit)) - (nowUs - takenAtUs);
  return backUs > 0 ? drainedAtUs - backUs : drainedAtUs;
}

/** How much would fit now, and how long until all would. */
export function standingOfGcra(
  drainedAtUs: number,
  { perMinute }: GcraLimit,
  nowUs: number,
): { readonly remaining: number; readonly resetUs: number } {
  const resetUs = Math.max(0, drainedAtUs - nowUs);
  const freeUs = Math.max(0, US_PER_MINUTE - resetUs);
  return { remaining: Math.floor((freeUs * perMinute) / US_PER_MINUTE), resetUs };
}

/** How long an amount takes to drain. */
function timeOf(amount: number, { perMinute }: GcraLimit): number {
  // Exact where it has to be: a cost of the whole limit fits an unused one.
  return amount === perMinute ? US_PER_MINUTE : (amount * US_PER_MINUTE) / perMinute;
}
