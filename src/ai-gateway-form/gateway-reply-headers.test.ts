import { expect, test } from 'vitest';
import { exposing } from './gateway-reply-headers.ts';

test.each<[string, readonly string[], readonly string[]]>([
  [
    'a list of its own is made longer, by what it does not have',
    ['x-a', '1', 'access-control-expose-headers', 'x-a, cf-aig-step'],
    ['x-a', '1', 'access-control-expose-headers', 'x-a, cf-aig-step, cf-aig-dlp'],
  ],
  ['a head without one stays as it is', ['x-a', '1'], ['x-a', '1']],
  [
    'a value is no name',
    ['x-a', 'access-control-expose-headers'],
    ['x-a', 'access-control-expose-headers'],
  ],
])('%s', (_name, headers, expected) => {
  expect(exposing(headers, ['cf-aig-step', 'cf-aig-dlp'])).toEqual(expected);
});
