import { describe, expect, test } from 'vitest';
import {
  blockStop,
  closing,
  messageDelta,
  messageStart,
  messageStop,
  opening,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { WholeEvents } from './whole-events.ts';

interface Reading {
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly clock: ManualClock;
  readonly missingEnds: () => number;
}

function reading(): Reading {
  const source = new FedSource();
  const sink = new NotingSink();
  const clock = new ManualClock();
  let missing = 0;
  const whole = new WholeEvents(source, {
    clock,
    onMissingEnd: () => {
      missing += 1;
    },
  });
  whole.open(sink);
  return { source, sink, clock, missingEnds: () => missing };
}

const cut = { kind: 'cut', detail: '' } as const;

describe('events that are read whole (reliability §2.2, phase P5)', () => {
  test('are what came, in one piece or byte by byte', () => {
    for (const size of [1, 7, 10_000]) {
      const { source, sink, missingEnds } = reading();
      const bytes = Buffer.from(wholeStream);
      for (let at = 0; at < bytes.length; at += size) source.say(bytes.subarray(at, at + size));
      source.sink.end();
      expect([sink.text, sink.ends, missingEnds()]).toEqual([wholeStream, ['end'], 0]);
    }
  });

  test.each<[string, (all: Reading) => void]>([
    ['it ends', ({ source }) => source.sink.end()],
    ['it is cut', ({ source }) => source.sink.fail(cut)],
    ['it is silent for five seconds', ({ clock }) => clock.advance(5000)],
    ['it starts anew', ({ source }) => source.say(messageStart)],
    ['a line does not end', ({ source }) => source.say(`data: ${'x'.repeat(1_100_000)}`)],
    [
      'it ends within its last event',
      ({ source }) => {
        source.say(messageStop.slice(0, 30));
        source.sink.end();
      },
    ],
  ])('lack only their end, and %s: it is said for them', (_name, happen) => {
    const all = reading();
    all.source.say(opening + blockStop + messageDelta);
    happen(all);
    const { sink, source, clock } = all;
    expect([sink.text, sink.ends]).toEqual([opening + closing, ['end']]);
    expect([all.missingEnds(), clock.pendingTimers]).toEqual([1, 0]);
    expect(source.cancelled).toBe(1);
    source.say(messageStop);
    expect(sink.ends).toEqual(['end']);
  });

  test.each<[string, (all: Reading) => void, string]>([
    ['end', ({ source }) => source.sink.end(), 'end'],
    ['are cut', ({ source }) => source.sink.fail(cut), 'fail cut'],
  ])('that %s before that stay as they are', (_name, happen, end) => {
    const all = reading();
    all.source.say(opening + blockStop);
    happen(all);
    expect([all.sink.text, all.sink.ends]).toEqual([opening + blockStop, [end]]);
    expect(all.missingEnds()).toBe(0);
  });

  test('whose connection stays open have ended a second later', () => {
    const { source, sink, clock } = reading();
    source.say(wholeStream);
    clock.advance(1000);
    expect([sink.text, sink.ends, source.cancelled]).toEqual([wholeStream, ['end'], 1]);
    expect(clock.pendingTimers).toBe(0);
  });
});
