import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../messages/errors.ts';
import { readRetryAfterMs } from '../messages/read-retry-after.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { AttemptRules } from '../policy/attempt-rules.ts';
import { attemptTimeoutMs, pauseMs } from '../policy/attempt-rules.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import { awaitFirstByte } from './first-byte.ts';

type Outcome = UpstreamAnswer | Refusal;

/** One attempt at an answer, given up when it is cancelled. */
type Attempt = (cancellation: Cancellation) => Promise<Outcome>;

export interface AttemptContext {
  readonly clock: Clock;
  /** Cancelled when the caller has gone. */
  readonly cancellation: Cancellation;
  readonly random: Random;
}

/**
 * Asks as often as the rules say, until an answer begins: never again once a byte of it is there,
 * so that nobody gets parts of two. What is left after the last attempt is what that one gave.
 * Workers reference §3.7.
 */
export async function repeatAttempts(
  ask: Attempt,
  rules: AttemptRules,
  context: AttemptContext,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= rules.attemptsMax;
    const timeoutMs = attemptTimeoutMs(rules, attempt);
    // Nothing hangs on the first byte here: the answer is passed on as it is.
    const isFree = isLast && timeoutMs === undefined;
    const outcome = isFree
      ? await ask(context.cancellation)
      : await askInTime(ask, timeoutMs, context);
    const { cancellation } = context;
    if (isLast || cancellation.cancelled || !mayPass(outcome)) return outcome;
    const waitMs = pauseMs(rules, attempt, {
      share: shareFrom(context.random),
      askedMs: askedMs(outcome, context.clock),
    });
    if (waitMs === undefined) return outcome;
    if (!isRefusal(outcome)) outcome.body.cancel();
    await pause(waitMs, context);
    if (cancellation.cancelled) return refusal('upstream_failed');
  }
}

/** Whether another attempt may bring something better: no connection, no time, 429 and 5xx. */
function mayPass(outcome: Outcome): boolean {
  const status = isRefusal(outcome) ? errorTable[outcome.code].status : outcome.status;
  return status === 429 || status >= 500;
}

/** How long an upstream asks to be left alone. */
function askedMs(outcome: Outcome, clock: Clock): number | undefined {
  if (isRefusal(outcome)) return outcome.retryAfterMs;
  return readRetryAfterMs(outcome.headers, clock.wallMs());
}

const UINT32_MAX = 0xffff_ffff;

/** A random share from 0 to 1. */
function shareFrom(random: Random): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = random.bytes(4);
  return (first * 0x1_00_00_00 + second * 0x1_00_00 + third * 0x1_00 + fourth) / UINT32_MAX;
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

function tooLate(timeoutMs: number): Refusal {
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
