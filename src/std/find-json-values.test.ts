import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonPlace } from './find-json-values.ts';
import { findJsonValues } from './find-json-values.ts';
import { textOf } from './json.ts';

const everything = { isWanted: () => true, mayHold: () => true };

/** Objects and arrays of a value with their places, in the order in which they begin. */
function nestedOf(value: unknown, place: JsonPlace = []): [JsonPlace, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const members: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return [[place, value], ...members.flatMap(([key, member]) => nestedOf(member, [...place, key]))];
}

describe('findJsonValues', () => {
  test('finds what a parser sees, where it stands, however it is written', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }),
        fc.constantFrom('', ' ', '\t', '  \n'),
        (value, indent) => {
          const bytes = Buffer.from(JSON.stringify(value, null, indent));
          // Keys that are numbers change places when they are parsed.
          const wanted = nestedOf(JSON.parse(bytes.toString()));
          const found = findJsonValues(bytes, everything) ?? [];
          const read = found.map(({ place, span }) => [
            place,
            JSON.parse(textOf(bytes, span.start, span.end)) as unknown,
          ]);
          expect(new Map(read.map(([at, held]) => [JSON.stringify(at), held]))).toEqual(
            new Map(wanted.map(([at, held]) => [JSON.stringify(at), held])),
          );
        },
      ),
    );
  });

  test('any bytes are taken without an exception', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', ' ', 'a', '1'), {
          maxLength: 40,
        }),
        (letters) => {
          const bytes = Buffer.from(letters.join(''));
          for (const { span } of findJsonValues(bytes, everything) ?? []) {
            expect(span.end).toBeLessThanOrEqual(bytes.length);
          }
        },
      ),
    );
  });

  test.each([
    ['a cut object', '{"a":[1,2'],
    ['no colon', '{"a" 1}'],
    ['no comma', '[1 2]'],
    ['no key', '{1:2}'],
    ['an open string', '{"a":"b'],
    ['nothing', ''],
  ])('says so where the bytes are %s', (_name, text) => {
    expect(findJsonValues(Buffer.from(text), everything)).toBeUndefined();
  });

  test('what may not hold anything is passed over, brackets in strings and all', () => {
    const text = '{"skip":{"deep":["]}\\"",{}]},"in":{"x":{"y":1}}}';
    const found = findJsonValues(Buffer.from(text), {
      isWanted: (place) => place.at(-1) === 'x' || place.at(-1) === 'deep',
      mayHold: (place) => place.length === 0 || place[0] === 'in',
    });
    expect(found?.map(({ place }) => place)).toEqual([['in', 'x']]);
  });
});
