import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import { LoadShedding } from './load-shedding.ts';
import { watchProcessLoad } from './process-load.ts';

/** A process that fares as the test says. */
function shedding(limits: { readonly eventLoopMs?: number } = {}): {
  readonly load: { delayMs: number; heapPercent: number };
  readonly refused: () => readonly [boolean, boolean];
  /** Lets a second go by, in which somebody asks. */
  readonly second: () => void;
  readonly lines: string[];
} {
  const clock = new ManualClock();
  const load = { delayMs: 0, heapPercent: 10 };
  const lines: string[] = [];
  const shedder = new LoadShedding({
    clock,
    load: { takeDelayP99Ms: () => load.delayMs, heapPercent: () => load.heapPercent },
    limits: () => ({
      eventLoopMs: 100,
      streamsHeapPercent: 85,
      requestsHeapPercent: 92,
      ...limits,
    }),
    log: createLog({ clock, level: () => 'info', write: (line) => lines.push(line) }),
  });
  const refused = (): readonly [boolean, boolean] => [
    shedder.refuses('stream') !== undefined,
    shedder.refuses('request') !== undefined,
  ];
  const second = (): void => {
    clock.advance(1000);
    shedder.refuses('request');
  };
  return { load, refused, second, lines };
}

describe('what a process without room refuses (reliability §1.2)', () => {
  test.each<[number, readonly [boolean, boolean]]>([
    [85, [false, false]],
    [85.1, [true, false]],
    [92, [true, false]],
    [92.1, [true, true]],
  ])('a heap that is full to %d %%: streams and requests %j', (heapPercent, expected) => {
    const { load, refused, second } = shedding();
    load.heapPercent = heapPercent;
    expect(refused()).toEqual([false, false]);
    second();
    expect(refused()).toEqual(expected);
    load.heapPercent = 50;
    second();
    expect(refused()).toEqual([false, false]);
  });

  test('a loop that is late for five seconds refuses everything, until it is not', () => {
    const { load, refused, second, lines } = shedding();
    load.delayMs = 101;
    for (let at = 0; at < 4; at += 1) second();
    expect(refused()).toEqual([false, false]);
    second();
    expect(refused()).toEqual([true, true]);
    load.delayMs = 100;
    second();
    expect(refused()).toEqual([false, false]);
    expect(lines.map((line) => /"level":"?(all|none)/.exec(line)?.[1])).toHaveLength(2);
  });

  test('one long step is no overload', () => {
    const { load, refused, second } = shedding();
    for (let at = 0; at < 20; at += 1) {
      load.delayMs = at % 5 === 4 ? 10 : 5000;
      second();
    }
    expect(refused()).toEqual([false, false]);
  });

  test('0 is never', () => {
    const { load, refused, second } = shedding({ eventLoopMs: 0 });
    load.delayMs = 10_000;
    for (let at = 0; at < 10; at += 1) second();
    expect(refused()).toEqual([false, false]);
  });
});

test('this process can be looked at', () => {
  const load = watchProcessLoad();
  expect(load.takeDelayP99Ms()).toBeGreaterThanOrEqual(0);
  expect(load.heapPercent()).toBeGreaterThan(0);
  expect(load.heapPercent()).toBeLessThan(100);
});
