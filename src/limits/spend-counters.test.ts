import { describe, expect, test } from 'vitest';
import type { CountedWindow, SpendName, SpendStore } from './spend-counters.ts';
import { SpendCounters } from './spend-counters.ts';

const name: SpendName = { account: 'a', gatewayId: 'g', name: 'rule' };
const first = { startMs: 0, endMs: 1000 };
const second = { startMs: 1000, endMs: 2000 };

function storeOf(kept: Map<string, bigint>): SpendStore {
  const key = (of: SpendName, { startMs }: CountedWindow): string => JSON.stringify([of, startMs]);
  return {
    spentNanoUsd: (of, window) => kept.get(key(of, window)) ?? 0n,
    add: (of, window, nanoUsd) => {
      kept.set(key(of, window), (kept.get(key(of, window)) ?? 0n) + nanoUsd);
      return Promise.resolve();
    },
  };
}

describe('what was spent', () => {
  test('adds up in its window, and a new window begins at nothing', () => {
    const counters = new SpendCounters();
    counters.add(name, first, 5n);
    counters.add(name, first, 7n);
    counters.add(name, first, 0n);
    expect(counters.spent(name, first)).toBe(12n);
    expect(counters.spent({ ...name, account: 'b' }, first)).toBe(0n);
    expect(counters.spent(name, second)).toBe(0n);
  });

  test('what ends after its window takes nothing from the next one', () => {
    const counters = new SpendCounters();
    counters.add(name, second, 5n);
    counters.add(name, first, 1n);
    expect(counters.spent(name, second)).toBe(5n);
    expect(counters.spent(name, first)).toBe(0n);
    expect(counters.spent(name, second)).toBe(5n);
  });

  test('is read from the store by another process, and after it was forgotten', () => {
    const kept = new Map<string, bigint>();
    const counters = new SpendCounters({ store: storeOf(kept), countsMax: 1 });
    counters.add(name, first, 5n);
    counters.add({ ...name, name: 'other' }, first, 1n);
    counters.add(name, first, 2n);
    expect(counters.spent(name, first)).toBe(7n);
    expect(new SpendCounters({ store: storeOf(kept) }).spent(name, first)).toBe(7n);
  });

  test('counts on where it cannot be written, and says so', async () => {
    const heard: unknown[] = [];
    const fault = new Error('disk');
    const counters = new SpendCounters({
      store: { spentNanoUsd: () => 0n, add: () => Promise.reject(fault) },
      onFault: (said) => heard.push(said),
    });
    counters.add(name, first, 5n);
    await Promise.resolve();
    await Promise.resolve();
    expect([counters.spent(name, first), heard]).toEqual([5n, [fault]]);
  });
});
