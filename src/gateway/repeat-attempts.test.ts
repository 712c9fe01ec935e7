import { describe, expect, test } from 'vitest';
import type { Backoff } from '../ai-gateway-form/gateway-call.ts';
import type { ErrorCode, Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { HeaderList, UpstreamAnswer } from '../messages/upstream.ts';
import type { AttemptRules } from '../policy/attempt-rules.ts';
import { oneAttempt } from '../policy/attempt-rules.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { repeatAttempts, ruledRetries } from './repeat-attempts.ts';

type Outcome = UpstreamAnswer | Refusal;

const answer = (
  status: number,
  body: ByteSource = sourceOf(Buffer.from('x')),
  headers: HeaderList = [],
): UpstreamAnswer => ({
  kind: 'answer',
  status,
  headers,
  isEventStream: false,
  body,
});

/** A body of which nothing ever comes, and whether it was given up. */
function silent(): { readonly body: ByteSource; readonly isGivenUp: () => boolean } {
  let isGivenUp = false;
  const cancel = (): void => {
    isGivenUp = true;
  };
  return { body: { open: () => {}, resume: () => {}, cancel }, isGivenUp: () => isGivenUp };
}

interface Trial {
  readonly outcome: Promise<Outcome>;
  /** When each attempt began, in milliseconds. */
  readonly beganMs: number[];
  readonly cancellations: Cancellation[];
  readonly clock: ManualClock;
  readonly caller: CancellationSource;
}

/** What every random byte is: where it is the largest, pauses have all of their length. */
let drawn = 0xff;

type Given = Outcome | Promise<Outcome>;

/** Attempts that get what is given, one after the other. */
function attempts(rules: Partial<AttemptRules>, ...given: readonly Given[]): Trial {
  const clock = new ManualClock();
  const caller = new CancellationSource();
  const beganMs: number[] = [];
  const cancellations: Cancellation[] = [];
  const outcome = repeatAttempts(
    async (cancellation) => {
      cancellations.push(cancellation);
      const next = given[beganMs.length];
      beganMs.push(clock.monotonicMs());
      if (next === undefined) throw new Error('one attempt too many');
      return next;
    },
    ruledRetries(
      { ...oneAttempt, ...rules },
      { clock, random: { bytes: (count) => new Uint8Array(count).fill(drawn) } },
    ),
    { clock, cancellation: caller },
  );
  return { outcome, beganMs, cancellations, clock, caller };
}

/** Lets what is waiting on promises run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** Sets the clock forward in steps, so that what waits in turn gets its turn. */
async function pass(clock: ManualClock, totalMs: number): Promise<void> {
  for (let at = 0; at < totalMs; at += 10) {
    await settled();
    clock.advance(10);
  }
  await settled();
}

const never = new Promise<Outcome>(() => {});
const said = (outcome: Outcome): ErrorCode | number =>
  isRefusal(outcome) ? outcome.code : outcome.status;

describe('W-G15 500, 500, 200', () => {
  test.each<[Backoff, readonly number[]]>([
    ['constant', [0, 100, 200]],
    ['linear', [0, 100, 300]],
    ['exponential', [0, 100, 300]],
  ])('W-G15 pauses that are %s', async (backoff, expected) => {
    const rules = { attemptsMax: 3, delayMs: 100, backoff };
    const trial = attempts(rules, answer(500), answer(500), answer(200));
    await pass(trial.clock, 400);
    expect(said(await trial.outcome)).toBe(200);
    expect(trial.beganMs).toEqual(expected);
  });
});

describe('pauses', () => {
  const waiting = (seconds: string, status = 429): Outcome =>
    answer(status, undefined, ['retry-after', seconds]);

  test.each<[string, Outcome]>([
    ['a 429', waiting('2')],
    ['a 503', waiting('2', 503)],
    ['a refusal', refusal('overloaded', undefined, { retryAfterMs: 2000 })],
    [
      'a date',
      answer(429, undefined, [
        'retry-after',
        new Date(new ManualClock().wallMs() + 2000).toUTCString(),
      ]),
    ],
  ])('%s that says when to ask again is asked then, and no sooner', async (_name, first) => {
    const trial = attempts({ attemptsMax: 2, delayMs: 100 }, first, answer(200));
    await pass(trial.clock, 2100);
    expect(said(await trial.outcome)).toBe(200);
    expect(trial.beganMs).toEqual([0, 2000]);
  });

  test('who is to ask in an hour is told so, and nobody waits', async () => {
    const trial = attempts({ attemptsMax: 3, delayMs: 100 }, waiting('3600'));
    const outcome = await trial.outcome;
    expect(outcome).toMatchObject({ status: 429, headers: ['retry-after', '3600'] });
    expect(trial.beganMs).toEqual([0]);
  });

  test.each([
    [0x1a, [0, 10, 30]],
    [0x80, [0, 50, 150]],
    [0xff, [0, 100, 300]],
  ])('that double are a random share of their length: %i', async (byte, expected) => {
    drawn = byte;
    const rules = { attemptsMax: 3, delayMs: 100, backoff: 'exponential' } as const;
    const trial = attempts(rules, answer(500), answer(500), answer(200));
    await pass(trial.clock, 400);
    drawn = 0xff;
    expect(trial.beganMs).toEqual(expected);
  });
});

describe('which outcomes are tried again', () => {
  test.each<[string, Outcome, boolean]>([
    ['429', answer(429), true],
    ['500', answer(500), true],
    ['503', answer(503), true],
    ['529', answer(529), true],
    ['no connection', refusal('upstream_failed'), true],
    ['no time', refusal('upstream_timeout'), true],
    ['too many at once', refusal('overloaded'), true],
    ['a limit', refusal('rate_limited'), true],
    ['200', answer(200), false],
    ['400', answer(400), false],
    ['401', answer(401), false],
    ['404', answer(404), false],
    ['a no of the request', refusal('invalid_request'), false],
  ])('%s', async (_name, first, isRepeated) => {
    const trial = attempts({ attemptsMax: 2, delayMs: 10 }, first, answer(200));
    await pass(trial.clock, 20);
    expect(said(await trial.outcome)).toBe(isRepeated ? 200 : said(first));
    expect(trial.beganMs).toHaveLength(isRepeated ? 2 : 1);
  });

  test('the last one’s error stands', async () => {
    const trial = attempts({ attemptsMax: 2 }, answer(500), answer(529));
    await pass(trial.clock, 20);
    expect(said(await trial.outcome)).toBe(529);
  });

  test('an answer that is tried again is given up', async () => {
    const first = silent();
    const trial = attempts({ attemptsMax: 2 }, answer(500, first.body), answer(200));
    await pass(trial.clock, 20);
    await trial.outcome;
    expect(first.isGivenUp()).toBe(true);
  });
});

describe('W-G14 the time to the first byte', () => {
  test('W-G14 a head without a byte is late, and its upstream is left', async () => {
    const first = silent();
    const trial = attempts({ firstByteTimeoutMs: 50 }, answer(200, first.body));
    await pass(trial.clock, 40);
    expect(first.isGivenUp()).toBe(false);
    await pass(trial.clock, 10);
    expect(await trial.outcome).toMatchObject({
      code: 'upstream_timeout',
      detail: 'The upstream did not begin to answer within 50 milliseconds.',
    });
    expect(first.isGivenUp()).toBe(true);
    expect(trial.cancellations[0]?.cancelled).toBe(true);
  });

  test('an answer that comes after all is given up', async () => {
    const late = silent();
    let arrive: (outcome: Outcome) => void = () => {};
    const coming = new Promise<Outcome>((resolve) => {
      arrive = resolve;
    });
    const trial = attempts({ firstByteTimeoutMs: 50 }, coming);
    await pass(trial.clock, 50);
    expect(said(await trial.outcome)).toBe('upstream_timeout');
    arrive(answer(200, late.body));
    await settled();
    expect(late.isGivenUp()).toBe(true);
  });

  test('W-G14 what has begun in time is not cut', async () => {
    const source = silent();
    const slow: ByteSource = {
      ...source.body,
      open: (sink) => {
        sink.write(Buffer.from('x'));
      },
    };
    const trial = attempts({ firstByteTimeoutMs: 50 }, answer(200, slow));
    await pass(trial.clock, 10_000);
    expect(said(await trial.outcome)).toBe(200);
    expect(source.isGivenUp()).toBe(false);
    expect(trial.cancellations[0]?.cancelled).toBe(false);
  });

  test('each attempt has it, and of several the last one waits', async () => {
    const rules = { attemptsMax: 3, firstByteTimeoutMs: 50, delayMs: 10 };
    let arrive: (outcome: Outcome) => void = () => {};
    const coming = new Promise<Outcome>((resolve) => {
      arrive = resolve;
    });
    const trial = attempts(rules, never, never, coming);
    await pass(trial.clock, 5000);
    expect(trial.beganMs).toEqual([0, 60, 120]);
    arrive(answer(200));
    expect(said(await trial.outcome)).toBe(200);
  });
});

describe('a caller who leaves', () => {
  test('ends the attempt, and no other begins', async () => {
    const trial = attempts({ attemptsMax: 3, firstByteTimeoutMs: 50 }, never);
    await settled();
    trial.caller.cancel();
    expect(said(await trial.outcome)).toBe('upstream_failed');
    expect(trial.cancellations[0]?.cancelled).toBe(true);
    expect(trial.beganMs).toHaveLength(1);
  });

  test('ends the pause', async () => {
    const trial = attempts({ attemptsMax: 3, delayMs: 5000 }, answer(500));
    await settled();
    trial.caller.cancel();
    expect(said(await trial.outcome)).toBe('upstream_failed');
    expect(trial.clock.pendingTimers).toBe(0);
  });
});
