import { expect, test } from 'vitest';
import { ManualClock } from '../../std/manual-clock.ts';
import type { CacheTtl } from './cache-breakpoints.ts';
import type { CachingPlan } from './plan-caching.ts';
import type { CacheUse } from './prompt-cache.ts';
import { PromptCache } from './prompt-cache.ts';

const MINUTE_MS = 60_000;
const nothing: CacheUse = { readTokens: 0, write5mTokens: 0, write1hTokens: 0 };

/** Breakpoints by key, lifetime and tokens. */
function plan(...breakpoints: readonly (readonly [string, CacheTtl, number])[]): CachingPlan {
  return {
    breakpoints: breakpoints.map(([key, ttl, tokens]) => ({ key, ttl, tokens, earlierKeys: [] })),
    totalTokens: 10_000,
    tokensMin: 1000,
  };
}

test('the entry that was not used for longest goes first', () => {
  const cache = new PromptCache({ clock: new ManualClock(), entriesMax: 2 });
  for (const key of ['a', 'b', 'a', 'c']) cache.use(plan([key, '5m', 2000]), 0);
  expect(cache.size).toBe(2);
  expect(cache.use(plan(['a', '5m', 2000]), 0).readTokens).toBe(2000);
  expect(cache.use(plan(['b', '5m', 2000]), 0).readTokens).toBe(0);
});

test('entries stay few however many are written', () => {
  const cache = new PromptCache({ clock: new ManualClock(), entriesMax: 50 });
  for (let at = 0; at < 1000; at += 1) cache.use(plan([String(at), '1h', 2000]), 0);
  expect(cache.size).toBe(50);
});

test('a request does not read what it writes itself', () => {
  const cache = new PromptCache({ clock: new ManualClock() });
  const twice: CachingPlan = {
    ...plan(),
    breakpoints: [
      { key: 'a', ttl: '5m', tokens: 2000, earlierKeys: [] },
      { key: 'b', ttl: '5m', tokens: 3000, earlierKeys: ['a'] },
    ],
  };
  expect(cache.use(twice, 0)).toEqual({ ...nothing, write5mTokens: 3000 });
  expect(cache.use(twice, 0)).toEqual({ ...nothing, readTokens: 3000 });
});

test('what is below the minimum is written with a later breakpoint only', () => {
  const cache = new PromptCache({ clock: new ManualClock() });
  const short = plan(['a', '5m', 999]);
  expect(cache.use(short, 0)).toEqual(nothing);
  expect(cache.use(plan(['a', '5m', 999], ['b', '5m', 1000]), 0).write5mTokens).toBe(1000);
  expect(cache.use(short, 0)).toEqual(nothing);
});

test('a read gives an entry its own life again, whatever the reader asks for', () => {
  const clock = new ManualClock();
  const cache = new PromptCache({ clock });
  cache.use(plan(['a', '5m', 2000]), 0);
  clock.advance(4 * MINUTE_MS);
  expect(cache.use(plan(['a', '1h', 2000]), 0).readTokens).toBe(2000);
  clock.advance(5 * MINUTE_MS);
  expect(cache.use(plan(['a', '1h', 2000]), 0)).toEqual({ ...nothing, write1hTokens: 2000 });
});

test('of two that write the same at once, the first to begin makes it readable', () => {
  const clock = new ManualClock();
  const cache = new PromptCache({ clock });
  const asked = plan(['a', '5m', 2000]);
  expect(cache.use(asked, 1000).write5mTokens).toBe(2000);
  clock.advance(500);
  expect(cache.use(asked, 1000).write5mTokens).toBe(2000);
  clock.advance(500);
  expect(cache.use(asked, 1000).readTokens).toBe(2000);
});

test('the last hour parts what is written', () => {
  const cache = new PromptCache({ clock: new ManualClock() });
  const mixed = plan(['a', '1h', 2000], ['b', '1h', 3000], ['c', '5m', 4500]);
  expect(cache.use(mixed, 0)).toEqual({ readTokens: 0, write1hTokens: 3000, write5mTokens: 1500 });
  const longer = plan(['b', '1h', 3000], ['d', '1h', 4000], ['e', '5m', 4100]);
  expect(cache.use(longer, 0)).toEqual({
    readTokens: 3000,
    write1hTokens: 1000,
    write5mTokens: 100,
  });
});
