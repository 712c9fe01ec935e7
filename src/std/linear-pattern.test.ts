import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LinearPattern } from './linear-pattern.ts';
import { parsePattern } from './parse-pattern.ts';

const shared: readonly string[] = [
  'abc',
  'a|bc|',
  'a+b*c?',
  '[a-c]+[^a-c]',
  '^ab',
  'ab$',
  '^$',
  '\\bab\\b',
  '\\Bb',
  '(?:ab){2,3}c',
  '(a|ab)(c|bcd)',
  'a.c',
  '\\d{3}-\\d{2}',
  '\\w\\W\\w',
  '\\s\\S',
  '(a*)*b',
  '(?:a|aa)+$',
  'a{0}b',
  'a{2,}',
  '[\\d_-]x',
  '\\u00e9\\x41',
  'a??b',
  '[]a]',
  '(?:)a',
];

describe('what occurs in a text', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'd', '1', '-', '_', ' ', '\n', 'é', 'A', 'x', ']'),
    maxLength: 12,
  });

  test.each(shared.filter((source) => source !== '[]a]'))(
    'the engine of the language finds %s in the same texts',
    (source) => {
      const pattern = new LinearPattern([source]);
      const expected = new RegExp(source);
      fc.assert(
        fc.property(texts, (text) => {
          expect(pattern.occursIn(text)).toBe(expected.test(text));
        }),
      );
    },
  );

  test.each(['(?i)aBc', '(?i)[a-c]+x', '(?i)é', '(?i)[^a]b'])('%s is blind to case', (source) => {
    const pattern = new LinearPattern([source]);
    const expected = new RegExp(source.slice(4), 'i');
    fc.assert(
      fc.property(texts, (text) => {
        expect(pattern.occursIn(text)).toBe(expected.test(text));
      }),
    );
  });

  test('several patterns are looked for at once', () => {
    const pattern = new LinearPattern(['\\bone\\b', 'two$']);
    expect(['none', 'a one', 'two', 'two!'].map((text) => pattern.occursIn(text))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(new LinearPattern([]).occursIn('anything')).toBe(false);
  });

  test('letters of two units are one letter', () => {
    expect(new LinearPattern(['a😀b']).occursIn('xa😀b')).toBe(true);
    expect(new LinearPattern(['^(?:😀)+$']).occursIn('😀😀')).toBe(true);
    expect(new LinearPattern(['^😀+$']).occursIn('😀😀')).toBe(true);
  });

  test('it does not matter how a text is cut into pieces', () => {
    const sources = ['\\bab+c\\b', 'x$', '^y'];
    fc.assert(
      fc.property(texts, fc.array(fc.nat(12)), (text, cuts) => {
        const pattern = new LinearPattern(sources);
        const search = pattern.searchIn(text);
        const places = [...cuts.filter((cut) => cut < text.length), text.length].toSorted(
          (one, other) => one - other,
        );
        let [from, isFound] = [0, false];
        for (const to of places) {
          isFound = search(from, to);
          from = to;
        }
        expect(isFound).toBe(pattern.occursIn(text));
      }),
    );
  });
});

describe('time', () => {
  /** On these the engine of the language takes more than the age of the earth, or all states are needed. */
  test.each<[string, string]>([
    ['(a*)*b', 'a'],
    ['(?:a|aa)+!$', 'a'],
    ['(?:x+x+)+y', 'x'],
    ['(?:a|b)*a(?:a|b){20}c', 'ab'],
    ['(.*)(.*)(.*)(.*)z', 'x'],
  ])('%s takes twice as long on twice the text, whatever that is', (source, letters) => {
    const steps = (length: number): number => {
      const pattern = new LinearPattern([source]);
      let seen = 0;
      // Each unit is asked for once: what the search does is counted, and no clock is needed.
      const text = {
        length,
        charCodeAt: (at: number): number => {
          seen += 1;
          return letters.charCodeAt((at * 7 + (at >> 3)) % letters.length);
        },
      } as unknown as string;
      expect(pattern.occursIn(text)).toBe(false);
      return seen;
    };
    expect(steps(20_000)).toBe(20_000);
    expect(steps(40_000)).toBe(40_000);
  });
});

describe('what is no pattern', () => {
  test.each<[string, string]>([
    ['(', '( that nothing closes'],
    [')', ') that closes nothing'],
    ['a**', 'repetition of a repetition'],
    ['(?=a)', '(?'],
    ['(?<=a)b', '(?'],
    ['(a)\\1', '\\1'],
    ['\\p{L}', '\\p'],
    ['*a', 'repeats nothing'],
    ['a{2', '{ without numbers'],
    ['a{9999}', 'more than 256 repetitions'],
    ['a{3,2}', 'ends before it begins'],
    ['[b-a]', 'ends before it begins'],
    ['[a', 'an end where more'],
    ['a\\', 'an end where more'],
    ['\\x4', 'hexadecimal'],
    ['((a{200}){200})', 'repeats too much'],
    ['[😀]', 'two units'],
    ['('.repeat(21) + ')'.repeat(21), 'nested too deep'],
    ['a'.repeat(513), 'longer than 512 letters'],
  ])('%s', (source, detail) => {
    expect(parsePattern(source)).toMatchObject({
      kind: 'malformed',
      detail: expect.stringContaining(detail) as string,
    });
  });

  test('any text is a pattern or is refused: nothing is thrown', () => {
    const sources = fc.string({
      unit: fc.constantFrom('😀', ...Array.from('ab()[]{}|*+?^$\\.-,019dwsbBxu:')),
      maxLength: 20,
    });
    fc.assert(
      fc.property(sources, fc.string(), (source, text) => {
        if (parsePattern(source).kind === 'malformed') return;
        expect(typeof new LinearPattern([source]).occursIn(text)).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});
