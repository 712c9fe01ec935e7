import { expect, test } from 'vitest';
import { questionOf, upstreamOf } from '../../test/support/planned-routes.ts';
import { unknownStates } from '../routing/order-targets.ts';
import { planForChosen, refuseChosen } from './chosen-upstream.ts';

const byName = new Map(['a', 'b'].map((name) => [name, upstreamOf(name)] as const));
const settings = { upstreams: { byName, defaultName: 'a' } };
const asked = { question: questionOf(), states: unknownStates };
const call = { model: 'claude-sonnet-4-6' };

test.each([
  ['no dynamic route', undefined, ['b']],
  ['one that names no upstream', { upstreamName: undefined }, ['b']],
  ['one that names it', { upstreamName: 'b' }, ['b']],
  ['one that names another', { upstreamName: 'a' }, []],
])('with %s', (_what, routed, names) => {
  const exchange = { settings, call, ...(routed && { routed }) };
  const plan = planForChosen(exchange, 'b', asked);
  expect(plan.targets.map(({ upstream }) => upstream.name)).toEqual(names);
  const said = refuseChosen(exchange, 'b', plan);
  expect(said?.reason).toBe(names.length === 0 ? 'upstream_not_routed' : undefined);
});

test('a long name is not said in full', () => {
  const said = refuseChosen({ settings, call }, 'x'.repeat(5000), { targets: [] });
  expect(said).toMatchObject({ code: 'invalid_request', param: 'x-quatrain-upstream' });
  expect(said?.detail?.length).toBeLessThan(200);
});
