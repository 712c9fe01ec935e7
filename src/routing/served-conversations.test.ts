import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { ServedConversations } from './served-conversations.ts';

const HOUR_MS = 3_600_000;
const one = { key: 'one', homeKey: 'a' };

describe('where a conversation was served last', () => {
  test('away from home it is remembered for an hour, from the last time on', () => {
    const clock = new ManualClock();
    const served = new ServedConversations(clock);
    served.served(one, 'b');
    clock.advance(HOUR_MS - 1);
    expect(served.find('one')).toBe('b');
    served.served(one, 'b');
    clock.advance(HOUR_MS - 1);
    expect(served.find('one')).toBe('b');
    clock.advance(1);
    expect(served.find('one')).toBeUndefined();
  });

  test('at home nothing has to be remembered', () => {
    const served = new ServedConversations(new ManualClock());
    served.served(one, 'b');
    served.served(one, 'a');
    expect(served.find('one')).toBeUndefined();
  });

  test('ten thousand are remembered at once, but for a few whose places others took', () => {
    const served = new ServedConversations(new ManualClock());
    visitAll(served, 0, 10_000);
    expect(knownOf(served, 0, 10_000)).toBeGreaterThan(9900);
  });

  test('of those that share a set the one served least recently is forgotten first', () => {
    const clock = new ManualClock();
    const served = new ServedConversations(clock);
    for (let at = 0; at < 100_000; at += 1) {
      clock.advance(1);
      served.served(one, 'b');
      served.served({ key: String(at), homeKey: 'a' }, 'c');
    }
    expect(served.find('one')).toBe('b');
    expect(knownOf(served, 0, 1000)).toBe(0);
    expect(knownOf(served, 99_000, 100_000)).toBe(1000);
  });

  test('what is kept does not grow with how many there were', () => {
    const served = new ServedConversations(new ManualClock());
    visitAll(served, 0, 200_000);
    const kept = knownOf(served, 0, 200_000);
    expect(kept).toBeGreaterThan(16_000);
    expect(kept).toBeLessThanOrEqual(16_384);
  });

  test('those of an hour ago have left their places to others', () => {
    const clock = new ManualClock();
    const served = new ServedConversations(clock);
    visitAll(served, 0, 10_000);
    clock.advance(HOUR_MS);
    visitAll(served, 10_000, 20_000);
    expect(knownOf(served, 0, 10_000)).toBe(0);
    expect(knownOf(served, 10_000, 20_000)).toBeGreaterThan(9900);
  });
});

/** Each of these conversations is a guest once. */
function visitAll(served: ServedConversations, from: number, to: number): void {
  for (let at = from; at < to; at += 1) served.served({ key: String(at), homeKey: 'a' }, 'b');
}

/** How many of these it knows. */
function knownOf(served: ServedConversations, from: number, to: number): number {
  let known = 0;
  for (let at = from; at < to; at += 1) if (served.find(String(at)) !== undefined) known += 1;
  return known;
}
