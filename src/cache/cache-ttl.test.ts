import { expect, test } from 'vitest';
import type { TtlQuestion } from './cache-ttl.ts';
import { cacheTtlSeconds } from './cache-ttl.ts';

const plain: TtlQuestion = {
  gatewayTtlSeconds: null,
  askedTtlSeconds: undefined,
  hasName: false,
  skipsCache: false,
};

test.each<[string, Partial<TtlQuestion>, number | undefined]>([
  ['a gateway that caches nothing', {}, undefined],
  ['the same with 0', { gatewayTtlSeconds: 0 }, undefined],
  ['a gateway’s own time', { gatewayTtlSeconds: 60 }, 60],
  ['a time that tunes it', { gatewayTtlSeconds: 60, askedTtlSeconds: 3600 }, 3600],
  ['a time alone', { askedTtlSeconds: 3600 }, undefined],
  ['a name alone', { hasName: true }, 300],
  ['a name and a time', { hasName: true, askedTtlSeconds: 90 }, 90],
  ['a name on a gateway that caches', { gatewayTtlSeconds: 60, hasName: true }, 60],
  ['0 asked for', { gatewayTtlSeconds: 60, askedTtlSeconds: 0 }, undefined],
  ['0 asked for with a name', { hasName: true, askedTtlSeconds: 0 }, undefined],
  ['skipped', { gatewayTtlSeconds: 60, skipsCache: true }, undefined],
  ['skipped with a name', { hasName: true, skipsCache: true }, undefined],
])('%s: %s → %s seconds', (_name, change, expected) => {
  expect(cacheTtlSeconds({ ...plain, ...change })).toBe(expected);
});
