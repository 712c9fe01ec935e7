import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../test/support/cpu-time.ts';
import type { FrameType } from './frame.ts';
import { FrameSplitter } from './split-frames.ts';

/** What is not linear takes minutes. */
const SECONDS_MAX = 10;

interface SplitResult {
  readonly frames: readonly (readonly [FrameType, string])[];
  readonly passed: string;
  readonly fault: string | undefined;
}

function split(
  chunks: readonly Uint8Array[],
  bounds?: { lineBytesMax: number; eventBytesMax: number },
): SplitResult {
  const frames: [FrameType, string][] = [];
  const passed: Uint8Array[] = [];
  const splitter = new FrameSplitter((type, bytes, start, end) => {
    frames.push([type, Buffer.from(bytes.subarray(start, end)).toString()]);
  }, bounds);
  for (const chunk of chunks) {
    const complete = splitter.push(chunk);
    if (complete !== undefined) passed.push(Buffer.from(complete));
  }
  const rest = splitter.end();
  if (rest !== undefined) passed.push(Buffer.from(rest));
  return { frames, passed: Buffer.concat(passed).toString(), fault: splitter.fault };
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const points = [
    0,
    ...at.map((point) => point % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return points.slice(1).map((point, index) => bytes.subarray(points[index], point));
}

const start = 'event: message_start\ndata: {"type":"message_start"}\n\n';
const ping = 'event: ping\ndata: {"type": "ping"}\n\n';

describe('FrameSplitter', () => {
  test.each<[string, string, readonly FrameType[]]>([
    ['two events', start + ping, ['message_start', 'ping']],
    ['CRLF', (start + ping).replaceAll('\n', '\r\n'), ['message_start', 'ping']],
    ['CR', (start + ping).replaceAll('\n', '\r'), ['message_start', 'ping']],
    ['a byte order mark', `\uFEFF${start}`, ['message_start']],
    ['no space after the colon', 'event:ping\ndata:{}\n\n', ['ping']],
    ['an event type of next year', 'event: message_hum\ndata: {}\n\n', ['other']],
    ['a longer name with a known beginning', 'event: pingx\ndata: {}\n\n', ['other']],
    ['a comment', ': keep-alive\n\n', ['none']],
    ['no event line: the data says', 'data: {"type":"message_stop"}\n\n', ['message_stop']],
    ['no event line, no JSON', 'data: [DONE]\n\n', ['none']],
    ['blank lines between events', `${start}\n\n${ping}`, ['message_start', 'ping']],
    [
      'an end without its blank line',
      `${start}event: message_stop\ndata: {}`,
      ['message_start', 'message_stop'],
    ],
    ['an end with one newline', 'event: message_stop\ndata: {}\n', ['message_stop']],
    ['multi-byte text', 'event: ping\ndata: "é漢😀"\n\n', ['ping']],
    ['nothing', '', []],
    ['newlines alone', '\n\n\n', []],
  ])('%s', (_name, text, types) => {
    const bytes = Buffer.from(text);
    const whole = split([bytes]);
    expect(whole.frames.map(([type]) => type)).toEqual(types);
    expect(whole.passed).toBe(text);
    const single = split([...bytes].map((byte) => Uint8Array.of(byte)));
    expect(single).toEqual(whole);
  });

  test('any chunking gives the same frames and the same bytes', () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const event = fc
      .tuple(fc.constantFrom('ping', 'content_block_delta', 'error', 'novel'), fc.string(), lineEnd)
      .map(([type, text, eol]) => `event: ${type}${eol}data: ${JSON.stringify(text)}${eol}${eol}`);
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (events, at) => {
          const text = events.join('');
          const bytes = Buffer.from(text);
          const whole = split([bytes]);
          expect(whole.frames.map(([, frame]) => frame).join('')).toBe(text);
          expect(split(cut(bytes, at))).toEqual(whole);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('whole events are passed on at once, a part of one is held', () => {
    const splitter = new FrameSplitter(() => {});
    expect(splitter.push(Buffer.from(start + ping.slice(0, 5)))?.toString()).toBe(start);
    expect(splitter.push(Buffer.from(ping.slice(5, 9)))).toBeUndefined();
    expect(Buffer.from(splitter.push(Buffer.from(ping.slice(9))) ?? []).toString()).toBe(ping);
  });

  test('a chunk of whole events is passed on without a copy', () => {
    const chunk = Buffer.from(start + ping);
    expect(new FrameSplitter(() => {}).push(chunk)).toBe(chunk);
  });

  test('a line and an event have bounds', () => {
    const bounds = { lineBytesMax: 64, eventBytesMax: 200 };
    expect(split([Buffer.from(`data: ${'x'.repeat(100)}`)], bounds).fault).toContain('a line');
    expect(split([Buffer.from(`data: ${'x'.repeat(100)}\n\n`)], bounds).fault).toContain('a line');
    const lines = `data: ${'x'.repeat(40)}\n`.repeat(6);
    expect(split([Buffer.from(lines)], bounds).fault).toContain('an event');
    expect(split([Buffer.from(`data: ${'x'.repeat(50)}\n\n`)], bounds).fault).toBeUndefined();
  });

  test('nothing of what follows a line that is too long is passed on', () => {
    const bounds = { lineBytesMax: 64, eventBytesMax: 2000 };
    const bytes = Buffer.from(`${ping}data: ${'x'.repeat(100)}\n\n${start}`);
    expect(split([bytes], bounds)).toMatchObject({ frames: [['ping', ping]], passed: ping });
  });

  test('many small chunks of one large event stay linear', async () => {
    const bytes = Buffer.from(`data: ${'x'.repeat(1_000_000)}\n\n`);
    const chunks = Array.from({ length: 10_000 }, (_, index) =>
      bytes.subarray(index * 101, (index + 1) * 101),
    );
    const seconds = await cpuSecondsOf(() => {
      expect(split(chunks).frames).toHaveLength(1);
    });
    expect(seconds).toBeLessThan(SECONDS_MAX);
  });
});
