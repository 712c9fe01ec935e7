import { expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { SignInThrottle } from './sign-in-throttle.ts';

/** What is seen over HTTP is in `console-session-throttle`; this is what takes many attempts. */

test('it remembers ten thousand names, and forgets the one that was tried longest ago', () => {
  const clock = new ManualClock();
  const throttle = new SignInThrottle(clock);
  for (let index = 0; index < 5; index += 1) throttle.attempt('first', undefined);
  expect(throttle.attempt('first', 'elsewhere')).toBe(1000);
  for (let index = 0; index < 9999; index += 1) {
    expect(throttle.attempt(`name-${String(index)}`, `address-${String(index)}`)).toBeUndefined();
  }
  expect(throttle.attempt('first', 'elsewhere')).toBe(1000);
  throttle.attempt('one more', 'another address');
  expect(throttle.attempt('first', 'elsewhere')).toBeUndefined();
});

test('what succeeds is taken back from its address, and no more than that', () => {
  const throttle = new SignInThrottle(new ManualClock());
  for (let index = 0; index < 19; index += 1) throttle.attempt(`name-${String(index)}`, 'there');
  throttle.attempt('right', 'there');
  throttle.succeeded('right', 'there');
  expect(throttle.attempt('one', 'there')).toBeUndefined();
  expect(throttle.attempt('two', 'there')).toBe(1000);
});

test('all addresses of one network of version 6 are one', () => {
  const throttle = new SignInThrottle(new ManualClock());
  for (let index = 0; index < 20; index += 1) {
    const address = `2001:db8:0:7::${index.toString(16)}`;
    expect(throttle.attempt(`name-${String(index)}`, address)).toBeUndefined();
  }
  expect(throttle.attempt('one more', '2001:db8:0:7:ffff::1')).toBe(1000);
  expect(throttle.attempt('one more', '2001:db8:0:8::1')).toBeUndefined();
  expect(throttle.attempt('another', '192.0.2.1')).toBeUndefined();
});
