import { describe, expect, test } from 'vitest';
import { ApiError } from '../api/api-error.ts';
import { errorAt, instantOf, linesOf, wholeProblem } from './use-form.ts';

function refused(param: string | undefined, message = 'No.'): ApiError {
  return new ApiError(message, {
    status: 400,
    code: 'invalid_request',
    param,
    requestId: undefined,
    retryAfterSeconds: undefined,
  });
}

describe('errorAt', () => {
  test.each([
    [refused('name'), ['name'], 'No.'],
    [refused('budget.limit_nano'), ['budget'], 'No.'],
    [refused('models.3'), ['name', 'models'], 'No.'],
    [refused('names'), ['name'], undefined],
    [refused('name'), ['budget'], undefined],
    [refused(undefined), ['name'], undefined],
    [new Error('No.'), ['name'], undefined],
    [null, ['name'], undefined],
    [refused('name', 'name: too long'), ['name'], 'Too long.'],
    [
      refused('rate.concurrency', 'rate.concurrency: Too small'),
      ['rate.concurrency'],
      'Too small.',
    ],
    [refused('name', 'name: '), ['name'], 'name: '],
  ])('%s at %j says %s', (error, members, text) => {
    expect(errorAt(error, ...members)).toBe(text);
  });
});

test.each([
  ['', undefined],
  ['1', undefined],
  ['2000', undefined],
  ['0', 'A whole number from 1 to 2,000 is wanted.'],
  ['2001', 'A whole number from 1 to 2,000 is wanted.'],
  ['1.5', 'A whole number from 1 to 2,000 is wanted.'],
  ['1e3', 'A whole number from 1 to 2,000 is wanted.'],
  ['-1', 'A whole number from 1 to 2,000 is wanted.'],
])('what is wrong with a whole number "%s": %s', (text, problem) => {
  expect(wholeProblem(text, { min: 1, max: 2000 })).toBe(problem);
});

describe('linesOf', () => {
  test.each([
    ['', []],
    [' \n,\n ', []],
    ['a', ['a']],
    ['a, b\n c ,d', ['a', 'b', 'c', 'd']],
  ])('%j has %j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('instantOf', () => {
  test('nothing typed is no instant', () => {
    expect(instantOf('')).toBeUndefined();
  });

  test('what is typed is of the reader’s own clock', () => {
    const instant = instantOf('2026-11-21T18:22') ?? '';
    expect(new Date(instant)).toEqual(new Date(2026, 10, 21, 18, 22));
  });
});
