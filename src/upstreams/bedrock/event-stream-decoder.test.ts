import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from 'node:zlib';
import { eventMessage } from '../../../test/support/bedrock-server.ts';
import { EventStreamDecoder, MESSAGE_BYTES_MAX } from './event-stream-decoder.ts';

interface Read {
  readonly messages: readonly (readonly [headers: object, payload: string])[];
  readonly fault: string | undefined;
  readonly isWithinMessage: boolean;
}

function decode(pieces: readonly Uint8Array[]): Read {
  const messages: (readonly [object, string])[] = [];
  const decoder = new EventStreamDecoder(({ headers, payload }) => {
    messages.push([Object.fromEntries(headers), Buffer.from(payload).toString()]);
  });
  for (const piece of pieces) decoder.push(piece);
  return { messages, fault: decoder.fault, isWithinMessage: decoder.isWithinMessage };
}

/** `bytes` cut behind each of the offsets, in memory that is written over after each piece. */
function cut(bytes: Uint8Array, offsets: readonly number[]): readonly Uint8Array[] {
  const places = [...new Set(offsets)].filter((at) => at < bytes.length).toSorted((a, b) => a - b);
  return [...places, bytes.length].map((end, index) =>
    Uint8Array.from(bytes.subarray(places[index - 1] ?? 0, end)),
  );
}

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const messages = fc.array(
  fc.record({
    headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), text, { maxKeys: 4 }),
    payload: fc.oneof(text, fc.string({ minLength: 3000, maxLength: 5000 })),
  }),
  { maxLength: 6 },
);

describe('an AWS event stream', () => {
  test('is the same messages however it is cut', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat(6000), { maxLength: 40 }), (given, offsets) => {
        const bytes = Buffer.concat(
          given.map(({ headers, payload }) => eventMessage(headers, payload)),
        );
        const wanted = given.map(({ headers, payload }) => [{ ...headers }, payload]);
        const read = decode(cut(bytes, offsets));
        expect(read.messages.map(([headers, payload]) => [{ ...headers }, payload])).toEqual(
          wanted,
        );
        expect([read.fault, read.isWithinMessage]).toEqual([undefined, false]);
      }),
    );
  });

  test('that lost or changed a bit is a fault, and nothing of the message is handed out', () => {
    const bytes = eventMessage({ ':message-type': 'event' }, '{"bytes":"e30="}');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), fc.array(fc.nat(100)), (bit, offsets) => {
        const torn = Buffer.from(bytes);
        torn[bit >> 3] = (torn[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const { messages: read, fault } = decode(cut(torn, offsets));
        expect(read).toEqual([]);
        expect(fault).toMatch(/checksum/);
      }),
    );
  });

  test('of any other bytes is a fault or waits for more, within bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), (bytes) => {
        expect(decode([bytes])).toMatchObject({
          messages: [],
          fault: expect.any(String) as string,
        });
      }),
    );
  });

  test('says nothing more after a fault', () => {
    const message = eventMessage({ a: 'b' }, 'c');
    const { messages: read, fault } = decode([message, Buffer.alloc(12, 1), message]);
    expect(read).toHaveLength(1);
    expect(fault).toBe('the checksum of a prelude is wrong');
  });

  test('is within a message until its last byte', () => {
    const message = eventMessage({ a: 'b' }, 'c');
    expect(decode([message.subarray(0, -1)])).toMatchObject({
      messages: [],
      isWithinMessage: true,
    });
  });
});

function prelude(length: number, headersBytes: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(headersBytes, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  return bytes;
}

test.each<[string, Buffer, string | undefined]>([
  ['too short for itself', prelude(15, 0), 'a message of 15 bytes'],
  ['the largest', prelude(MESSAGE_BYTES_MAX, 0), undefined],
  ['too large', prelude(MESSAGE_BYTES_MAX + 1, 0), 'a message of 16777217 bytes'],
  ['with headers beyond its end', prelude(20, 5), 'headers of 5 bytes'],
  ['with too many headers', prelude(400_000, 131_073), 'headers of 131073 bytes'],
])('a message %s is judged by its prelude', (_name, bytes, fault) => {
  expect(decode([bytes]).fault).toBe(fault);
});

/** A message around headers as they are. */
function withHeaders(headers: readonly number[]): Buffer {
  const summed = Buffer.concat([
    prelude(16 + headers.length, headers.length),
    Buffer.from(headers),
  ]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(summed));
  return Buffer.concat([summed, sum]);
}

const a = [1, 0x61];
test.each<[string, readonly number[], object | undefined]>([
  ['a text', [...a, 7, 0, 1, 0x62], { a: 'b' }],
  [
    'values that are no texts',
    [...a, 0, ...a, 4, 1, 2, 3, 4, ...a, 6, 0, 1, 9, ...a, 8, 1, 2, 3, 4, 5, 6, 7, 8],
    {},
  ],
  ['an unknown type', [...a, 10], undefined],
  ['no type', a, undefined],
  ['a text that goes on too long', [...a, 7, 0, 2, 0x62], undefined],
  ['half a length', [...a, 7, 0], undefined],
  ['half a number', [...a, 5, 1], undefined],
])('headers: %s', (_name, headers, wanted) => {
  const { messages: read, fault } = decode([withHeaders(headers)]);
  expect(read).toEqual(wanted === undefined ? [] : [[wanted, '']]);
  expect(fault).toBe(wanted === undefined ? 'a header that cannot be read' : undefined);
});
