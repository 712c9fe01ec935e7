import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Backoff, GatewayOptions } from '../ai-gateway-form/gateway-call.ts';
import type { AttemptRules } from './attempt-rules.ts';
import {
  DELAY_MS,
  attemptRulesOf,
  attemptTimeoutMs,
  oneAttempt,
  pauseMs,
} from './attempt-rules.ts';
import type { GatewayRetry } from './gateway-policy.ts';

const retry: GatewayRetry = { maxAttempts: 2, delayMs: 700, backoff: 'linear' };

describe('what holds for the attempts of a request', () => {
  test.each<[string, GatewayRetry | undefined, GatewayOptions, AttemptRules]>([
    [
      'nobody says anything: one attempt',
      undefined,
      {},
      { attemptsMax: 1, delayMs: DELAY_MS, backoff: 'constant', firstByteTimeoutMs: undefined },
    ],
    [
      'the gateway does',
      retry,
      {},
      { attemptsMax: 2, delayMs: 700, backoff: 'linear', firstByteTimeoutMs: undefined },
    ],
    [
      'the request does, and goes first, member by member',
      retry,
      { maxAttempts: 5, backoff: 'exponential', requestTimeoutMs: 50 },
      { attemptsMax: 5, delayMs: 700, backoff: 'exponential', firstByteTimeoutMs: 50 },
    ],
    [
      'a pause of nothing is one',
      retry,
      { retryDelayMs: 0 },
      { attemptsMax: 2, delayMs: 0, backoff: 'linear', firstByteTimeoutMs: undefined },
    ],
  ])('%s', (_name, ofGateway, options, expected) => {
    expect(attemptRulesOf({ retry: ofGateway }, options)).toEqual(expected);
  });
});

describe('pauses', () => {
  test.each<[Backoff, readonly number[]]>([
    ['constant', [200, 200, 200, 200]],
    ['linear', [200, 400, 600, 800]],
    ['exponential', [200, 400, 800, 1600]],
  ])('%s', (backoff, expected) => {
    const rules = { ...oneAttempt, delayMs: 200, backoff };
    const facts = { share: 1, askedMs: undefined };
    expect([1, 2, 3, 4].map((failed) => pauseMs(rules, failed, facts))).toEqual(expected);
  });

  test('none is longer than a minute', () => {
    const rules = { ...oneAttempt, delayMs: 5000, backoff: 'exponential' } as const;
    expect(pauseMs(rules, 20, { share: 1, askedMs: undefined })).toBe(60_000);
  });

  test.each<[Backoff, number, number]>([
    ['constant', 0.25, 200],
    ['linear', 0.25, 600],
    ['exponential', 0.25, 200],
    ['exponential', 0, 0],
    ['exponential', 1, 800],
  ])('%s with a share of %f, after the third failure: %i', (backoff, share, expected) => {
    const rules = { ...oneAttempt, delayMs: 200, backoff };
    expect(pauseMs(rules, 3, { share, askedMs: undefined })).toBe(expected);
  });

  test.each<[string, number | undefined, number | undefined]>([
    ['nothing is asked: its own', undefined, 200],
    ['less than its own', 50, 200],
    ['more', 1500, 1500],
    ['as much as anybody waits', 60_000, 60_000],
    ['more than that: there is no other attempt', 60_001, undefined],
  ])('where the other side asks for one, %s', (_name, askedMs, expected) => {
    const rules = { ...oneAttempt, delayMs: 200 };
    expect(pauseMs(rules, 1, { share: 1, askedMs })).toBe(expected);
  });

  test('whatever is said, one is between what was asked and a minute', () => {
    fc.assert(
      fc.property(
        fc.record({
          delayMs: fc.nat(5000),
          backoff: fc.constantFrom<Backoff>('constant', 'linear', 'exponential'),
        }),
        fc.integer({ min: 1, max: 5 }),
        fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), askedMs: fc.nat(60_000) }),
        (rules, failed, facts) => {
          const waitMs = pauseMs({ ...oneAttempt, ...rules }, failed, facts) ?? -1;
          return waitMs >= facts.askedMs && waitMs <= 60_000;
        },
      ),
    );
  });
});

describe('time-outs', () => {
  test.each<[string, number, readonly (number | undefined)[]]>([
    ['an only attempt has it', 1, [50]],
    ['of several the last one has none', 3, [50, 50, undefined]],
  ])('%s', (_name, attemptsMax, expected) => {
    const rules = { ...oneAttempt, attemptsMax, firstByteTimeoutMs: 50 };
    expect(expected.map((_, index) => attemptTimeoutMs(rules, index + 1))).toEqual(expected);
  });
});
