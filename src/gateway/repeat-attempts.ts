import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../messages/errors.ts';
import { readRetryAfterMs } from '../messages/read-retry-after.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { AttemptRules } from '../policy/attempt-rules.ts';
import { attemptTimeoutMs, pauseMs } from '../policy/attempt-rules.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import { drawOf } from '../std/random.ts';
import type { Walk } from './exchange.ts';
import { awaitFirstByte } from './first-byte.ts';

type Outcome = UpstreamAnswer | Refusal;

/** One attempt at an answer, given up when it is cancelled. */
type Attempt = (cancellation: Cancellation) => Promise<Outcome>;

export interface AttemptContext {
  readonly clock: Clock;
  /** Cancelled when the caller has gone. */
  readonly cancellation: Cancellation;
}

/** How often an upstream is asked for one request, and when. */
export interface Retries {
  /** How an attempt counts as begun. */
  begin(attempt: number): AttemptStart;
  /** What becomes of what it gave. */
  after(outcome: Outcome, attempt: number): AfterAttempt;
}

/** With the head of its answer or whatever else the attempt waits for itself, or with its first byte. */
export type AttemptStart =
  | { readonly kind: 'as-it-says' }
  | { readonly kind: 'first-byte'; readonly timeoutMs: number | undefined };

export type AfterAttempt =
  | { readonly kind: 'again'; readonly pauseMs: number }
  | { readonly kind: 'done'; readonly outcome: Outcome };

/**
 * Asks as often as the rules say, until an answer begins: never again once a byte of it can go out,
 * so that nobody gets parts of two. What is left after the last attempt is what that one gave.
 */
export async function repeatAttempts(
  ask: Attempt,
  retries: Retries,
  context: AttemptContext,
): Promise<Outcome> {
  const { cancellation } = context;
  for (let attempt = 1; ; attempt++) {
    const start = retries.begin(attempt);
    const outcome =
      start.kind === 'as-it-says'
        ? await ask(cancellation)
        : await askInTime(ask, start.timeoutMs, context);
    if (cancellation.cancelled) return outcome;
    const next = retries.after(outcome, attempt);
    if (next.kind === 'done') return next.outcome;
    if (!isRefusal(outcome)) outcome.body.cancel();
    if (next.pauseMs > 0) await pause(next.pauseMs, context);
    if (cancellation.cancelled) return refusal('upstream_failed');
  }
}

/**
 * As the rules of an AI gateway say; Workers reference §3.7. How long one upstream wants to be left alone
 * is no reason to wait where the next attempt goes elsewhere.
 */
export function ruledRetries(
  rules: AttemptRules,
  { clock, random }: Pick<Walk, 'clock' | 'random'>,
  goesElsewhere: () => boolean = () => false,
): Retries {
  return {
    begin(attempt) {
      const timeoutMs = attemptTimeoutMs(rules, attempt);
      // Nothing hangs on the first byte of the last one: the answer is passed on as it is.
      const isFree = attempt >= rules.attemptsMax && timeoutMs === undefined;
      return isFree ? { kind: 'as-it-says' } : { kind: 'first-byte', timeoutMs };
    },
    after(outcome, attempt) {
      if (attempt >= rules.attemptsMax || !mayPass(outcome)) return { kind: 'done', outcome };
      const leftAloneMs = goesElsewhere() ? undefined : askedMs(outcome, clock);
      const facts = { share: drawOf(random), askedMs: leftAloneMs };
      const waitMs = pauseMs(rules, attempt, facts);
      return waitMs === undefined ? { kind: 'done', outcome } : { kind: 'again', pauseMs: waitMs };
    },
  };
}

/** Whether another attempt may bring something better: no connection, no time, 429 and 5xx. */
function mayPass(outcome: Outcome): boolean {
  const status = statusOf(outcome);
  return status === 429 || status >= 500;
}

/** The status that an attempt ended with, whoever says it. */
export function statusOf(outcome: Outcome): number {
  return isRefusal(outcome) ? errorTable[outcome.code].status : outcome.status;
}

/** How long an upstream asks to be left alone. */
export function askedMs(outcome: Outcome, clock: Clock): number | undefined {
  if (isRefusal(outcome)) return outcome.retryAfterMs;
  return readRetryAfterMs(outcome.headers, clock.wallMs());
}

/** One attempt whose first byte has to be there in time; a stream that has begun is never cut. */
async function askInTime(
  ask: Attempt,
  timeoutMs: number | undefined,
  { clock, cancellation }: AttemptContext,
): Promise<Outcome> {
  const own = new CancellationSource();
  // Stays for as long as the answer does: whoever leaves then takes the upstream's share along.
  cancellation.onCancel(() => {
    own.cancel();
  });
  const begun = ask(own).then(async (outcome) => awaitFirstByte(outcome, own));
  if (timeoutMs === undefined) return begun;
  let isLate = false;
  const timer = clock.after(timeoutMs, () => {
    isLate = true;
    own.cancel();
  });
  const outcome = await Promise.race([begun, cancelled(own)]);
  timer.cancel();
  if (outcome !== undefined) return outcome;
  // It may still come, and nobody takes it any more.
  void begun.then((late) => {
    if (!isRefusal(late)) late.body.cancel();
  });
  return isLate ? tooLate(timeoutMs) : refusal('upstream_failed');
}

function cancelled(cancellation: Cancellation): Promise<undefined> {
  return new Promise((resolve) => {
    cancellation.onCancel(() => {
      resolve(undefined);
    });
  });
}

/** What an attempt came to that did not begin to answer in time. */
export function tooLate(timeoutMs: number): Refusal {
  const text = `The upstream did not begin to answer within ${String(timeoutMs)} milliseconds.`;
  return refusal('upstream_timeout', text);
}

function pause(delayMs: number, { clock, cancellation }: AttemptContext): Promise<void> {
  return new Promise((resolve) => {
    let forget = (): void => {};
    const timer = clock.after(delayMs, () => {
      forget();
      resolve();
    });
    forget = cancellation.onCancel(() => {
      timer.cancel();
      resolve();
    });
  });
}
