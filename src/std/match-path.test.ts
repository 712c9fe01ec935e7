import { expect, test } from 'vitest';
import { matchPath } from './match-path.ts';

test.each<readonly [string, string, object | undefined]>([
  ['/a', '/a', {}],
  ['/a', '/a/', {}],
  ['/a', '/b', undefined],
  ['/a/{id}', '/a/x-1.2', { id: 'x-1.2' }],
  ['/a/{id}', '/a', undefined],
  ['/a/{id}', '/a/..', undefined],
  ['/a/{id}', '/a/%2e%2e', undefined],
  ['/a/{id}', '/a/x y', undefined],
  ['/a/{id}', '/a/x%20y', undefined],
  ['/a/{id}', '/a/ada%40example.com', { id: 'ada@example.com' }],
  ['/a/{id}', '/a/arn%3Aaws%3a1', { id: 'arn:aws:1' }],
  ['/a/{id}', '/a/x%2Fb', undefined],
  ['/a/{id}', '/a/%2e', undefined],
  ['/a/{id}', '/a/%ff', undefined],
  ['/a/{id}', '/a/%', undefined],
  ['/a/{id}', '/a/%2540', undefined],
  ['/a/{id}', '/%61/x', undefined],
  ['/a/{id}', `/a/${'%40'.repeat(256)}`, { id: '@'.repeat(256) }],
  ['/a/{id}', `/a/${'%40'.repeat(257)}`, undefined],
  ['/a/{id}', `/a/${'x'.repeat(257)}`, undefined],
  ['/a/{id}/b/{other}', '/a/1/b/2', { id: '1', other: '2' }],
  ['/a/{id}/b', '/a/1/b/2', undefined],
])('%s and %s', (pattern, path, params) => {
  expect(matchPath(pattern, path)).toEqual(params);
});

test('what may stand in a place can be said', () => {
  const fits = (place: string, segment: string): boolean => place !== '{id}' || segment !== 'me';
  expect(matchPath('/a/{id}', '/a/me', fits)).toBeUndefined();
  expect(matchPath('/a/{other}', '/a/me', fits)).toEqual({ other: 'me' });
});
