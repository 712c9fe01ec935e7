import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isRefusal } from '../../src/messages/errors.ts';
import type { StoredPolicy } from '../../src/policy/access-policy.ts';
import { readAccessPolicy } from '../../src/policy/read-access-policy.ts';
import type { SpendLimits } from '../../src/policy/spend-limits.ts';
import { readSpendLimits } from '../../src/policy/read-spend-limits.ts';
import type { GatewayHost } from '../support/gateway-host.ts';
import { startGatewayHost } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { refusedAs, run as runOn } from '../support/run-workers-ai.ts';
import type { ClockedGateway } from '../support/start-clocked-gateway.ts';
import { startClockedGateway } from '../support/start-clocked-gateway.ts';

/** What may be spent, and who may ask for what; Workers reference §3.6, case G24. */

const HOUR_MS = 3_600_000;
/** A Monday in the middle of a month. */
const noon = Date.UTC(2026, 5, 15, 12);

let gateway: ClockedGateway;
const running: ClockedGateway[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

interface Rules {
  readonly rules?: readonly object[];
  readonly policies?: readonly object[];
  readonly cacheTtlSeconds?: number;
}

async function start({ rules, policies = [], cacheTtlSeconds = 0 }: Rules): Promise<void> {
  const spendLimits = rules === undefined ? {} : { spendLimits: limitsOf(rules) };
  gateway = await startClockedGateway({
    startMs: noon,
    gateways: { g: { ...spendLimits, cacheTtlSeconds }, other: spendLimits },
    policies: { g: policies.map((policy, index) => policyOf(policy, String(index))) },
  });
  running.push(gateway);
}

function limitsOf(rules: readonly object[]): SpendLimits {
  const limits = readSpendLimits({ rules: rules as never });
  if (isRefusal(limits)) throw new Error(limits.detail);
  return limits;
}

function policyOf(given: object, id: string): StoredPolicy {
  const policy = readAccessPolicy({ name: id, ...given });
  if (isRefusal(policy)) throw new Error(policy.detail);
  return { account: 'one', gatewayId: 'g', id, policy, createdAtMs: 0, modifiedAtMs: 0 };
}

interface Asking {
  readonly model?: string;
  readonly metadata?: object;
  readonly costUsd?: number;
  readonly id?: string;
  readonly key?: string;
  readonly cached?: boolean;
}

/** A run that costs one USD by its caller's word. */
function run(asking: Asking = {}): Promise<RawAnswer> {
  const { model = 'anthropic/claude-sonnet-4.6', metadata, costUsd = 1, id = 'g' } = asking;
  return sendRaw(`${gateway.url}/ai-gateway/run?version=3`, {
    headers: {
      authorization: `Bearer ${asking.key ?? 'one'}`,
      'content-type': 'application/json',
      'cf-consn-model-id': model,
      'cf-aig-custom-cost': JSON.stringify({ total_cost: costUsd }),
      ...(metadata === undefined ? {} : { 'cf-aig-metadata': JSON.stringify(metadata) }),
    },
    body: JSON.stringify({
      inputs: { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 },
      options: { gateway: { id } },
    }),
  });
}

async function statuses(count: number, asking?: Asking): Promise<readonly number[]> {
  const all: number[] = [];
  // One after the other: what is under way is counted when it has been paid for.
  while (all.length < count) all.push((await run(asking)).status);
  return all;
}

const opus = { model: 'anthropic/claude-opus-4.6' };

describe('W-G24 a spend rule', () => {
  const twoAnHour = { limit: 2, limitType: 'cost', window: 3600 };

  test('W-G24 refuses what comes after the money is spent, until the window has passed', async () => {
    await start({ rules: [twoAnHour] });
    expect(await statuses(4)).toEqual([200, 200, 429, 429]);
    expect(gateway.asked()).toBe(2);
    const refused = await run();
    expect(refusedAs(refused)).toEqual([429, 'AiGatewayError', '2003: Spending limit exceeded']);
    expect(refused.headers['retry-after']).toBe('3600');
    gateway.clock.advance(HOUR_MS - 1);
    expect(await statuses(1)).toEqual([429]);
    gateway.clock.advance(1);
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  test('W-G24 every rule has to have something left', async () => {
    await start({ rules: [{ ...twoAnHour, limit: 10 }, twoAnHour] });
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  test('counts gateways and accounts apart', async () => {
    await start({ rules: [twoAnHour] });
    expect(await statuses(3)).toEqual([200, 200, 429]);
    expect(await statuses(3, { id: 'other' })).toEqual([200, 200, 429]);
    expect(await statuses(3, { key: 'two' })).toEqual([200, 200, 429]);
  });

  test('is about some models only', async () => {
    await start({
      rules: [{ ...twoAnHour, model: { mode: 'filter', values: ['claude-opus-4-6'] } }],
    });
    expect(await statuses(3, opus)).toEqual([200, 200, 429]);
    expect(await statuses(3)).toEqual([200, 200, 200]);
  });

  test('counts values of metadata apart, or is about some of them', async () => {
    await start({ rules: [{ ...twoAnHour, metadata: { user: { mode: 'partition' } } }] });
    expect(await statuses(3, { metadata: { user: 'a' } })).toEqual([200, 200, 429]);
    expect(await statuses(3, { metadata: { user: 'b' } })).toEqual([200, 200, 429]);
    await start({
      rules: [{ ...twoAnHour, metadata: { plan: { mode: 'filter', values: ['free'] } } }],
    });
    expect(await statuses(3, { metadata: { plan: 'free' } })).toEqual([200, 200, 429]);
    expect(await statuses(3, { metadata: { plan: 'pro' } })).toEqual([200, 200, 200]);
  });

  test('that is switched off counts nothing', async () => {
    await start({ rules: [{ ...twoAnHour, enabled: false }] });
    expect(await statuses(3)).toEqual([200, 200, 200]);
  });

  test('does not see answers from the cache', async () => {
    await start({ rules: [{ ...twoAnHour, limit: 1 }], cacheTtlSeconds: 600 });
    expect(await statuses(3)).toEqual([200, 200, 200]);
    expect(gateway.asked()).toBe(1);
    expect(await statuses(1, opus)).toEqual([429]);
  });
});

describe('W-G24 policies', () => {
  const denied = { success: false, error: { message: 'Access denied by policy' } };

  test('W-G24 the first one closes what none lets through', async () => {
    await start({ policies: [{ action: 'allow', resource: 'anthropic/claude-opus-*' }] });
    expect(await statuses(1, opus)).toEqual([200]);
    const refused = await run();
    expect(refusedAs(refused)).toEqual([403, 'AiGatewayError', '5018: Access denied by policy']);
    expect(JSON.parse(refused.body.toString())).toMatchObject({ error: denied.error });
    expect(gateway.asked()).toBe(1);
  });

  test('W-G24 one that blocks goes before all that allow', async () => {
    await start({
      policies: [{ action: 'allow' }, { action: 'block', condition: 'metadata.plan != "pro"' }],
    });
    expect(await statuses(1, { metadata: { plan: 'pro' } })).toEqual([200]);
    expect(await statuses(1, { metadata: { plan: 'free' } })).toEqual([403]);
    expect(await statuses(1)).toEqual([403]);
  });

  test('W-G24 a cap says how much was spent of what, until its day is over', async () => {
    await start({ policies: [{ action: { type: 'cap', limit: 1.5, window: 'day' } }] });
    expect(await statuses(3)).toEqual([200, 200, 429]);
    const refused = await run();
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      error: { message: 'Spending limit exceeded', bucket: '0', spent: 2, limit: 1.5 },
    });
    gateway.clock.advance(12 * HOUR_MS - 1);
    expect(await statuses(1)).toEqual([429]);
    gateway.clock.advance(1);
    expect(await statuses(1)).toEqual([200]);
  });

  test('a star reaches no further than a slash', async () => {
    await start({ policies: [{ action: 'allow', resource: '*/claude-opus-4.6' }] });
    expect(await statuses(1, opus)).toEqual([200]);
    expect(await statuses(1)).toEqual([403]);
  });
});

describe('a gateway that its account made', () => {
  let host: GatewayHost;

  beforeAll(async () => {
    host = await startGatewayHost();
  });
  afterAll(async () => {
    await host.stop();
  });

  const spend_limits = {
    enabled: true,
    rules: [{ id: 'all', limit: 2, limitType: 'cost', window: 86_400 }],
  };
  const cost = { 'cf-aig-custom-cost': '{"total_cost":1}' };

  function runOver(id: string): Promise<RawAnswer> {
    const options = { gateway: { id } };
    return runOn(host, { options, path: '/ai-gateway/run?version=3', headers: cost });
  }

  async function api(method: string, path: string, body?: object): Promise<Shown> {
    const answer = await sendRaw(`${host.url}/client/v4/accounts/a/ai-gateway/gateways${path}`, {
      method,
      headers: { authorization: `Bearer ${host.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = JSON.parse(answer.body.toString()) as Omit<Shown, 'status'>;
    return { status: answer.status, ...said };
  }

  interface Shown {
    readonly status: number;
    readonly result: { readonly id: string; readonly spend_limits?: object };
    readonly errors: readonly { readonly message: string }[];
  }

  test('W-G24 has the spend limits that it was given, and shows them', async () => {
    await host.makeGateway('spending', { spend_limits });
    host.answers({ status: 200 });
    expect((await api('GET', '/spending')).result.spend_limits).toMatchObject(spend_limits);
    const answers = [
      await runOver('spending'),
      await runOver('spending'),
      await runOver('spending'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  test('W-G24 on its own URL a policy’s no has the form of the service', async () => {
    await host.makeGateway('ruled');
    host.answers({ status: 200 });
    const policy = { name: 'opus only', resource: 'anthropic/claude-opus-*', action: 'allow' };
    const made = await api('POST', '/ruled/policies', policy);
    expect(made).toMatchObject({ status: 200, result: policy });
    const body = {
      model: 'claude-sonnet-4-6',
      max_tokens: 5,
      messages: [{ role: 'user', content: 'hi' }],
    };
    const refused = await host.ask('/anthropic/v1/messages', { gateway: 'ruled', body });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      success: false,
      error: { message: 'Access denied by policy' },
    });
    const path = `/ruled/policies/${made.result.id}`;
    expect((await api('PUT', path, { ...policy, resource: '*/*' })).status).toBe(200);
    expect((await host.ask('/anthropic/v1/messages', { gateway: 'ruled', body })).status).toBe(200);
    expect((await api('DELETE', path)).status).toBe(200);
    expect((await api('GET', path)).status).toBe(404);
  });

  test.each<[string, object, string]>([
    ['/ruled/policies', { name: 'x', action: 'allow', condition: 'size(model) > 3' }, 'condition'],
    ['/ruled/policies', { name: 'x', action: 'deny' }, 'action'],
    ['/ruled/policies', { name: 'x', action: 'allow', resource: '*' }, 'resource'],
    [
      '',
      { ...settings('a'), spend_limits: { rules: [{ limit: 0, window: 1 }] } },
      'spend_limits/rules/0/limit',
    ],
    [
      '',
      {
        ...settings('a'),
        spend_limits: { rules: [{ limit: 1, window: 1, technique: 'sliding' }] },
      },
      'spend_limits/rules/0/technique',
    ],
  ])('%s %j is a 400 about %s', async (path, body, place) => {
    const { status, errors } = await api('POST', path, body);
    expect([status, errors[0]?.message.split(': ')[0]]).toEqual([400, `Invalid value at ${place}`]);
  });
});

function settings(id: string): object {
  return {
    id,
    cache_invalidate_on_update: false,
    cache_ttl: 0,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  };
}
