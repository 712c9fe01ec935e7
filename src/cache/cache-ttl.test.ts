import { expect, test } from 'vitest';
import type { TtlQuestion } from './cache-ttl.ts';
import { cacheTtlOf } from './cache-ttl.ts';

const plain: TtlQuestion = {
  gatewayTtlSeconds: null,
  askedTtlSeconds: undefined,
  hasName: false,
  skipsCache: false,
};

test.each<[string, Partial<TtlQuestion>, number | string]>([
  ['a gateway that caches nothing', {}, 'gateway_off'],
  ['the same with 0', { gatewayTtlSeconds: 0 }, 'gateway_off'],
  ['a gateway’s own time', { gatewayTtlSeconds: 60 }, 60],
  ['a time that tunes it', { gatewayTtlSeconds: 60, askedTtlSeconds: 3600 }, 3600],
  ['a time alone', { askedTtlSeconds: 3600 }, 'gateway_off'],
  ['a name alone', { hasName: true }, 300],
  ['a name and a time', { hasName: true, askedTtlSeconds: 90 }, 90],
  ['a name on a gateway that caches', { gatewayTtlSeconds: 60, hasName: true }, 60],
  ['0 asked for', { gatewayTtlSeconds: 60, askedTtlSeconds: 0 }, 'zero_ttl'],
  ['0 asked for with a name', { hasName: true, askedTtlSeconds: 0 }, 'zero_ttl'],
  ['skipped', { gatewayTtlSeconds: 60, skipsCache: true }, 'skipped'],
  ['skipped with a name', { hasName: true, skipsCache: true }, 'skipped'],
])('%s: %j → %s', (_name, change, expected) => {
  const ttl = cacheTtlOf({ ...plain, ...change });
  expect(ttl.kind === 'kept' ? ttl.seconds : ttl.why).toBe(expected);
});
