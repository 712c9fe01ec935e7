import type { Backoff, GatewayOptions } from '../ai-gateway-form/gateway-call.ts';
import type { GatewayPolicy } from './gateway-policy.ts';

/** How often an upstream is asked, and how long it may take to begin; Workers reference §3.7. */
export interface AttemptRules {
  /** All tries, the first one too. */
  readonly attemptsMax: number;
  readonly delayMs: number;
  readonly backoff: Backoff;
  /** To the first byte of an answer; absent where it may take as long as the upstream lets it. */
  readonly firstByteTimeoutMs: number | undefined;
  /** Whether the last attempt is held to that too. */
  readonly limitsLast?: boolean;
}

/** A pause that nobody said the length of, in milliseconds. */
export const DELAY_MS = 100;
/** However often it was tried: the longest pause that the service lets anybody set. */
const WAIT_MS_MAX = 60_000;

/** One try and no time-out of its own: for requests that go through no gateway. */
export const oneAttempt: AttemptRules = {
  attemptsMax: 1,
  delayMs: 0,
  backoff: 'constant',
  firstByteTimeoutMs: undefined,
};

/** What a request says goes before what its gateway says, each part on its own; Workers reference §3.1. */
export function attemptRulesOf(
  { retry }: Pick<GatewayPolicy, 'retry'>,
  options: GatewayOptions,
): AttemptRules {
  return {
    attemptsMax: options.maxAttempts ?? retry?.maxAttempts ?? 1,
    delayMs: options.retryDelayMs ?? retry?.delayMs ?? DELAY_MS,
    backoff: options.backoff ?? retry?.backoff ?? 'constant',
    firstByteTimeoutMs: options.requestTimeoutMs,
  };
}

/**
 * How long an attempt may take to begin. The last of several waits as long as it takes, since
 * nothing would come after it; an only one does not. Workers reference §3.2.
 */
export function attemptTimeoutMs(rules: AttemptRules, attempt: number): number | undefined {
  const { attemptsMax, firstByteTimeoutMs, limitsLast = false } = rules;
  const isFree = attemptsMax > 1 && attempt >= attemptsMax && !limitsLast;
  return isFree ? undefined : firstByteTimeoutMs;
}

const growth: Readonly<Record<Backoff, (failed: number) => number>> = {
  constant: () => 1,
  linear: (failed) => failed,
  exponential: (failed) => 2 ** (failed - 1),
};

/** What the length of one pause depends on besides the rules. */
export interface PauseFacts {
  /** A share from 0 to 1, drawn anew for each pause. */
  readonly share: number;
  /** How long the other side asked to be left alone. */
  readonly askedMs: number | undefined;
}

/**
 * The pause after so many failed attempts; undefined where the other side asks for a longer one than
 * anybody waits here, so that another attempt would be in vain. Pauses that double take a random
 * share of their length: callers that failed together do not come back together.
 */
export function pauseMs(
  { delayMs, backoff }: AttemptRules,
  failed: number,
  { share, askedMs = 0 }: PauseFacts,
): number | undefined {
  if (askedMs > WAIT_MS_MAX) return undefined;
  const longest = Math.min(delayMs * growth[backoff](failed), WAIT_MS_MAX);
  const own = backoff === 'exponential' ? Math.round(longest * share) : longest;
  return Math.max(own, askedMs);
}
