import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../../test/support/cpu-time.ts';
import { countTokens, splitTokens } from './split-tokens.ts';

/** What is not linear takes minutes. */
const SECONDS_MAX = 10;

const newer = { vocabulary: 'generation-5', opensWord: false } as const;

describe('splitTokens', () => {
  test.each<[string, readonly string[]]>([
    ['Say hi.', ['Say', ' hi', '.']],
    ['hello, world', ['hello', ',', ' world']],
    ['in 2026, twice', ['in', ' ', '2', '026', ',', ' twice']],
    ['NASA likes tokenizers', ['NASA', ' likes', ' token', 'izers']],
    ["What's up?", ['What', "'s", ' up', '?']],
    ['  indented\n  x', ['  ', 'ind', 'ented', '\n', '  ', 'x']],
    ['a\n\n', ['a\n\n']],
    ['漢字です', ['', '', '漢', '字', 'です']],
    ['👍🏽', ['', '', '👍', '', '', '🏽']],
    ['', []],
  ])('%j', (text, pieces) => {
    expect(splitTokens(text)).toEqual(pieces);
  });

  test('the pieces are the text, and their count is the count', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.string({ unit: 'binary' }),
        fastCheck.constantFrom(undefined, newer),
        (text, tokenizer) => {
          const pieces = splitTokens(text, tokenizer);
          expect(pieces.join('')).toBe(text);
          expect(countTokens(text, tokenizer)).toBe(pieces.length);
          expect(pieces.every((piece) => piece.isWellFormed()) || !text.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

const older = { vocabulary: 'generation-3', opensWord: true } as const;

describe('countTokens', () => {
  // The counter's own; test/recordings/tokens.test.ts holds it to what the API counted.
  test.each([
    ['Three words for a tame heron, in short', older, 11],
    ['What is the capital of France?', older, 14 - 7],
    ['Which town has the oldest printing press?', older, 8],
    ["What's 2 + 2?", older, 16 - 7],
    ['Answer with one word: SEVEN', older, 7],
    ['Count from 1 to 3', older, 15 - 7],
    ["Do you say 'further' or 'farther' there?", older, 15],
    ['Give me two riddles about gardeners', newer, 12],
    ["What's the current date?", newer, 12 - 6],
    ['And tomorrow?', newer, 13 - 6],
    ['Say this once more: Owls are quiet', newer, 13],
  ])('%j', (text, tokenizer, tokens) => {
    expect(countTokens(text, tokenizer)).toBe(tokens);
  });

  test.each([
    ['curly and straight quotes', '“a” ‘b’', '"a" \'b\''],
    ['kinds of spaces', 'a\u00A0b\u2009c', 'a b c'],
    ['composed and decomposed letters', 'cafe\u0301', 'café'],
    ['with and without control characters', 'a\u0007b', 'ab'],
  ])('%s are the same', (_kind, one, other) => {
    expect(countTokens(one)).toBe(countTokens(other));
  });

  test.each([
    ['a', 333_335],
    [' ', 62_500],
    ['\n', 7814],
    ['=', 15_626],
    ['1', 333_335],
    ['漢', 2_000_001],
  ])('a million of %j are counted in linear time', async (letter, tokens) => {
    const seconds = await cpuSecondsOf(() => {
      expect(countTokens(letter.repeat(1_000_000))).toBe(tokens);
    });
    expect(seconds).toBeLessThan(SECONDS_MAX);
  });
});
