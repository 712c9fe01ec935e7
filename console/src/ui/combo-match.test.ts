import { expect, test } from 'vitest';
import { matches, movedTo } from './combo-match.ts';

const option = { value: 'key_7Q', text: 'Nightly batch', detail: 'key_7Q · acme' };

test.each([
  ['', true],
  ['  ', true],
  ['night', true],
  ['KEY_7q', true],
  ['acme batch', true],
  ['batch  nightly ', true],
  ['nightly zed', false],
  ['key_8', false],
])('what was typed, %j, is of it: %s', (typed, isLike) => {
  expect(matches(option, typed)).toBe(isLike);
});

test.each([
  ['ArrowDown', undefined, 3, 0],
  ['ArrowDown', 0, 3, 1],
  ['ArrowDown', 2, 3, undefined],
  ['ArrowUp', undefined, 3, 2],
  ['ArrowUp', 2, 3, 1],
  ['ArrowUp', 0, 3, undefined],
  ['ArrowDown', undefined, 0, undefined],
  ['ArrowUp', undefined, 0, undefined],
] as const)('%s from %s of %d leads to %s', (key, active, count, expected) => {
  expect(movedTo(key, active, count)).toBe(expected);
});
