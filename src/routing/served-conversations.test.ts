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

  test('ten thousand are remembered; the one served least recently is forgotten first', () => {
    const served = new ServedConversations(new ManualClock());
    const visit = (at: number): void => {
      served.served({ key: String(at), homeKey: 'a' }, 'b');
    };
    for (let at = 0; at < 10_000; at += 1) visit(at);
    visit(0);
    visit(10_000);
    expect([served.find('0'), served.find('1'), served.find('10000')]).toEqual([
      'b',
      undefined,
      'b',
    ]);
  });
});
