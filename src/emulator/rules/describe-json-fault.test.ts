import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeJsonFault, describeSurrogateFault } from './describe-json-fault.ts';

test.each<[string, string]>([
  ['{"a":', 'unexpected end of data: line 1 column 6 (char 5)'],
  ['', 'unexpected end of data: line 1 column 1 (char 0)'],
  ['{"a":1', 'unexpected end of data: line 1 column 7 (char 6)'],
  ['{"a":"b', 'unexpected end of data: line 1 column 8 (char 7)'],
  ['{"a": tru}', 'unexpected character, expected a valid JSON value: line 1 column 7 (char 6)'],
  ["{'a': 1}", "unexpected character, expected a string key or '}': line 1 column 2 (char 1)"],
  ['{"a" 1}', "unexpected character, expected ':' after key: line 1 column 6 (char 5)"],
  ['{"a":1 "b":2}', "unexpected character, expected ',' or '}': line 1 column 8 (char 7)"],
  ['[1 2]', "unexpected character, expected ',' or ']': line 1 column 4 (char 3)"],
  ['{"a":1,}', 'trailing comma is not allowed: line 1 column 7 (char 6)'],
  ['[1,\n2,]', 'trailing comma is not allowed: line 2 column 2 (char 5)'],
  ['{} {}', 'unexpected content after document: line 1 column 4 (char 3)'],
  ['{"a":"\n"}', 'unexpected control character in string: line 1 column 7 (char 6)'],
  ['{"é😀":"\t"}', 'unexpected control character in string: line 1 column 8 (char 7)'],
  ['["\\x"]', 'invalid escaped character in string: line 1 column 3 (char 2)'],
  ['["\\u12"]', 'invalid escaped sequence in string: line 1 column 3 (char 2)'],
  ['["\\ud83d"]', 'no low surrogate in string: line 1 column 3 (char 2)'],
  ['["a\\ud83d\\u0041"]', 'invalid low surrogate in string: line 1 column 4 (char 3)'],
  ['["\\ude00"]', 'invalid high surrogate in string: line 1 column 3 (char 2)'],
  ['[01]', 'number with leading zero is not allowed: line 1 column 3 (char 2)'],
  ['[-]', 'unexpected character, expected a valid JSON value: line 1 column 2 (char 1)'],
])('%j: %s', (text, expected) => {
  expect(describeJsonFault(text)).toBe(expected);
});

test('half a surrogate pair is a fault, a whole one is none', () => {
  expect(describeSurrogateFault('["\\ud83d\\ude00"]')).toBeUndefined();
  expect(describeSurrogateFault('["\\ud83d"]')).toMatch(/^no low surrogate in string/);
  expect(describeSurrogateFault('["plain"]')).toBeUndefined();
});

test('nesting costs no stack', () => {
  const depth = 200_000;
  expect(describeJsonFault('['.repeat(depth) + ']'.repeat(depth))).toBeUndefined();
  expect(describeJsonFault('['.repeat(depth))).toMatch(/^unexpected end of data/);
});

const isParsed = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // What it says differs between engines; that it refuses is what counts here.
    return false;
  }
};

test('finds a fault where a parser does, and none where it does not', () => {
  const cut = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', '\\', ' ', '0', '\u0001'))
    .map(([text, at, letter]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + letter + text.slice(place + (letter === '' ? 1 : 0));
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), cut), (text) => {
      if (/\\u[dD][89a-fA-F]/.test(text)) return;
      expect(describeJsonFault(text) === undefined).toBe(isParsed(text));
    }),
    { numRuns: 2000 },
  );
});
