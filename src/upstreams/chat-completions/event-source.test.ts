import { describe, expect, test } from 'vitest';
import {
  callDelta,
  chunk,
  engineStream,
  finish,
  usageChunk,
} from '../../../test/support/engine-chunks.ts';
import { FedSource, NotingSink } from '../../../test/support/fed-source.ts';
import { ManualClock } from '../../std/manual-clock.ts';
import { ChatEventSource } from './event-source.ts';

const options = {
  requestId: 'req_X',
  hidden: ['secret-host'],
  facts: {
    model: 'm',
    idStem: 'X',
    stopSequences: [],
    roughInputTokens: 1,
    countInput: () => 1,
    countOutput: () => 1,
  },
};

const chunks = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Hm' }),
  chunk({ content: 'wörld 🌍' }),
  chunk(callDelta(0, { name: 'f', arguments: '{"a":' }, 'c1')),
  chunk(callDelta(0, { arguments: '"é"}' })),
  finish('tool_calls'),
  usageChunk,
];
const stream = engineStream(chunks);

function open(): {
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly events: ChatEventSource;
  readonly clock: ManualClock;
} {
  const source = new FedSource();
  const sink = new NotingSink();
  const clock = new ManualClock();
  const events = new ChatEventSource(source, options, clock);
  events.open(sink);
  return { source, sink, events, clock };
}

function said(pieces: readonly Uint8Array[]): string {
  const { source, sink } = open();
  for (const piece of pieces) source.say(piece);
  source.sink.end();
  expect(sink.ends).toEqual(['end']);
  return sink.text;
}

const typesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^event: (\w+)$/gm)].map(([, type = '']) => type);

describe('bytes', () => {
  const bytes = Buffer.from(stream);
  const whole = said([bytes]);

  test('a whole stream ends', () => {
    expect(typesIn(whole).slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect(whole).toContain('wörld 🌍');
  });

  test('cut at any byte, the events are the same', () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(said([bytes.subarray(0, at), bytes.subarray(at)])).toBe(whole);
    }
  });

  test('byte by byte, too', () => {
    expect(said([...bytes].map((byte) => Buffer.from([byte])))).toBe(whole);
  });

  test.each([
    ['other line ends', stream.replaceAll('\n', '\r\n')],
    ['no space behind the colon', stream.replaceAll('data: ', 'data:')],
    ['a byte order mark', `\uFEFF${stream}`],
    ['no mark at the end', engineStream(chunks, '')],
    ['no blank line at the end', engineStream(chunks, 'data: [DONE]')],
    ['no blank line behind the last chunk', engineStream(chunks, '').trimEnd()],
    ['an event name', stream.replaceAll('data: ', 'event: message\ndata: ')],
    ['something behind the end', `${stream}data: {"choices":[]}\n\n`],
    ['half an event behind the end', `${engineStream(chunks, '')}data: {"cho`],
  ])('%s makes no difference', (_name, text) => {
    expect(said([Buffer.from(text)])).toBe(whole);
  });

  test('comments are pings, once it has begun', () => {
    const text = `: at work\n\n${engineStream(chunks.slice(0, 2), '')}: at work\n\n`;
    const types = typesIn(said([Buffer.from(text)]));
    expect(types.filter((type) => type === 'ping')).toHaveLength(1);
    expect(types[0]).toBe('message_start');
  });
});

describe('an engine that has finished and says no more', () => {
  const finished = engineStream(chunks, '');

  test('has five seconds for its end', () => {
    const { source, sink, clock } = open();
    source.say(finished);
    clock.advance(4999);
    expect(sink.ends).toEqual([]);
    clock.advance(1);
    expect(typesIn(sink.text).slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect([sink.ends, source.cancelled, clock.pendingTimers]).toEqual([['end'], 1, 0]);
    source.sink.end();
    expect(sink.ends).toEqual(['end']);
  });

  test('is not one that nobody reads on', () => {
    const { source, sink, events, clock } = open();
    sink.takesMore = false;
    source.say(finished);
    clock.advance(60_000);
    expect(sink.ends).toEqual([]);
    sink.takesMore = true;
    events.resume();
    clock.advance(5000);
    expect(sink.ends).toEqual(['end']);
  });

  test('leaves no timer where its reader has gone', () => {
    const { source, events, clock } = open();
    source.say(finished);
    events.cancel();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('streams that break', () => {
  test.each([
    ['before a reason', engineStream(chunks.slice(0, 3), '')],
    ['with a mark but no reason', engineStream(chunks.slice(0, 3))],
    ['in the midst of an event', `${engineStream(chunks.slice(0, 3), '')}data: {"cho`],
    ['with nothing at all', ''],
  ])('%s: no end is made up', (_name, text) => {
    expect(typesIn(said([Buffer.from(text)]))).not.toContain('message_stop');
  });

  test('a connection that breaks is passed on as that', () => {
    const { source, sink } = open();
    source.say(engineStream(chunks.slice(0, 3), ''));
    source.sink.fail({ kind: 'cut', detail: 'x' });
    expect([typesIn(sink.text).at(-1), sink.ends]).toEqual(['content_block_delta', ['fail cut']]);
  });

  test('a connection that breaks behind the reason has lost nothing', () => {
    const { source, sink } = open();
    source.say(engineStream(chunks.slice(0, 6), ''));
    source.sink.fail({ kind: 'cut', detail: 'x' });
    expect([typesIn(sink.text).at(-1), sink.ends]).toEqual(['message_stop', ['end']]);
  });

  test('an error of the engine is one event, and the last', () => {
    const error = { error: { message: 'secret-host is full', type: 'overloaded_error' } };
    const text = said([Buffer.from(engineStream([...chunks.slice(0, 3), error, ...chunks]))]);
    expect(typesIn(text).slice(-1)).toEqual(['error']);
    expect(text).toContain(
      '{"type":"error","error":{"details":null,"type":"overloaded_error","message":"[redacted] is full"},"request_id":"req_X"}',
    );
  });

  test('what is no JSON is said to be broken', () => {
    const text = said([Buffer.from('data: <html>\n\n')]);
    expect(text).toContain('broken stream: an event whose data is no JSON');
  });

  test('an event without an end is cut', () => {
    const { source, sink } = open();
    source.say(`data: ${'x'.repeat(2 * 1024 * 1024)}`);
    expect(sink.text).toContain('a line of more than 1048576 bytes');
  });
});

describe('both directions', () => {
  test('a full reader stops the engine, and one that reads again starts it', () => {
    const { source, sink, events } = open();
    sink.takesMore = false;
    expect(source.say(engineStream(chunks.slice(0, 3), ''))).toBe(false);
    events.resume();
    expect(source.resumed).toBe(1);
  });

  test('what brings no event asks for more', () => {
    const { source, sink } = open();
    sink.takesMore = false;
    expect(source.say(': at work\n\n')).toBe(true);
  });

  test('one write for all that a chunk brings', () => {
    const { source, sink } = open();
    source.say(stream);
    expect(sink.chunks).toHaveLength(1);
  });

  test('a reader who leaves frees the engine', () => {
    const { source, events } = open();
    events.cancel();
    expect(source.cancelled).toBe(1);
  });
});
