import { expect, test } from 'vitest';
import type { Upstream } from '../messages/upstream.ts';
import { healthKeyOf, placeOf } from './route-plan.ts';

test.each<[Partial<Upstream>, string | undefined, number]>([
  [{ name: 'a' }, undefined, 0],
  [{ name: 'west-2', credential: 3 }, 'claude-sonnet-4-6', 3],
  [{ name: 'a' }, 'org/model#7', 0],
])('what a health key says of its target: %j, %s', (upstream, model, credential) => {
  const key = healthKeyOf(upstream as Upstream, model);
  expect(placeOf(key)).toEqual({ upstream: upstream.name, credential, model });
});
