import { describe, expect, test } from 'vitest';
import type { Backoff, GatewayOptions } from '../ai-gateway-form/gateway-call.ts';
import type { AttemptRules } from './attempt-rules.ts';
import { attemptRulesOf, attemptTimeoutMs, oneAttempt, pauseMs } from './attempt-rules.ts';
import type { GatewayRetry } from './gateway-policy.ts';

const retry: GatewayRetry = { maxAttempts: 2, delayMs: 700, backoff: 'linear' };

describe('what holds for the attempts of a request', () => {
  test.each<[string, GatewayRetry | undefined, GatewayOptions, AttemptRules]>([
    [
      'nobody says anything: one attempt',
      undefined,
      {},
      { attemptsMax: 1, delayMs: 100, backoff: 'constant', firstByteTimeoutMs: undefined },
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
    expect([1, 2, 3, 4].map((failed) => pauseMs(rules, failed))).toEqual(expected);
  });

  test('none is longer than a minute', () => {
    expect(pauseMs({ ...oneAttempt, delayMs: 5000, backoff: 'exponential' }, 20)).toBe(60_000);
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
