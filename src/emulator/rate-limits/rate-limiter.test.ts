import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../std/manual-clock.ts';
import type { RateExcess, RateLimitRules, RatePermit } from './rate-limiter.ts';
import { RateLimiter } from './rate-limiter.ts';
import { drawn, fullBucket, levelAt, untilLevelMs } from './token-bucket.ts';

const MINUTE_MS = 60_000;
const sonnet = { account: 'a', modelClass: 'sonnet-4', inputTokens: 100 };

function limiter(
  everyone: RateLimitRules['everyone'],
  byAccount: RateLimitRules['byAccount'] = new Map(),
): { clock: ManualClock; limits: RateLimiter } {
  const clock = new ManualClock();
  return { clock, limits: new RateLimiter(clock, { everyone, byAccount }) };
}

function permit(given: RatePermit | RateExcess): RatePermit {
  if (given.kind === 'excess') throw new Error(`refused for ${given.meter}`);
  return given;
}

function headersOf({ headers }: RatePermit | RateExcess): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let at = 0; at < headers.length; at += 2) {
    pairs[(headers[at] ?? '').replace('anthropic-ratelimit-', '')] = headers[at + 1] ?? '';
  }
  return pairs;
}

describe('a bucket', () => {
  test('refills all the time and never beyond its size', () => {
    const bucket = drawn(fullBucket(60, 0), 60, 0);
    expect([0, 500, 1000, 30_000, 600_000].map((nowMs) => levelAt(bucket, nowMs))).toEqual([
      0, 0.5, 1, 30, 60,
    ]);
    expect(untilLevelMs(bucket, 2, 0)).toBe(2000);
    expect(untilLevelMs(bucket, 1000, 0)).toBe(MINUTE_MS);
  });

  test('over any time no more is drawn than was in it and came in', () => {
    const moves = fastCheck.array(
      fastCheck.record({ waitMs: fastCheck.nat(20_000), amount: fastCheck.nat(80) }),
      { maxLength: 50 },
    );
    fastCheck.assert(
      fastCheck.property(moves, fastCheck.integer({ min: 1, max: 100 }), (steps, perMinute) => {
        let [bucket, nowMs, taken] = [fullBucket(perMinute, 0), 0, 0];
        for (const { waitMs, amount } of steps) {
          nowMs += waitMs;
          if (levelAt(bucket, nowMs) < amount) continue;
          bucket = drawn(bucket, amount, nowMs);
          taken += amount;
        }
        expect(taken).toBeLessThanOrEqual(perMinute + (nowMs * perMinute) / MINUTE_MS + 1e-6);
      }),
    );
  });
});

describe('limits', () => {
  test('without any nothing is refused, and the headers show the highest tier', () => {
    const { limits } = limiter({});
    const given = limits.admit({ ...sonnet, inputTokens: 50_000_000 });
    expect(permit(limits.admit(sonnet)).kind).toBe('permit');
    expect(headersOf(given)).toMatchObject({
      'requests-limit': '4000',
      'input-tokens-limit': '2000000',
      'output-tokens-limit': '400000',
      'tokens-limit': '2400000',
    });
  });

  test('#17 twelve headers; tokens to the nearest thousand; resets in RFC 3339', () => {
    const { limits } = limiter({});
    const headers = headersOf(limits.admit({ ...sonnet, inputTokens: 4383 }));
    expect(Object.keys(headers)).toHaveLength(12);
    expect(headers).toMatchObject({
      'requests-remaining': '3999',
      'input-tokens-remaining': '1996000',
      'output-tokens-remaining': '400000',
      'tokens-remaining': '2396000',
      'requests-reset': '2026-01-01T00:00:01Z',
      'output-tokens-reset': '2026-01-01T00:00:00Z',
    });
  });

  test('#18 requests: as many as there are, then one each time one has come in', () => {
    const { clock, limits } = limiter({ requests: 2 });
    permit(limits.admit(sonnet));
    permit(limits.admit(sonnet));
    const third = limits.admit(sonnet);
    expect(third).toMatchObject({ kind: 'excess', meter: 'requests', perMinute: 2 });
    expect(third).toHaveProperty('retryAfterMs', 30_000);
    expect(headersOf(third)).toMatchObject({ 'requests-remaining': '0' });
    clock.advance(29_999);
    expect(limits.admit(sonnet).kind).toBe('excess');
    clock.advance(1);
    permit(limits.admit(sonnet));
  });

  test('input is estimated, then put right: what came from the cache is given back', () => {
    const { limits } = limiter({ inputTokens: 1000 });
    permit(limits.admit({ ...sonnet, inputTokens: 900 })).settleInput(100);
    permit(limits.admit({ ...sonnet, inputTokens: 900 }));
    expect(limits.admit({ ...sonnet, inputTokens: 100 })).toMatchObject({
      meter: 'inputTokens',
      retryAfterMs: 6000,
    });
  });

  test('a prompt beyond the limit never fits, and is told to wait for a full bucket at most', () => {
    const { limits } = limiter({ inputTokens: 1000 });
    expect(limits.admit({ ...sonnet, inputTokens: 5000 })).toMatchObject({ retryAfterMs: 1000 });
  });

  test('output counts when it is written: the one that goes over is served, the next waits', () => {
    const { clock, limits } = limiter({ outputTokens: 600 });
    permit(limits.admit(sonnet)).drawOutput(900);
    const next = limits.admit(sonnet);
    expect(next).toMatchObject({ meter: 'outputTokens', retryAfterMs: 30_100 });
    expect(headersOf(next)).toMatchObject({ 'tokens-limit': '600', 'tokens-remaining': '0' });
    clock.advance(30_100);
    permit(limits.admit(sonnet));
  });

  test('what a stream did not send is given back', () => {
    const { limits } = limiter({ outputTokens: 600 });
    const given = permit(limits.admit(sonnet));
    given.drawOutput(900);
    given.drawOutput(-800);
    expect(limits.admit(sonnet).kind).toBe('permit');
  });

  test('models of one class share, others and other accounts do not', () => {
    const { limits } = limiter({ requests: 1 });
    permit(limits.admit(sonnet));
    expect(limits.admit(sonnet).kind).toBe('excess');
    permit(limits.admit({ ...sonnet, modelClass: 'opus-4' }));
    permit(limits.admit({ ...sonnet, account: 'b' }));
  });

  test('an account has its own limits where it has any', () => {
    const { limits } = limiter({ requests: 1 }, new Map([['b', { requests: 3 }]]));
    const kinds = Array.from({ length: 4 }, () => limits.admit({ ...sonnet, account: 'b' }).kind);
    expect(kinds).toEqual(['permit', 'permit', 'permit', 'excess']);
  });

  test('buckets are bounded: the one left alone for longest goes', () => {
    const { limits } = limiter({ requests: 1 });
    permit(limits.admit({ ...sonnet, account: 'first' }));
    for (let index = 0; index < 10_000; index += 1) {
      permit(limits.admit({ ...sonnet, account: String(index) }));
    }
    permit(limits.admit({ ...sonnet, account: 'first' }));
    expect(limits.admit({ ...sonnet, account: '9999' }).kind).toBe('excess');
  });
});
