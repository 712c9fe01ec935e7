/**
 * When a failed attempt is tried again under the same request, without a bill; wallet reference §7.
 * Pure: what failed, how long it took and a draw come in, what to do goes out.
 */
export interface RetryEnvelope {
  /** All tries, the first one too. */
  readonly attemptsMax: number;
  /** From the first attempt to the beginning of the last one. */
  readonly totalMs: number;
}

/** An attempt that brought nothing that could go to the caller. */
export interface FailedTry {
  readonly status: number;
  /** When the upstream asked to be asked again. */
  readonly retryAfterMs: number | undefined;
}

/** Where a request stands after an attempt that failed. */
export interface TryState {
  /** Attempts so far. */
  readonly attempt: number;
  readonly elapsedMs: number;
  /** Earlier attempts that may have been at work when they were given up. */
  readonly ambiguous: number;
  /** Of the full jitter: from 0 up to, but not, 1. */
  readonly draw: number;
}

export type NextTry =
  | { readonly kind: 'again'; readonly pauseMs: number }
  | { readonly kind: 'end' }
  /** The upstream wants a longer pause than there is time for: the caller may wait it out. */
  | { readonly kind: 'wait-too-long'; readonly retryAfterMs: number };

/** Full jitter: anywhere from nothing to a bound that doubles. */
const PAUSE_MS = 500;
const PAUSE_MS_MAX = 8000;
const TOTAL_MS_MAX = 30_000;

type RetryRule = 'always' | 'once' | 'after-pause';

/** By status; one that is not there is not tried again, since it would fail again. */
const rules: ReadonlyMap<number, RetryRule> = new Map<number, RetryRule>([
  [408, 'always'],
  [429, 'after-pause'],
  [500, 'always'],
  [502, 'always'],
  [503, 'always'],
  // The first attempt may be running, and costing, still.
  [504, 'once'],
  [529, 'always'],
]);

/** The envelope of a caller who waits at most so long; half of that is for trying again. */
export function envelopeOf(attemptsMax: number, deadlineMs: number | undefined): RetryEnvelope {
  const totalMs = Math.min(TOTAL_MS_MAX, deadlineMs === undefined ? Infinity : deadlineMs / 2);
  return { attemptsMax, totalMs };
}

/** Whether an attempt of this status may be running at the upstream still. */
export function isAmbiguous(status: number): boolean {
  return rules.get(status) === 'once';
}

/** What to do after an attempt that failed. */
export function nextTry(failed: FailedTry, state: TryState, envelope: RetryEnvelope): NextTry {
  const rule = rules.get(failed.status);
  const { retryAfterMs } = failed;
  const isSpent = state.attempt >= envelope.attemptsMax;
  const leftMs = envelope.totalMs - state.elapsedMs;
  if (rule === 'after-pause' && retryAfterMs !== undefined && (isSpent || retryAfterMs >= leftMs)) {
    return { kind: 'wait-too-long', retryAfterMs };
  }
  const isOnceMore = rule !== 'once' || state.ambiguous === 0;
  if (rule === undefined || isSpent || !isOnceMore) return { kind: 'end' };
  const bound = Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** (state.attempt - 1));
  const pauseMs = Math.max(retryAfterMs ?? 0, state.draw * bound);
  return pauseMs < leftMs ? { kind: 'again', pauseMs } : { kind: 'end' };
}

/** What a caller who is told of the last failure does best: the same overload may pass, a fault not. */
export function adviceAfter(status: number): { readonly isRetryable: boolean } {
  return { isRetryable: status === 429 || status === 503 || status === 529 };
}
