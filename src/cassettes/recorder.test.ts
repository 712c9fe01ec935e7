import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import type { Appended, Recording } from './recorder.ts';
import { Recorder } from './recorder.ts';
import type { TakenExchange } from './taken-exchange.ts';

const recording: Recording = {
  cassette: 'trip',
  rules: { patterns: [], emails: 'keep', media: 'keep', mediaBytesMax: 0 },
  bounds: { exchangeBytesMax: 100, waitingBytesMax: 150, cassetteBytesMax: 1000 },
};
const taken = {} as TakenExchange;

interface Started {
  readonly recorder: Recorder;
  readonly lines: readonly string[];
  /** Lets the disk answer for the exchange that has waited longest. */
  readonly answer: (appended: Appended) => Promise<void>;
}

function start(): Started {
  const lines: string[] = [];
  const waiting: ((appended: Appended) => void)[] = [];
  const log = createLog({
    clock: new ManualClock(),
    level: () => 'warn',
    write: (line) => lines.push(line),
  });
  const sink = {
    append: () => new Promise<Appended>((resolve) => waiting.push(resolve)),
  };
  const answer = async (appended: Appended): Promise<void> => {
    waiting.shift()?.(appended);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { recorder: new Recorder(sink, log), lines, answer };
}

describe('Recorder', () => {
  test('what is taken is held until it is on disk', async () => {
    const { recorder, answer } = start();
    const taking = recorder.begin(recording, 'req_1');
    expect(taking.hold(60)).toBe(true);
    taking.keep(taken);
    expect(recorder.waitingBytes).toBe(60);
    await answer({ kind: 'written' });
    expect(recorder).toMatchObject({ waitingBytes: 0, dropped: 0 });
  });

  test('an exchange that is too large is given up once, and holds nothing', () => {
    const { recorder, lines } = start();
    const taking = recorder.begin(recording, 'req_1');
    expect([taking.hold(60), taking.hold(60), taking.hold(1)]).toEqual([true, false, false]);
    taking.keep(taken);
    expect(recorder).toMatchObject({ waitingBytes: 0, dropped: 1 });
    expect(lines.join('')).toMatch(/recording_dropped.*req_1.*too large/);
  });

  test('a slow disk costs exchanges and never memory', async () => {
    const { recorder, answer } = start();
    const first = recorder.begin(recording, 'req_1');
    const second = recorder.begin(recording, 'req_2');
    expect([first.hold(90), second.hold(90)]).toEqual([true, false]);
    first.keep(taken);
    expect(recorder.begin(recording, 'req_3').hold(90)).toBe(false);
    await answer({ kind: 'written' });
    expect(recorder.begin(recording, 'req_4').hold(90)).toBe(true);
    expect(recorder.dropped).toBe(2);
  });

  test('what the disk does not take is counted', async () => {
    const { recorder, lines, answer } = start();
    const taking = recorder.begin(recording, 'req_1');
    taking.hold(10);
    taking.keep(taken);
    await answer({ kind: 'dropped', reason: 'the cassette is full' });
    expect(recorder).toMatchObject({ waitingBytes: 0, dropped: 1 });
    expect(lines.join('')).toContain('the cassette is full');
  });
});
