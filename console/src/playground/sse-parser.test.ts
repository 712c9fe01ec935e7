import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SseItem } from './sse-parser.ts';
import { SseParser } from './sse-parser.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function parsed(chunks: readonly Uint8Array[], lettersMax?: number): readonly SseItem[] {
  const parser = new SseParser(lettersMax);
  return chunks.flatMap((chunk) => parser.push(chunk));
}

test.each<[string, string, readonly SseItem[]]>([
  ['an event', 'event: a\ndata: 1\n\n', [{ kind: 'event', event: 'a', data: '1' }]],
  ['an event without a name', 'data: 1\n\n', [{ kind: 'event', event: 'message', data: '1' }]],
  ['lines of data', 'data: 1\ndata: 2\n\n', [{ kind: 'event', event: 'message', data: '1\n2' }]],
  ['no space after the colon', 'data:1\n\n', [{ kind: 'event', event: 'message', data: '1' }]],
  ['one space is left out', 'data:  1\n\n', [{ kind: 'event', event: 'message', data: ' 1' }]],
  ['a field without a colon', 'data\n\n', [{ kind: 'event', event: 'message', data: '' }]],
  ['carriage returns', 'event: a\r\ndata: 1\r\n\r\n', [{ kind: 'event', event: 'a', data: '1' }]],
  [
    'returns alone',
    'data: 1\r\rdata: 2\r\r',
    [
      { kind: 'event', event: 'message', data: '1' },
      { kind: 'event', event: 'message', data: '2' },
    ],
  ],
  ['a comment', ': cost {}\n\n', [{ kind: 'comment', text: 'cost {}' }]],
  [
    'a name without data is no event',
    'event: a\n\ndata: 1\n\n',
    [{ kind: 'event', event: 'message', data: '1' }],
  ],
  [
    'unknown fields',
    'id: 7\nretry: 1\ndata: 1\n\n',
    [{ kind: 'event', event: 'message', data: '1' }],
  ],
  ['what is not ended', 'data: 1\n', []],
  [
    'a mark of the byte order',
    '\uFEFFdata: 1\n\n',
    [{ kind: 'event', event: 'message', data: '1' }],
  ],
])('reads %s', (_name, text, items) => {
  expect(parsed([bytesOf(text)])).toEqual(items);
});

test('reads the same however the bytes are cut', () => {
  const letter = fc.constantFrom('a', ':', ' ', '\t', '"', 'ü', '€', '😀', '\uFEFF', '\0');
  const line = fc.oneof(
    fc.constantFrom('data: ', 'event: a', ': comment', '', 'data: ü€😀', 'id: 1'),
    fc.string({ unit: letter }).map((text) => `data: ${text}`),
  );
  const end = fc.constantFrom('\n', '\r\n', '\r');
  const stream = fc
    .array(fc.tuple(line, end), { maxLength: 12 })
    .map((lines) => bytesOf(lines.flat().join('')));
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });
  fc.assert(
    fc.property(stream, cuts, (bytes, places) => {
      const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
      const sorted = at.toSorted((left, right) => left - right);
      const chunks = sorted.slice(1).map((to, index) => bytes.slice(sorted[index], to));
      expect(parsed(chunks)).toEqual(parsed([bytes]));
    }),
  );
});

test('an event beyond the bound ends the reading, in however small pieces it comes', () => {
  const chunks = ['data: 1\n\ndata: ', 'x'.repeat(40), 'x'.repeat(40), '\n\ndata: 2\n\n'];
  expect(parsed(chunks.map(bytesOf), 64)).toEqual([
    { kind: 'event', event: 'message', data: '1' },
    { kind: 'overflow' },
  ]);
});

test('says whether an event was begun and not ended', () => {
  const parser = new SseParser();
  parser.push(bytesOf('data: 1\n'));
  expect(parser.isWithinEvent).toBe(true);
  parser.push(bytesOf('\n'));
  expect(parser.isWithinEvent).toBe(false);
});
