import { describe, expect, test } from 'vitest';
import { upstreamOf } from '../../test/support/planned-routes.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { UpstreamHealth } from './upstream-health.ts';

const random = { bytes: (count: number): Uint8Array => new Uint8Array(count) };

function broken(...healthKeys: readonly string[]): UpstreamHealth {
  const health = new UpstreamHealth(new ManualClock(), random);
  for (const healthKey of healthKeys)
    for (let at = 0; at < 5; at += 1) health.breakers.report(healthKey, 'failed');
  return health;
}

describe('what is known of targets', () => {
  test('a request is counted where it is, until it is over', () => {
    const health = broken();
    const leave = health.loads.enter('a#0/m');
    health.loads.enter('a#0/m');
    expect(health.loadOf('a#0/m')).toBe(2);
    leave();
    leave();
    expect([health.loadOf('a#0/m'), health.loadOf('b#0/m')]).toEqual([1, 0]);
  });

  test('who failed or wants to be left alone is not free', () => {
    const health = broken('a#0/m');
    health.pauses.note('b#0/m', 1000);
    expect(['a#0/m', 'b#0/m', 'c#0/m'].map((key) => health.isFree(key))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('one moment of all of them', () => {
    const health = broken('a#0/m');
    health.pauses.note('b#0/m', 1000);
    health.loads.enter('b#0/m');
    expect(health.snapshot()).toEqual([
      { healthKey: 'a#0/m', isBroken: true, pauseLeftMs: 0, live: 0 },
      { healthKey: 'b#0/m', isBroken: false, pauseLeftMs: 1000, live: 1 },
    ]);
  });

  test('a reload forgets what was known of upstreams that it made anew, and of no others', () => {
    const health = broken('a#0/m', 'a#1/m', 'ab#0/m');
    health.pauses.note('a#1/n', 1000);
    health.pauses.note('a#0/n', 1000);
    health.forget([upstreamOf('a', 1)]);
    expect(health.snapshot().map(({ healthKey }) => healthKey)).toEqual([
      'a#0/m',
      'ab#0/m',
      'a#0/n',
    ]);
  });
});
