import { expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { AddressLimiter } from './address-limiter.ts';

const HERE = '192.0.2.1';
const THERE = '198.51.100.7';

function limiterOf(perMinute: number, networksMax?: number) {
  const clock = new ManualClock();
  const more = networksMax === undefined ? {} : { networksMax };
  return { clock, limiter: new AddressLimiter({ clock, perMinute, ...more }) };
}

/** How many requests of one cost get through at one moment. */
function admitted(limiter: AddressLimiter, cost: number, asked: number): number {
  const answers = Array.from({ length: asked }, () => limiter.admit(HERE, cost));
  return answers.filter(({ kind }) => kind === 'permit').length;
}

test('as much as a minute has may be used at once, then it comes back bit by bit', () => {
  const { clock, limiter } = limiterOf(60);
  expect(admitted(limiter, 1, 70)).toBe(60);
  expect(limiter.admit(HERE, 1)).toEqual({ kind: 'excess', retryAfterMs: 1000 });
  clock.advance(999);
  expect(limiter.admit(HERE, 1)).toEqual({ kind: 'excess', retryAfterMs: 1 });
  clock.advance(1);
  expect(limiter.admit(HERE, 1)).toEqual({ kind: 'permit' });
  clock.advance(60_000);
  expect(admitted(limiter, 1, 70)).toBe(60);
});

test('what costs more is let through less often', () => {
  const { limiter } = limiterOf(60);
  expect(admitted(limiter, 5, 20)).toBe(12);
  expect(limiter.admit(HERE, 5)).toEqual({ kind: 'excess', retryAfterMs: 5000 });
});

test('each network has its own', () => {
  const { limiter } = limiterOf(1);
  const networks = [HERE, THERE, '2001:db8:0:7::1', '2001:db8:0:8::1', undefined];
  for (const address of networks) expect(limiter.admit(address, 1).kind).toBe('permit');
  for (const address of networks) expect(limiter.admit(address, 1).kind).toBe('excess');
  expect(limiter.admit('2001:db8:0:7:ffff::1', 1).kind).toBe('excess');
});

test('of too many networks the one that asked longest ago is forgotten', () => {
  const { limiter } = limiterOf(1, 2);
  limiter.admit(HERE, 1);
  limiter.admit(THERE, 1);
  limiter.admit('203.0.113.1', 1);
  expect(limiter.size).toBe(2);
  expect(limiter.admit(THERE, 1).kind).toBe('excess');
  expect(limiter.admit(HERE, 1).kind).toBe('permit');
});
