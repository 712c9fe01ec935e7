import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NextTry } from './retry-envelope.ts';
import { envelopeOf, nextTry } from './retry-envelope.ts';

const envelope = envelopeOf(3, undefined);
const first = { attempt: 1, elapsedMs: 0, ambiguous: 0, draw: 0.5 };
const again = (pauseMs: number): NextTry => ({ kind: 'again', pauseMs });
const end: NextTry = { kind: 'end' };

describe('what is tried again', () => {
  test.each<[number, NextTry]>([
    [400, end],
    [401, end],
    [403, end],
    [404, end],
    [413, end],
    [422, end],
    [429, again(250)],
    [500, again(250)],
    [502, again(250)],
    [503, again(250)],
    [504, again(250)],
    [529, again(250)],
  ])('%i', (status, expected) => {
    expect(nextTry({ status, retryAfterMs: undefined }, first, envelope)).toEqual(expected);
  });

  test.each<[string, number, Partial<typeof first>, NextTry]>([
    ['the second pause may be twice as long', 500, { attempt: 2 }, again(500)],
    ['three attempts are all', 500, { attempt: 3 }, end],
    ['one that may be running still is repeated once', 504, { attempt: 2, ambiguous: 1 }, end],
    ['thirty seconds are all', 500, { elapsedMs: 29_900 }, end],
  ])('%s', (_name, status, state, expected) => {
    expect(nextTry({ status, retryAfterMs: undefined }, { ...first, ...state }, envelope)).toEqual(
      expected,
    );
  });

  test.each<[string, number, number, NextTry]>([
    ['a pause that is asked for is kept', 429, 2000, again(2000)],
    ['by an upstream that is away too', 503, 4000, again(4000)],
    [
      'R08 one that is too long is for the caller to wait',
      429,
      300_000,
      { kind: 'wait-too-long', retryAfterMs: 300_000 },
    ],
    ['one that is too long ends a failure', 503, 300_000, end],
  ])('%s', (_name, status, retryAfterMs, expected) => {
    expect(nextTry({ status, retryAfterMs }, first, envelope)).toEqual(expected);
  });

  test('half of a caller’s deadline is for trying again', () => {
    expect([envelopeOf(3, 10_000), envelopeOf(3, 600_000), envelopeOf(2, undefined)]).toEqual([
      { attemptsMax: 3, totalMs: 5000 },
      { attemptsMax: 3, totalMs: 30_000 },
      { attemptsMax: 2, totalMs: 30_000 },
    ]);
  });

  test('whatever fails, the attempts and the time stay within the envelope', () => {
    const failures = fc.array(
      fc.record({
        status: fc.constantFrom(429, 500, 502, 503, 504, 529),
        retryAfterMs: fc.option(fc.nat(40_000), { nil: undefined }),
        tookMs: fc.nat(20_000),
        draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      }),
      { minLength: 5, maxLength: 5 },
    );
    fc.assert(
      fc.property(failures, (given) => {
        let elapsedMs = 0;
        let attempts = 0;
        for (const { tookMs, draw, ...failed } of given) {
          attempts += 1;
          elapsedMs += tookMs;
          const state = { attempt: attempts, elapsedMs, ambiguous: 0, draw };
          const next = nextTry(failed, state, envelope);
          if (next.kind !== 'again') break;
          elapsedMs += next.pauseMs;
          expect(elapsedMs).toBeLessThan(30_000);
          expect(next.pauseMs).toBeGreaterThanOrEqual(failed.retryAfterMs ?? 0);
        }
        expect(attempts).toBeLessThanOrEqual(3);
      }),
    );
  });
});
