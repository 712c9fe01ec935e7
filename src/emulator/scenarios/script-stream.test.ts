import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScenarioFault } from '../../config/scenario.ts';
import type { StreamScript } from './script-stream.ts';
import { scriptStream, scriptWhole } from './script-stream.ts';

const events = ['event: a\ndata: {"n":0}\n\n', 'event: b\ndata: {"n":"é"}\n\n', 'event: c\n\n'].map(
  (text) => ({ delayMs: 10, text }),
);
const whole = events.map(({ text }) => text).join('');

const bytesOf = ({ chunks }: StreamScript): Buffer =>
  Buffer.concat(chunks.map(({ data }) => Buffer.from(data)));
const textOf = (script: StreamScript): string => bytesOf(script).toString();
const script = (...faults: ScenarioFault[]): StreamScript => scriptStream(events, faults, 'req_1');

describe('faults by event', () => {
  test('without any, a stream is what it was', () => {
    expect(script()).toMatchObject({ ending: 'end', isScripted: false });
    expect(textOf(script())).toBe(whole);
  });

  test.each(['cut', 'reset'] as const)('%s comes before the event', (kind) => {
    const cut = script({ kind, at_event: 1 });
    expect([textOf(cut), cut.ending, cut.isScripted]).toEqual([events[0]?.text, kind, true]);
    expect(script({ kind, at_event: 0 }).chunks).toEqual([]);
  });

  test('a close without an end leaves the last event out', () => {
    const closed = script({ kind: 'close_without_message_stop' });
    expect(textOf(closed)).toBe(whole.slice(0, -(events[2]?.text.length ?? 0)));
    expect(closed).toMatchObject({ ending: 'end', isScripted: true });
  });

  test('an event far behind the end is the last', () => {
    expect(script({ kind: 'cut', at_event: 99 })).toEqual(script({ kind: 'cut', at_event: 2 }));
  });

  test('a stall is a wait of its own, without pings', () => {
    const { chunks, ending } = script({ kind: 'stall', at_event: 1, ms: 5000 });
    expect(chunks[1]).toEqual({ delayMs: 5000, data: '', isStalled: true });
    expect([textOf({ chunks, ending, isScripted: true }), ending]).toEqual([whole, 'end']);
  });

  test('pings, more than one should be', () => {
    const pinged = script({ kind: 'duplicate_ping', at_event: 1, count: 3 });
    expect(textOf(pinged).match(/event: ping/g)).toHaveLength(3);
    expect(pinged.isScripted).toBe(false);
  });

  test('half of the JSON, in a frame that is complete', () => {
    const text = textOf(script({ kind: 'malformed_event', at_event: 1 }));
    const [first, second, third] = text.split('\n\n');
    expect([first, third]).toEqual(['event: a\ndata: {"n":0}', 'event: c']);
    expect(second).toBe('event: b\ndata: {"n":');
  });

  test('a character in two', () => {
    const { chunks } = script({ kind: 'split_utf8', at_event: 1 });
    const parts = chunks.map(({ data }) => Buffer.from(data));
    expect(parts[1]?.at(-1)).toBe(0xc3);
    expect(parts[2]?.at(0)).toBe(0xa9);
    expect(chunks[2]).toMatchObject({ delayMs: 20, isStalled: true });
    expect(Buffer.concat(parts).toString()).toBe(whole);
  });

  test('#142 an error event is the end', () => {
    const error = { type: 'overloaded_error' } as const;
    const failed = script({ kind: 'error_event', at_event: 1, error });
    expect(textOf(failed).slice(events[0]?.text.length)).toBe(
      'event: error\ndata: {"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}\n\n',
    );
    expect(failed).toMatchObject({ ending: 'end', isScripted: false });
  });

  test('several, in one stream', () => {
    const many = script(
      { kind: 'stall', at_event: 0, ms: 1 },
      { kind: 'duplicate_ping', at_event: 1 },
      { kind: 'malformed_event', at_event: 1 },
      { kind: 'reset', at_event: 2 },
    );
    expect(many.ending).toBe('reset');
    expect(textOf(many)).toContain('event: ping');
    expect(textOf(many)).not.toContain('event: c');
  });
});

describe('faults by byte', () => {
  test('a cut is there to the byte, wherever it is', () => {
    const all = Buffer.from(whole);
    fastCheck.assert(
      fastCheck.property(fastCheck.nat(all.length + 20), (at) => {
        const cut = script({ kind: 'cut', at_byte: at });
        expect(bytesOf(cut)).toEqual(all.subarray(0, at));
        expect(cut.ending).toBe('cut');
      }),
    );
  });

  test('stalls split the bytes and lose none', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.array(fastCheck.nat(80), { maxLength: 5 }), (offsets) => {
        const faults = offsets.map((at) => ({ kind: 'stall', ms: 7, at_byte: at }) as const);
        const stalled = script(...faults);
        expect(textOf(stalled)).toBe(whole);
        expect(stalled.chunks.filter(({ isStalled }) => isStalled)).toHaveLength(offsets.length);
      }),
    );
  });
});

describe('an answer in one piece', () => {
  const body = '{"text":"é"}';
  test('is one event', () => {
    expect(scriptWhole(body, [{ kind: 'cut', at_event: 5 }]).chunks).toEqual([]);
    expect(textOf(scriptWhole(body, [{ kind: 'cut', at_byte: 3 }]))).toBe('{"t');
  });

  test('knows no events of a stream', () => {
    const faults: readonly ScenarioFault[] = [
      { kind: 'duplicate_ping', at_event: 0 },
      { kind: 'close_without_message_stop' },
    ];
    expect(scriptWhole(body, faults)).toMatchObject({ isScripted: false, ending: 'end' });
  });
});
