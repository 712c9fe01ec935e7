import { expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { callerWaitMs, waitLeftS } from './caller-wait.ts';
import type { Exchange } from './exchange.ts';

test.each<[string | undefined, number | undefined]>([
  ['600', 600_000],
  ['0.5', 500],
  ['86400', 86_400_000],
  ['86401', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['soon', undefined],
  ['Infinity', undefined],
  [undefined, undefined],
])('a caller who says %j waits %j ms', (said, waitMs) => {
  expect(callerWaitMs({ headers: { 'x-stainless-timeout': said } })).toBe(waitMs);
});

test.each<[string | undefined, number, number | undefined]>([
  ['30', 0, 30],
  ['30', 1, 30],
  ['30', 1000, 29],
  ['30', 29_500, 1],
  ['30', 40_000, 1],
  ['0.5', 0, 1],
  [undefined, 0, undefined],
])('of %j seconds, %j ms later %j are left', (said, passedMs, left) => {
  const clock = new ManualClock();
  const exchange = {
    request: { headers: { 'x-stainless-timeout': said } },
    walk: { clock },
    startedMs: clock.monotonicMs(),
  } as unknown as Exchange;
  clock.advance(passedMs);
  expect(waitLeftS(exchange)).toBe(left);
});
