import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesAnyName, matchesName } from './name-pattern.ts';

describe('matchesName', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['claude-opus-4-6', 'claude-opus-4-6', true],
    ['claude-opus-4-6', 'claude-opus-4-60', false],
    ['claude-*', 'claude-', true],
    ['claude-*', 'anthropic/claude-opus', false],
    ['*opus*', 'claude-opus-4-6', true],
    ['*', '', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*bc*c', 'abc', false],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
  ];
  test.each(cases)('%j and %j: %j', (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });

  test('agrees with a regular expression of the same meaning', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(text, name, (pattern, letters) => {
        const wanted = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(letters);
        expect(matchesName(pattern, letters)).toBe(wanted);
      }),
    );
  });

  test('one of several patterns for one of several names is enough', () => {
    expect(matchesAnyName(['x', 'b*'], ['a', 'bc'])).toBe(true);
    expect(matchesAnyName([], ['a'])).toBe(false);
    expect(matchesAnyName(['*'], [])).toBe(false);
  });
});
