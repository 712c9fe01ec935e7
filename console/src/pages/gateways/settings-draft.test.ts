import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../format/json-value.ts';
import {
  changedMembers,
  isSame,
  linesIn,
  linesText,
  numberIn,
  numberText,
  refusedAt,
  secondsText,
  settable,
  withItem,
  withMember,
} from './settings-draft.ts';

test('what the gateway writes itself is not among what can be set', () => {
  const shown = { id: 'a', is_default: false, created_at: 'x', modified_at: 'y', cache_ttl: 5 };
  expect(settable(shown)).toEqual({ cache_ttl: 5 });
});

test('members and items are replaced, added and taken away without touching the rest', () => {
  expect(withMember({ a: 1 }, 'b', null)).toEqual({ a: 1, b: null });
  expect(withMember({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 });
  expect(withItem(['a', 'b', 'c'], 1, 'x')).toEqual(['a', 'x', 'c']);
  expect(withItem(['a', 'b', 'c'], 1, undefined)).toEqual(['a', 'c']);
});

describe('what is the same', () => {
  test.each<[JsonValue | undefined, JsonValue | undefined, boolean]>([
    [1, 1, true],
    [1, '1', false],
    [null, null, true],
    [null, {}, false],
    [undefined, null, false],
    [[], {}, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: { b: 1 } }, { a: { b: 2 } }, false],
  ])('%j and %j: %s', (left, right, expected) => {
    expect(isSame(left, right)).toBe(expected);
    expect(isSame(right, left)).toBe(expected);
  });

  test('the changed members are named in order', () => {
    expect(changedMembers({ b: 1, a: 1, c: 1 }, { b: 2, c: 1, d: null })).toEqual(['a', 'b', 'd']);
  });
});

describe('a field for a number', () => {
  test.each<[string, JsonValue]>([
    ['', null],
    ['  ', null],
    ['300', 300],
    ['0.5', 0.5],
    ['1.', 1],
    ['-1', -1],
    ['long', 'long'],
    ['Infinity', 'Infinity'],
  ])('%j says %j', (text, value) => {
    expect(numberIn(text)).toBe(value);
  });

  test.each<[JsonValue | undefined, string]>([
    [undefined, ''],
    [null, ''],
    [0, '0'],
    ['long', 'long'],
    [true, 'true'],
    [[1], '[1]'],
  ])('%j is shown as %j', (value, text) => {
    expect(numberText(value)).toBe(text);
  });
});

test('texts stand one a line, with their commas', () => {
  expect(linesIn(' a, b \n\n c\n')).toEqual(['a, b', 'c']);
  expect(linesText(['a, b', 'c'])).toBe('a, b\nc');
  expect(linesText('a')).toBe('');
});

test.each<[JsonValue | undefined, string | undefined]>([
  [0, undefined],
  [59, undefined],
  [90, undefined],
  [60, '1 minute'],
  [5400, '90 minutes'],
  [7200, '2 hours'],
  [86_400, '1 day'],
  [2_678_400, '31 days'],
  [0.5, undefined],
  ['60', undefined],
  [null, undefined],
])('%j seconds are said as %s', (value, text) => {
  expect(secondsText(value)).toBe(text);
});

describe('what was refused', () => {
  test.each([
    ['cache_ttl', 'cache_ttl', true],
    ['cache_ttl', 'cache', false],
    ['spend_limits/rules/0/limit', 'spend_limits.rules.0.limit', true],
    ['spend_limits/rules/0/metadata/plan', 'spend_limits.rules.0.metadata', true],
    ['spend_limits/rules/10/limit', 'spend_limits.rules.1', false],
    ['dlp.policies.0.profiles.2', 'dlp.policies.0.profiles', true],
    [undefined, 'cache_ttl', false],
  ])('at %s is said at %s: %s', (param, place, isSaid) => {
    expect(refusedAt({ param, message: 'No.' }, place)).toBe(isSaid ? 'No.' : undefined);
  });

  test('nothing is said where nothing was refused', () => {
    expect(refusedAt(undefined, 'cache_ttl')).toBeUndefined();
  });
});
