import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { DeterministicRandom } from './deterministic-random.ts';
import type { PacedEnding } from './paced-source.ts';
import { PacedSource, gatherChunks } from './paced-source.ts';
import { timeEvents } from './time-events.ts';

/** Writes down what happens, with the time. */
function play(
  delays: readonly number[],
  options: {
    readonly pingEveryMs?: number;
    readonly accepts?: (write: number) => boolean;
    readonly ending?: PacedEnding;
    readonly stalled?: number;
  } = {},
): { clock: ManualClock; log: string[]; source: PacedSource; done: () => number } {
  const clock = new ManualClock();
  const log: string[] = [];
  let done = 0;
  let writes = 0;
  const chunks = delays.map((delayMs, index) => ({
    delayMs,
    data: `chunk${String(index)}`,
    isStalled: index === options.stalled,
  }));
  const source = new PacedSource(chunks, {
    clock,
    pingEveryMs: options.pingEveryMs ?? 0,
    ending: options.ending ?? 'end',
    onDone: () => {
      done += 1;
    },
  });
  const say = (what: string): void => {
    log.push(`${String(clock.monotonicMs())} ${what}`);
  };
  source.open({
    write: (bytes) => {
      const text = Buffer.from(bytes).toString();
      say(text.startsWith('event: ping') ? 'ping' : text);
      writes += 1;
      return options.accepts?.(writes) ?? true;
    },
    end: () => {
      say('end');
    },
    fail: (fault) => {
      say(`fail ${fault.kind}`);
    },
  });
  return { clock, log, source, done: () => done };
}

describe('time', () => {
  test('without delays everything comes at once', () => {
    const { log, clock, done } = play([0, 0]);
    expect(log).toEqual(['0 chunk0', '0 chunk1', '0 end']);
    expect([clock.pendingTimers, done()]).toEqual([0, 1]);
  });

  test('chunks come at their times', () => {
    const { log, clock } = play([0, 100, 50]);
    clock.advance(1000);
    expect(log).toEqual(['0 chunk0', '100 chunk1', '150 chunk2', '150 end']);
  });

  test('#145 a silence has pings', () => {
    const { log, clock } = play([0, 35, 5], { pingEveryMs: 10 });
    clock.advance(1000);
    expect(log).toEqual([
      '0 chunk0',
      '10 ping',
      '20 ping',
      '30 ping',
      '35 chunk1',
      '40 chunk2',
      '40 end',
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('the first content waits for firstTokenMs, the others for their tokens', () => {
    const delta = (text: string): MessagesEvent => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    });
    const events: MessagesEvent[] = [
      { type: 'ping' },
      delta('one two'),
      delta(' three four five'),
      { type: 'message_stop' },
    ];
    const pace = { firstTokenMs: 300, tokensPerSecond: 100, pingEveryMs: 0 };
    const timed = timeEvents(events, pace, new DeterministicRandom('seed'));
    expect(timed.map(({ delayMs }) => delayMs)).toEqual([0, 300, 30, 0]);
    expect(gatherChunks(timed).map(({ delayMs }) => delayMs)).toEqual([0, 300, 30]);
  });

  test('jitter stays in its bounds, and is the same for the same key', () => {
    const events: MessagesEvent[] = Array.from({ length: 50 }, (_, index) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: index === 0 ? 'x' : 'one two three four five' },
    }));
    const pace = { firstTokenMs: 100, tokensPerSecond: 50, pingEveryMs: 0, jitterPercent: 20 };
    const delays = (key: string): readonly number[] =>
      timeEvents(events, pace, new DeterministicRandom(key)).map(({ delayMs }) => delayMs);
    const [first = 0, ...rest] = delays('a');
    expect(first).toBeGreaterThanOrEqual(80);
    expect(first).toBeLessThanOrEqual(120);
    expect(Math.min(...rest)).toBeGreaterThanOrEqual(80);
    expect(Math.max(...rest)).toBeLessThanOrEqual(120);
    expect(new Set(rest).size).toBeGreaterThan(10);
    expect(delays('a')).toEqual([first, ...rest]);
    expect(delays('b')).not.toEqual([first, ...rest]);
  });

  test('lateness does not add up: what is overdue comes at once, the rest in its time', () => {
    const { log, clock, source } = play([0, 100, 100, 100], { accepts: (write) => write !== 1 });
    clock.advance(250);
    expect(log).toEqual(['0 chunk0']);
    source.resume();
    clock.advance(50);
    expect(log.slice(1)).toEqual(['250 chunk1', '250 chunk2', '300 chunk3', '300 end']);
  });

  test('a stall has no pings', () => {
    const { log, clock } = play([0, 35, 15], { pingEveryMs: 10, stalled: 1 });
    clock.advance(1000);
    expect(log).toEqual(['0 chunk0', '35 chunk1', '45 ping', '50 chunk2', '50 end']);
  });

  test.each(['cut', 'reset'] as const)('an ordered %s comes after the last chunk', (ending) => {
    const { log, clock, done } = play([0, 10], { ending });
    clock.advance(10);
    expect([log, done()]).toEqual([['0 chunk0', '10 chunk1', `10 fail ${ending}`], 1]);
  });
});

describe('back-pressure', () => {
  test('nothing is written until the sink has room again', () => {
    const { log, source } = play([0, 0, 0], { accepts: (write) => write !== 1 });
    expect(log).toEqual(['0 chunk0']);
    source.resume();
    expect(log).toEqual(['0 chunk0', '0 chunk1', '0 chunk2', '0 end']);
  });

  test('a chunk that comes due while the sink is full waits, and no ping is sent', () => {
    const { log, source, clock } = play([0, 50], { accepts: () => false, pingEveryMs: 10 });
    source.resume();
    source.resume();
    clock.advance(5);
    expect(log).toEqual(['0 chunk0']);
    clock.advance(95);
    expect(log).toEqual(['0 chunk0', '10 ping']);
    source.resume();
    expect(log).toEqual(['0 chunk0', '10 ping', '100 chunk1']);
    source.resume();
    expect(log.at(-1)).toBe('100 end');
  });
});

describe('ends early', () => {
  test('cancel leaves no timer and no more is written', () => {
    const { log, source, clock, done } = play([0, 100], { pingEveryMs: 10 });
    clock.advance(15);
    source.cancel();
    source.cancel();
    clock.advance(1000);
    expect(log).toEqual(['0 chunk0', '10 ping']);
    expect([clock.pendingTimers, done()]).toEqual([0, 1]);
  });

  test('a shutdown fails the stream', () => {
    const { log, source, clock } = play([0, 100]);
    source.shutDown();
    expect(log).toEqual(['0 chunk0', '0 fail shutdown']);
    expect(clock.pendingTimers).toBe(0);
  });
});
