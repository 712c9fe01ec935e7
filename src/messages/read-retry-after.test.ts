import { describe, expect, test } from 'vitest';
import { readRetryAfterMs } from './read-retry-after.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');

describe('when to ask again', () => {
  test.each<[string, readonly string[], number | undefined]>([
    ['seconds', ['retry-after', '3'], 3000],
    ['a part of one', ['retry-after', '0.25'], 250],
    ['none at all', ['retry-after', '0'], 0],
    ['milliseconds go first', ['retry-after', '3', 'retry-after-ms', '1500'], 1500],
    ['a date', ['retry-after', 'Thu, 01 Jan 2026 00:00:07 GMT'], 7000],
    ['a date that has passed', ['retry-after', 'Wed, 31 Dec 2025 00:00:00 GMT'], 0],
    ['nothing', ['request-id', 'retry-after'], undefined],
    ['no number', ['retry-after', 'soon'], undefined],
    ['a negative one', ['retry-after', '-1'], undefined],
    ['more than a number', ['retry-after-ms', '1e99', 'retry-after', '2'], 2000],
  ])('%s', (_name, headers, expected) => {
    expect(readRetryAfterMs(headers, nowMs)).toBe(expected);
  });

  test('a date means nothing where the time is not known', () => {
    expect(readRetryAfterMs(['retry-after', 'Thu, 01 Jan 2026 00:00:07 GMT'])).toBeUndefined();
  });
});
