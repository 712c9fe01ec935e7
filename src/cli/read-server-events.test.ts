import { expect, test } from 'vitest';
import type { ServerEvent } from './read-server-events.ts';
import { readServerEvents } from './read-server-events.ts';

const stream =
  'event: one\r\ndata: {"a":"ä"}\r\n\r\n: cost {"x":1}\n\ndata: two\ndata: lines\n\ndata: [DONE]\n\n';
const events: readonly ServerEvent[] = [
  { kind: 'event', data: '{"a":"ä"}' },
  { kind: 'comment', text: 'cost {"x":1}' },
  { kind: 'event', data: 'two\nlines' },
  { kind: 'event', data: '[DONE]' },
];

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

async function allOf(body: AsyncIterable<Uint8Array>): Promise<readonly ServerEvent[]> {
  const read: ServerEvent[] = [];
  for await (const event of readServerEvents(body)) read.push(event);
  return read;
}

test('events and comments are read whatever way the chunks are cut', async () => {
  const bytes = Buffer.from(stream);
  for (let size = 1; size <= bytes.length; size += 1) {
    expect(await allOf(cut(bytes, size))).toEqual(events);
  }
});

test('an event that does not end is none', async () => {
  const bytes = Buffer.from('data: one\n\ndata: tw');
  expect(await allOf(cut(bytes, 4))).toEqual([{ kind: 'event', data: 'one' }]);
});
