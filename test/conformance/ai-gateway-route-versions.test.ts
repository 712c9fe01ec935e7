import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api, Shown } from '../support/dynamic-routes.ts';
import { end, gatewayApi, makeRouteOn, model, start, to } from '../support/dynamic-routes.ts';
import type { GatewayHost } from '../support/gateway-host.ts';
import { startGatewayHost } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';

/** How dynamic routes are made, changed and checked; Workers reference §3.8. */

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost();
  await host.makeGateway('g');
  host.answers({ status: 200 });
});
afterAll(async () => {
  await host.stop();
});

const api = (method: string, path: string, body?: object): Promise<Api> =>
  gatewayApi(host, method, path, body);
const makeRoute = (name: string, elements: readonly object[]): Promise<Shown> =>
  makeRouteOn(host, name, elements);

const chat = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };

function ask(route: string): Promise<RawAnswer> {
  const body = { model: `dynamic/${route}`, ...chat };
  return host.ask('/compat/chat/completions', { gateway: 'g', body });
}

function chosen({ headers }: RawAnswer): readonly unknown[] {
  return [headers['cf-aig-provider'], headers['cf-aig-model']];
}

const chosenByPlan = [
  start,
  {
    id: 'first',
    type: 'conditional',
    properties: { conditions: { 'metadata.plan': { $eq: 'pro' } } },
    outputs: { true: to('opus'), false: to('sonnet') },
  },
  model('opus', 'claude-opus-4-6'),
  model('sonnet', 'claude-sonnet-4-6'),
  end,
];

describe('versions and deployments', () => {
  test('what serves is what was deployed last, and an older version can serve again', async () => {
    const opus = [start, model('first', 'claude-opus-4-6'), end];
    const sonnet = [start, model('first', 'claude-sonnet-4-6'), end];
    const route = await makeRoute('versioned', opus);
    const path = `/routes/${route.id}`;
    const second = await api('POST', `${path}/versions`, { elements: sonnet });
    expect(second.result.version.active).toBe('false');
    expect(chosen(await ask('versioned'))[1]).toBe('claude-opus-4-6');
    const { version_id } = second.result.version;
    expect((await api('POST', `${path}/deployments`, { version_id })).status).toBe(200);
    expect(chosen(await ask('versioned'))[1]).toBe('claude-sonnet-4-6');
    const listed = (await api('GET', `${path}/versions`)).data.versions;
    expect(listed.map(({ active }) => active)).toEqual(['true', 'false']);
    await api('POST', `${path}/deployments`, { version_id: route.version.version_id });
    expect(chosen(await ask('versioned'))[1]).toBe('claude-opus-4-6');
    expect((await api('PATCH', path, { name: 'renamed' })).status).toBe(200);
    expect((await ask('versioned')).status).toBe(404);
    expect((await ask('renamed')).status).toBe(200);
    expect((await api('DELETE', path)).status).toBe(200);
    expect((await ask('renamed')).status).toBe(404);
    expect((await api('GET', path)).status).toBe(404);
  });

  test('a name is taken once, and belongs to one gateway', async () => {
    await makeRoute('r', chosenByPlan);
    const taken = await api('POST', '/routes', { name: 'r', elements: chosenByPlan });
    expect(taken.status).toBe(409);
    await host.makeGateway('other');
    const body = { model: 'dynamic/r', ...chat };
    const elsewhere = await host.ask('/compat/chat/completions', { gateway: 'other', body });
    expect(elsewhere.status).toBe(404);
  });

  test.each<[string, readonly object[], string]>([
    ['no start', [end], 'elements'],
    ['a target that is not there', [start, end], 'elements/0/outputs/next/elementId'],
    [
      'a way back',
      [start, { ...chosenByPlan[1], outputs: { true: to('first'), false: to('end') } }, end],
      'elements/1',
    ],
    [
      'shares of more than all',
      [
        start,
        { id: 'first', type: 'percentage', outputs: { '60%': to('end'), '50%': to('end') } },
        end,
      ],
      'elements/1/outputs',
    ],
    [
      'a condition with no such operator',
      [
        start,
        { ...chosenByPlan[1], properties: { condition: { 'metadata.plan': { $where: 'x' } } } },
        ...chosenByPlan.slice(2),
      ],
      'elements/1/properties/condition/metadata.plan/$where',
    ],
  ])('%s is a 400 with its place', async (_name, elements, place) => {
    const { status, errors } = await api('POST', '/routes', { name: 'wrong', elements });
    expect([status, errors[0]?.message.split(': ')[0]]).toEqual([400, `Invalid value at ${place}`]);
  });
});
