import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import type { CacheKey } from './cache-key.ts';
import { MemoryCache } from './memory-cache.ts';
import type { CachedAnswer } from './response-cache.ts';

const keyed = (name: string): CacheKey => name as CacheKey;
const answerOf = (bytes: number): CachedAnswer => ({
  isEventStream: false,
  bytes: Buffer.alloc(bytes),
});

function open(bytesMax = 16_384, answerBytesMax = 10_000): [MemoryCache, ManualClock] {
  const clock = new ManualClock();
  return [new MemoryCache({ clock, bytesMax, answerBytesMax }), clock];
}

/** Which of some names are there; asking for one makes it the last to go. */
async function present(cache: MemoryCache, names: string): Promise<string> {
  const there: string[] = [];
  for (const name of names) {
    if ((await cache.find(keyed(name))) !== undefined) there.push(name);
  }
  return there.join('');
}

describe('answers kept in memory', () => {
  test('an answer is there until its time is up, and not at that moment', async () => {
    const [cache, clock] = open();
    const answer = answerOf(10);
    cache.keep(keyed('a'), answer, 60_000);
    clock.advance(59_999);
    expect(await cache.find(keyed('a'))).toBe(answer);
    clock.advance(1);
    expect(await cache.find(keyed('a'))).toBeUndefined();
    expect(cache.heldBytes).toBe(0);
  });

  test('a later answer takes the place of an earlier one, and has its own time', async () => {
    const [cache, clock] = open();
    cache.keep(keyed('a'), answerOf(10), 1000);
    const later = answerOf(20);
    cache.keep(keyed('a'), later, 5000);
    clock.advance(2000);
    expect(await cache.find(keyed('a'))).toBe(later);
  });

  test('the one that was least recently given makes room', async () => {
    const [cache] = open();
    for (const name of 'abc') cache.keep(keyed(name), answerOf(3000), 1000);
    expect(await present(cache, 'a')).toBe('a');
    cache.keep(keyed('d'), answerOf(3000), 1000);
    expect(await present(cache, 'abcd')).toBe('acd');
  });

  test('who only looks changes nothing: neither who makes room, nor what is there', async () => {
    const [cache, clock] = open();
    const first = answerOf(3000);
    cache.keep(keyed('a'), first, 1000);
    for (const name of 'bc') cache.keep(keyed(name), answerOf(3000), 5000);
    clock.advance(400);
    expect(await cache.look(keyed('a'))).toEqual({ answer: first, leftMs: 600 });
    expect(await cache.look(keyed('x'))).toBeUndefined();
    cache.keep(keyed('d'), answerOf(3000), 5000);
    expect(await cache.look(keyed('a'))).toBeUndefined();
    const { heldBytes } = cache;
    clock.advance(5000);
    expect(await cache.look(keyed('b'))).toBeUndefined();
    expect(cache.heldBytes).toBe(heldBytes);
  });

  test('what is larger than an answer may be is not taken', async () => {
    const [cache] = open();
    cache.keep(keyed('a'), answerOf(10_000), 1000);
    expect(await present(cache, 'a')).toBe('a');
    cache.keep(keyed('b'), answerOf(10_001), 1000);
    expect(await present(cache, 'ab')).toBe('a');
  });

  test('what does not fit into all of it is not taken, and takes nothing else out', async () => {
    const [cache] = open(4096, 10_000);
    cache.keep(keyed('a'), answerOf(100), 1000);
    cache.keep(keyed('b'), answerOf(3000), 1000);
    expect(await present(cache, 'ab')).toBe('a');
  });

  test('answers on their way have a quarter of it', () => {
    const [cache] = open(1000);
    expect([cache.reserve(200), cache.reserve(51), cache.reserve(50)]).toEqual([true, false, true]);
    cache.release(200);
    expect([cache.reserve(201), cache.reserve(200)]).toEqual([false, true]);
  });

  test('whatever is kept, there is never more of it than the bound', async () => {
    const step = fc.record({
      name: fc.integer({ min: 0, max: 20 }).map((at) => keyed(String(at))),
      bytes: fc.integer({ min: 0, max: 5000 }),
      waitMs: fc.integer({ min: 0, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const [cache, clock] = open(16_384, 4000);
        for (const { name, bytes, waitMs } of steps) {
          const answer = answerOf(bytes);
          cache.keep(name, answer, 500);
          clock.advance(waitMs);
          expect(cache.heldBytes).toBeLessThanOrEqual(16_384);
          expect(await cache.find(name)).toBe(bytes <= 4000 ? answer : undefined);
        }
      }),
    );
  });
});
