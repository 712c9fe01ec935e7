import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ExplainAnswer } from '../../src/admin/contract-explain.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { administer } from '../support/admin-client.ts';
import { ConsoleClient } from '../support/console-client.ts';
import type { RoutedGateway } from '../support/start-routed-gateway.ts';
import { askedOfRoute, startRoutedGateway } from '../support/start-routed-gateway.ts';

/** What is said of an upstream that is chosen, held against what the console’s playground then gets. */

let routed: RoutedGateway;
let gateway: AdministeredGateway;
let client: ConsoleClient;

beforeAll(async () => {
  routed = await startRoutedGateway({
    yaml: `
routes:
  - name: haiku
    models: [claude-haiku-4-5]
    when: { headers: { x-team: red } }
    targets: [{ upstream: a }, { upstream: b, model: claude-haiku-4-5 }]
  - name: opus
    models: [claude-opus-4-5]
    targets: [{ upstream: b }, { upstream: a, weight: 0 }]
    total_ms: 20000
`,
  });
  gateway = await administer(routed.gateway);
  client = new ConsoleClient(routed.gateway.adminUrl);
  await client.setUp(routed.gateway.gateway.parts.setupToken?.()?.reveal() ?? '');
});
afterAll(async () => {
  await routed.stop();
});
beforeEach(() => {
  routed.a.received.length = 0;
  routed.b.received.length = 0;
});

function lastAsked(): readonly string[] {
  return [...routed.a.received.map(() => 'a'), ...routed.b.received.map(() => 'b')];
}

function order(name: string): Promise<unknown> {
  return gateway.ask('POST', `/admin/v1/upstreams/b/${name}`);
}

const refusedAs = (http_status: number, code: string): object => ({
  chosen: { is_alone: false, code },
  verdict: { is_sent: false, answered_from: null, stage: 'route', http_status, code },
});
const alone = (upstream: string, route: string | null): object => ({
  chosen: { upstream, is_alone: true, route, code: null },
  verdict: { is_sent: true, answered_from: 'upstream' },
  targets: [{ upstream }],
  // Conditions of routes are about requests that nobody chose an upstream for.
  routes: [],
});

const opus = 'claude-opus-4-5';
const haiku = 'claude-haiku-4-5-20251001';

test.each<[name: string, upstream: string, model: string, said: object]>([
  ['the usual one', 'a', 'claude-sonnet-4-6', alone('a', null)],
  ['one of two of a route', 'b', opus, { ...alone('b', 'opus'), retries: { total_ms: 20_000 } }],
  ['the other, which gets no share', 'a', opus, alone('a', 'opus')],
  ['one behind a condition that does not hold', 'b', haiku, alone('b', 'haiku')],
  ['one that is not there', 'c', opus, refusedAs(400, 'upstream_not_found')],
  ['one for other models', 'b', 'claude-sonnet-4-6', refusedAs(400, 'upstream_not_routed')],
])('%s', async (_name, upstream, model, said) => {
  await expectForetold({ upstream, model, said });
});

describe('one that is drained', () => {
  beforeEach(() => order('drain'));

  test('gets nothing, and nobody does in its place', async () => {
    await expectForetold({
      upstream: 'b',
      model: opus,
      said: { ...refusedAs(503, 'upstream_drained'), drained: ['b'] },
    });
    await order('resume');
    await expectForetold({ upstream: 'b', model: opus, said: alone('b', 'opus') });
  });
});

test('the header chooses nobody: callers of the public listener have no such choice', async () => {
  const { json } = await gateway.ask('POST', '/admin/v1/routes/explain', {
    body: { model: opus, headers: { 'x-quatrain-upstream': 'a' } },
  });
  expect(json).toMatchObject({ chosen: null, route: 'opus', targets: [{ upstream: 'b' }, {}] });
});

async function expectForetold(asked: {
  readonly upstream: string;
  readonly model: string;
  readonly said: object;
}): Promise<void> {
  const { upstream, model, said } = asked;
  const body = { ...askedOfRoute, model };
  const answer = await gateway.ask('POST', '/admin/v1/routes/explain', {
    body: { model, body, upstream },
  });
  const { verdict, ...explained } = answer.json as unknown as ExplainAnswer;
  expect(lastAsked()).toEqual([]);
  expect({ verdict, ...explained }).toMatchObject(said);
  const really = await client.ask('POST', '/console/try/v1/messages', {
    body,
    headers: { 'anthropic-version': '2023-06-01', 'x-quatrain-upstream': upstream },
  });
  expect(really.status).toBe(verdict.http_status ?? 200);
  const { error } = really.json as { readonly error?: { readonly message: string } };
  expect(verdict.text).toContain(error?.message ?? `It goes to the upstream "${upstream}"`);
  expect(lastAsked()).toEqual(verdict.is_sent ? [upstream] : []);
}
