import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ExplainRig, Situation } from '../support/explain-rig.ts';
import { plainGateway, startExplainRig } from '../support/explain-rig.ts';

/** What explaining a request takes, what it says of odd ones, and of those through an AI gateway. */

let rig: ExplainRig;

beforeAll(async () => {
  rig = await startExplainRig();
  await rig.makeKey('rich-runs', { account: 'rich' });
});

afterAll(async () => {
  await rig.routed.stop();
});

beforeEach(() => {
  rig.begin();
});

describe('explaining', () => {
  test('takes nothing: neither a turn of a limit, nor money, nor a word in the books', async () => {
    const wallet = await rig.gateway.ask('GET', '/admin/v1/wallets/rich');
    const audit = await rig.gateway.ask('GET', '/admin/v1/audit-log');
    const requests = await rig.gateway.ask('GET', '/admin/v1/requests');
    await rig.makeKey('thrice', { rate: { requests_per_minute: 3 } });
    const asked: Situation = { name: 'thrice', key: 'thrice', wanted: {} };
    for (let time = 0; time < 5; time += 1) {
      const { limits, verdict } = await rig.explained(asked);
      expect([limits[0]?.remaining, verdict.is_sent]).toEqual([3, true]);
    }
    await rig.explained({ ...asked, key: 'rich' });
    expect((await rig.gateway.ask('GET', '/admin/v1/wallets/rich')).json).toEqual(wallet.json);
    const { data: entries } = (await rig.gateway.ask('GET', '/admin/v1/audit-log')).json;
    const made = [...(entries as readonly { action: string }[])].filter(
      ({ action }) => action !== 'key.create',
    );
    const before = audit.json['data'] as readonly { action: string }[];
    expect(made).toEqual(before.filter(({ action }) => action !== 'key.create'));
    expect((await rig.gateway.ask('GET', '/admin/v1/requests')).json).toEqual(requests.json);
  });

  test('a paused target comes after the others, and says for how long', async () => {
    rig.routed.b.script = (_request, response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '60' });
      response.end('{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}');
    };
    const red: Situation = { name: 'red', headers: { 'x-team': 'red' }, wanted: {} };
    expect((await rig.really(red)).status).toBe(200);
    const { targets } = await rig.explained(red);
    expect(targets).toMatchObject([
      { upstream: 'a', state: 'free' },
      { upstream: 'b', state: 'paused' },
    ]);
    expect(targets[1]?.why).toMatch(/another \d+ ms/);
    rig.begin();
    expect((await rig.really(red)).status).toBe(200);
    expect(rig.lastAsked()).toEqual(['a']);
  });

  test('names near one that nobody knows', async () => {
    const asked: Situation = {
      name: 'near',
      form: 'workers-ai',
      model: 'anthropic/claude-sonet-4.6',
      wanted: {},
    };
    const { model, verdict } = await rig.explained(asked);
    expect([model.id, model.near[0]]).toEqual([null, 'anthropic/claude-sonnet-4.6']);
    expect(verdict).toMatchObject({ is_sent: false, stage: 'form' });
  });

  test.each<[string, object, number, string]>([
    ['a key that is not there', { key: 'nobody' }, 404, 'key_not_found'],
    ['a word too much', { modle: 'x' }, 400, 'invalid_request'],
    ['a header that is none', { headers: { 'a b': 'x' } }, 400, 'invalid_request'],
  ])('%s is refused', async (_name, body, status, code) => {
    const answer = await rig.gateway.ask('POST', '/admin/v1/routes/explain', { body });
    expect([answer.status, answer.json]).toMatchObject([status, { error: { code } }]);
  });

  test('a key that does not work any more is said to be so', async () => {
    const { id } = await rig.makeKey('gone', {});
    await rig.gateway.order(`/admin/v1/keys/${id}/revoke`);
    const answer = await rig.gateway.ask('POST', '/admin/v1/routes/explain', { body: { key: id } });
    expect([answer.status, answer.json]).toMatchObject([
      409,
      { error: { code: 'key_not_active' } },
    ]);
  });

  test('without a key and a body it is a short question of somebody who may do everything', async () => {
    const { json } = await rig.gateway.ask('POST', '/admin/v1/routes/explain', {
      body: { model: 'claude-sonnet-4-6' },
    });
    expect(json).toMatchObject({
      verdict: { is_sent: true },
      key: { id: null, account: 'explained', is_allowed: true },
      model: { id: 'claude-sonnet-4-6', is_listed: true },
    });
  });
});

const model = 'anthropic/claude-sonnet-4.6';

function through(gateway: string, more: Partial<Situation> = {}): Situation {
  const headers = { 'cf-aig-gateway-id': gateway };
  return { name: gateway, form: 'workers-ai', model, headers, wanted: {}, ...more };
}

async function makeGateway(id: string, settings: object = {}): Promise<void> {
  const path = `/admin/v1/gateways/team/${id}`;
  const made = await rig.gateway.ask('POST', path, { body: { ...plainGateway, ...settings } });
  expect(made.status).toBe(201);
}

/** As the gateway's owner does over the account's own API. */
async function tell(gateway: string, place: string, body: object): Promise<void> {
  const key = await rig.gateway.makeKey({ kind: 'inference', account: 'team' });
  const path = `/client/v4/accounts/team/ai-gateway/gateways/${gateway}/${place}`;
  const headers = { authorization: `Bearer ${key}` };
  const told = await rig.gateway.ask('POST', path, { key: '', headers, body });
  expect([told.status, told.text]).toEqual([200, expect.any(String)]);
}

describe('through an AI gateway', () => {
  test('its rate limit is looked at and not drawn on', async () => {
    await makeGateway('narrow', { rate_limiting_interval: 3600, rate_limiting_limit: 1 });
    for (let time = 0; time < 3; time += 1) {
      const { verdict, gateway } = await rig.explained(through('narrow'));
      expect([verdict.is_sent, gateway]).toEqual([true, 'narrow']);
    }
    expect((await rig.really(through('narrow'))).status).toBe(200);
    const { verdict } = await rig.explained(through('narrow'));
    expect(verdict).toMatchObject({ is_sent: false, stage: 'gateway_limits', http_status: 429 });
    expect((await rig.really(through('narrow'))).status).toBe(429);
  });

  test('its access policies say no', async () => {
    await makeGateway('strict');
    await tell('strict', 'policies', {
      name: 'nobody',
      action: 'block',
      actor: '*',
      resource: '*/*',
      enabled: true,
    });
    const { verdict } = await rig.explained(through('strict'));
    expect(verdict).toMatchObject({ stage: 'gateway_rules', http_status: 403 });
    expect((await rig.really(through('strict'))).status).toBe(403);
  });

  test('it says itself how often an upstream is asked', async () => {
    await makeGateway('patient', { retry_max_attempts: 4, retry_delay: 1 });
    const { retries } = await rig.explained(through('patient'));
    expect(retries).toEqual({ by: 'gateway', attempts_max: 4, total_ms: null });
  });

  test('a dynamic route leads to the upstream that it names', async () => {
    await makeGateway('graph');
    await tell('graph', 'routes', {
      name: 'support',
      elements: [
        { id: 'start', type: 'start', outputs: { next: { elementId: 'first' } } },
        {
          id: 'first',
          type: 'model',
          properties: { provider: 'b', model: 'claude-haiku-4-5', timeout: 0, retries: 0 },
          outputs: { success: { elementId: 'end' } },
        },
        { id: 'end', type: 'end', outputs: {} },
      ],
    });
    const asked = through('graph', { model: 'dynamic/support' });
    const said = await rig.explained(asked);
    expect(said).toMatchObject({
      verdict: { is_sent: true },
      targets: [{ upstream: 'b' }],
      model: { id: 'claude-haiku-4-5-20251001' },
      routes: [],
    });
    expect(rig.lastAsked()).toEqual([]);
    expect((await rig.really(asked)).status).toBe(200);
    expect(rig.lastAsked()).toEqual(['b']);
  });

  test('`default` is not made by asking about it', async () => {
    const { gateway } = await rig.explained(through('', { key: 'rich-runs' }));
    expect(gateway).toBe('default');
    const shown = await rig.gateway.ask('GET', '/admin/v1/gateways/rich/default');
    expect(shown.status).toBe(404);
  });
});
