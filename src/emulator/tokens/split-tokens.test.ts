import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { countTokens, splitTokens } from './split-tokens.ts';

test.each<[string, readonly string[]]>([
  ['Say hi.', ['Say', ' hi', '.']],
  ['in 2026, twice', ['in', ' 202', '6', ',', ' twice']],
  ['internationalization', ['inter', 'natio', 'naliz', 'ation']],
  ['a  b\n\nc', ['a', ' ', ' b', '\n\n', 'c']],
  ['漢字', ['漢', '字']],
  ['👍🏽', ['👍', '🏽']],
  ['', []],
])('%j', (text, pieces) => {
  expect(splitTokens(text)).toEqual(pieces);
});

test('the pieces are the text, and their count is the count', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.string({ unit: 'binary' }), (text) => {
      const pieces = splitTokens(text);
      expect(pieces.join('')).toBe(text);
      expect(countTokens(text)).toBe(pieces.length);
      expect(pieces.every((piece) => piece.length > 0 && piece.length <= 17)).toBe(true);
      expect(pieces.every((piece) => piece.isWellFormed()) || !text.isWellFormed()).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
