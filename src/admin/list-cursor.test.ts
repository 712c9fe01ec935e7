import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import { readCountedCursor, readTimedCursor, timedCursor } from './list-cursor.ts';

/** What stands in an address may be anything. */
const hostile: readonly string[] = [
  '',
  ' ',
  '-1',
  '+1',
  '1e3',
  '0x10',
  '1_000',
  '1\n',
  ' 1',
  '1\u0000',
  '\u0661',
  '\uFF11',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  '__proto__',
  "1' OR '1'='1",
  '9'.repeat(200),
];
const refused = { code: 'invalid_request', detail: 'cursor: unknown', param: 'cursor' };

describe('a cursor of a list by time', () => {
  test.each([
    ['0.0', { atMs: 0, number: 0n }],
    ['1750000000000.42', { atMs: 1_750_000_000_000, number: 42n }],
    [
      '999999999999999.999999999999999',
      { atMs: 999_999_999_999_999, number: 999_999_999_999_999n },
    ],
    ['007.010', { atMs: 7, number: 10n }],
  ])('is a place: %s', (cursor, place) => {
    expect(readTimedCursor(cursor)).toEqual(place);
  });

  test.each([
    ...hostile,
    ...hostile.map((part) => `${part}.1`),
    ...hostile.map((part) => `1.${part}`),
    '.',
    '1',
    '1.',
    '.1',
    '1.2.3',
    '1..2',
    '1,2',
    '1000000000000000.1',
    '1.1000000000000000',
  ])('is none of the list: %j', (cursor) => {
    expect(readTimedCursor(cursor)).toMatchObject(refused);
  });

  test('is what the page before said', () => {
    const whole = fc.integer({ min: 0, max: 999_999_999_999_999 });
    fc.assert(
      fc.property(whole, whole, (atMs, number) => {
        const place = { atMs, number: BigInt(number) };
        expect(timedCursor(place)).toBe(`${String(atMs)}.${String(number)}`);
        expect(readTimedCursor(timedCursor(place))).toEqual(place);
      }),
    );
  });

  test('is a place or refused, however long its numbers are, and a place is exact', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,20}(?:\.\d{1,20}){0,2}$/), (cursor) => {
        const read = readTimedCursor(cursor);
        const exact = cursor.split('.').map((part) => String(BigInt(part)));
        const said = read !== undefined && 'atMs' in read ? timedCursor(read) : read;
        expect([exact.join('.'), expect.objectContaining(refused)]).toContainEqual(said);
      }),
    );
  });

  test('that is absent is the beginning', () => {
    expect(readTimedCursor(undefined)).toBeUndefined();
  });
});

describe('a cursor of a list that is counted', () => {
  test.each([
    ['0', undefined, 0n],
    ['042', undefined, 42n],
    ['999999999999999', undefined, 999_999_999_999_999n],
    ['999999999999999999', 18, 999_999_999_999_999_999n],
  ] as const)('is a place: %s', (cursor, digitsMax, place) => {
    expect(readCountedCursor(cursor, digitsMax)).toBe(place);
  });

  test.each([
    ...hostile.map((cursor) => [cursor, 18] as const),
    ['1.2', undefined],
    ['1000000000000000', undefined],
    ['1000000000000000000', 18],
  ] as const)('is none of the list: %j', (cursor, digitsMax) => {
    const read = readCountedCursor(cursor, digitsMax);
    expect(typeof read === 'object' && isRefusal(read)).toBe(true);
    expect(read).toMatchObject(refused);
  });

  test('that is absent is the beginning', () => {
    expect(readCountedCursor(undefined)).toBeUndefined();
  });
});
