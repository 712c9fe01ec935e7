import { expect, test } from 'vitest';
import { nearNames } from './near-names.ts';

const known = ['claude-sonnet-4-6', 'claude-sonnet-4-5', 'claude-opus-4-6', 'claude-haiku-4-5'];

test.each<[string, readonly string[]]>([
  ['claude-sonnet-4.6', ['claude-sonnet-4-6', 'claude-sonnet-4-5']],
  ['claude-sonet-4-6', ['claude-sonnet-4-6', 'claude-sonnet-4-5', 'claude-opus-4-6']],
  ['CLAUDE-HAIKU-4-5', ['claude-haiku-4-5']],
  ['gpt-5', []],
  ['', []],
])('near %j', (name, near) => {
  expect(nearNames(name, known)).toEqual(near);
});

test('a name of any length is looked at for its first letters only', () => {
  expect(nearNames('claude-sonnet-4-6'.padEnd(1_000_000, 'x'), known)).toEqual([]);
});
