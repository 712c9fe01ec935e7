import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { FixedWindow } from './fixed-window.ts';
import { SlidingWindow } from './sliding-window.ts';
import type { Admission, RequestWindow, WindowRule } from './window-rule.ts';
import { permit } from './window-rule.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const nineMinutesPastNoon = Date.UTC(2026, 0, 1, 12, 9);

function fixed(limit: number, intervalMs: number, clock: ManualClock): FixedWindow {
  return new FixedWindow({ limit, intervalMs, technique: 'fixed' }, clock);
}

function sliding(limit: number, intervalMs: number, clock: ManualClock): SlidingWindow {
  return new SlidingWindow({ limit, intervalMs, technique: 'sliding' }, clock);
}

/** How many of so many get through at one moment. */
function admitted(window: RequestWindow, asked: number): number {
  return Array.from({ length: asked }, () => window.admit()).filter(isPermit).length;
}

function isPermit({ kind }: Admission): boolean {
  return kind === 'permit';
}

function waitMs(admission: Admission): number {
  return admission.kind === 'excess' ? admission.retryAfterMs : 0;
}

describe('the example that tells the techniques apart: ten in ten minutes, at 12:09 and 12:11', () => {
  test.each([
    ['fixed', fixed, [10, 10]],
    ['sliding', sliding, [10, 0]],
  ] as const)('%s', (_name, make, expected) => {
    const clock = new ManualClock(nineMinutesPastNoon);
    const window = make(10, 10 * MINUTE_MS, clock);
    const first = admitted(window, 10);
    clock.advance(2 * MINUTE_MS);
    expect([first, admitted(window, 10)]).toEqual(expected);
  });
});

describe('a fixed window', () => {
  test('ends with its interval of the wall clock, and forgets all at once', () => {
    const clock = new ManualClock(nineMinutesPastNoon);
    const window = fixed(2, 10 * MINUTE_MS, clock);
    expect(admitted(window, 3)).toBe(2);
    expect(window.admit()).toEqual({ kind: 'excess', retryAfterMs: MINUTE_MS });
    clock.advance(MINUTE_MS - 1);
    expect(window.admit()).toEqual({ kind: 'excess', retryAfterMs: 1 });
    clock.advance(1);
    expect(admitted(window, 3)).toBe(2);
  });

  test('a wall clock that is put back does not close the gateway until it has caught up', () => {
    let wallMs = nineMinutesPastNoon;
    const rule: WindowRule = { limit: 1, intervalMs: MINUTE_MS, technique: 'fixed' };
    const window = new FixedWindow(rule, { wallMs: () => wallMs });
    expect(admitted(window, 2)).toBe(1);
    wallMs -= 60 * MINUTE_MS;
    expect(admitted(window, 2)).toBe(1);
    expect(waitMs(window.admit())).toBeLessThanOrEqual(MINUTE_MS);
  });
});

describe('a sliding window', () => {
  test('gives back each place when its request is an interval ago', () => {
    const clock = new ManualClock();
    const window = sliding(3, 10 * SECOND_MS, clock);
    for (const wait of [0, 4, 3]) {
      clock.advance(wait * SECOND_MS);
      expect(isPermit(window.admit())).toBe(true);
    }
    expect(window.admit()).toEqual({ kind: 'excess', retryAfterMs: 3 * SECOND_MS });
    clock.advance(3 * SECOND_MS - 1);
    expect(window.admit()).toEqual({ kind: 'excess', retryAfterMs: 1 });
    clock.advance(1);
    expect(admitted(window, 2)).toBe(1);
    expect(window.admit()).toEqual({ kind: 'excess', retryAfterMs: 4 * SECOND_MS });
  });

  test('what is refused is not counted', () => {
    const clock = new ManualClock();
    const window = sliding(1, SECOND_MS, clock);
    expect(admitted(window, 1)).toBe(1);
    for (let step = 0; step < 9; step += 1) {
      clock.advance(100);
      expect(admitted(window, 1)).toBe(0);
    }
    clock.advance(100);
    expect(admitted(window, 1)).toBe(1);
  });

  test('however high its limit, what it remembers is bounded', () => {
    const clock = new ManualClock();
    const window = sliding(1_000_000, 60 * MINUTE_MS, clock);
    for (let step = 0; step < 20_000; step += 1) {
      clock.advance(997);
      window.admit();
    }
    expect(window.moments).toBeLessThanOrEqual(202);
    clock.advance(60 * MINUTE_MS);
    window.admit();
    expect(window.moments).toBe(1);
  });
});

/** Requests that ask one after the other, each some time after the one before. */
const waits = fastCheck.array(fastCheck.oneof(fastCheck.constant(0), fastCheck.nat(400)), {
  maxLength: 300,
});

interface Asked {
  readonly atMs: number;
  readonly admission: Admission;
}

function ask(window: RequestWindow, clock: ManualClock, steps: readonly number[]): Asked[] {
  return steps.map((wait) => {
    clock.advance(wait);
    return { atMs: clock.monotonicMs(), admission: window.admit() };
  });
}

describe('over any requests', () => {
  test('a sliding window refuses exactly those for which the interval is full', () => {
    const limits = fastCheck.integer({ min: 1, max: 20 });
    const intervals = fastCheck.integer({ min: 1, max: 3000 });
    fastCheck.assert(
      fastCheck.property(waits, limits, intervals, (steps, limit, intervalMs) => {
        const clock = new ManualClock();
        const passed: number[] = [];
        for (const { atMs, admission } of ask(sliding(limit, intervalMs, clock), clock, steps)) {
          const inWindow = passed.filter((at) => at > atMs - intervalMs);
          const isFull = inWindow.length >= limit;
          const retryAfterMs = (inWindow[0] ?? atMs) + intervalMs - atMs;
          expect(admission).toEqual(isFull ? { kind: 'excess', retryAfterMs } : permit);
          if (!isFull) passed.push(atMs);
        }
      }),
    );
  });

  test('above 200 it lets no more through in any interval, and is late by a two-hundredth at most', () => {
    const limits = fastCheck.integer({ min: 201, max: 300 });
    const bursts = fastCheck.array(fastCheck.nat(30), { minLength: 400, maxLength: 1000 });
    fastCheck.assert(
      fastCheck.property(bursts, limits, (steps, limit) => {
        const intervalMs = 5000;
        const clock = new ManualClock();
        const passed: number[] = [];
        const passedSince = (atMs: number): number => passed.filter((at) => at > atMs).length;
        for (const { atMs, admission } of ask(sliding(limit, intervalMs, clock), clock, steps)) {
          const isRight = isPermit(admission)
            ? passedSince(atMs - intervalMs) < limit
            : passedSince(atMs - intervalMs - intervalMs / 200) >= limit;
          expect(isRight).toBe(true);
          if (isPermit(admission)) passed.push(atMs);
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['fixed', fixed],
    ['sliding', sliding],
  ] as const)('whoever waits as long as a %s window says gets through', (_name, make) => {
    const limits = fastCheck.integer({ min: 1, max: 20 });
    fastCheck.assert(
      fastCheck.property(waits, limits, (steps, limit) => {
        const clock = new ManualClock(nineMinutesPastNoon);
        const window = make(limit, 2000, clock);
        for (const { admission } of ask(window, clock, steps)) {
          expect(waitMs(admission)).toBeLessThanOrEqual(2000);
        }
        clock.advance(waitMs(window.admit()));
        const refusedBefore = admitted(window, limit + 1) <= limit;
        expect(refusedBefore).toBe(true);
        const last = window.admit();
        clock.advance(waitMs(last));
        expect([last.kind, window.admit().kind]).toEqual(['excess', 'permit']);
      }),
    );
  });

  test('a fixed window lets through as many as its limit, and then none until it ends', () => {
    fastCheck.assert(
      fastCheck.property(waits, fastCheck.integer({ min: 1, max: 9 }), (steps, limit) => {
        const clock = new ManualClock(nineMinutesPastNoon);
        const counts = new Map<number, number>();
        const startMs = clock.wallMs();
        for (const { atMs, admission } of ask(fixed(limit, 700, clock), clock, steps)) {
          const number = Math.floor((startMs + atMs) / 700);
          const before = counts.get(number) ?? 0;
          expect(isPermit(admission)).toBe(before < limit);
          if (isPermit(admission)) counts.set(number, before + 1);
        }
      }),
    );
  });
});
