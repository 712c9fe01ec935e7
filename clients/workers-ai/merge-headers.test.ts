import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeHeaders } from './merge-headers.ts';

test('of two values the later is sent, whatever the case of the name', () => {
  const headers = mergeHeaders([
    { 'Content-Type': 'x/y', 'x-a': 1 },
    undefined,
    new Headers({ 'content-type': 'a/b' }),
    { 'CONTENT-TYPE': 'application/json' },
  ]);
  expect(Object.fromEntries(headers)).toEqual({ 'content-type': 'application/json', 'x-a': '1' });
});

test('any text arrives as its UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-composite' }), (text) => {
      const wanted = text.replaceAll(/[^ -~\u{a0}-\u{10ffff}]/gu, '').trim();
      const sent = mergeHeaders([{ 'x-a': wanted }]).get('x-a') ?? '';
      expect(Buffer.from(sent, 'latin1').toString('utf8').trim()).toBe(wanted);
    }),
  );
});
