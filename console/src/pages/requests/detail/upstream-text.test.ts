import { expect, test } from 'vitest';
import { upstreamText } from './upstream-text.ts';

test.each([
  [null, 'running', null, 'not known until it is over'],
  [null, 'settled', null, 'nobody was asked'],
  ['east', 'settled', 2, 'by east'],
  ['cache', 'settled', null, 'from the cache: nobody was asked'],
  ['idempotency', 'settled', null, 'given again, by its idempotency key'],
  ['cache', 'settled', 1, 'by cache'],
] as const)('by %s, %s, in %s attempts: %s', (upstream, status, attempts, text) => {
  expect(upstreamText({ upstream, status, attempts })).toBe(text);
});
