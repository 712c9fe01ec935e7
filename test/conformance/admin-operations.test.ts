import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type {
  SettingsAnswer,
  SettingsCheckAnswer,
  UpstreamStateAnswer,
} from '../../src/admin/contract-operations.ts';
import type { JsonObject } from '../../src/std/json.ts';
import type { AdminAnswer, AdministeredGateway } from '../support/admin-client.ts';
import { administer } from '../support/admin-client.ts';
import { sendRaw } from '../support/post.ts';
import type { RoutedGateway } from '../support/start-routed-gateway.ts';
import { askedOfRoute, says, startRoutedGateway } from '../support/start-routed-gateway.ts';

/** What operators see and order of a running gateway. */

const yaml = `
routes:
  - name: opus
    models: ["claude-opus-*"]
    when: { headers: { x-team: red } }
    targets: [{ upstream: b, weight: 2, model: own-name }]
    fallbacks: [{ upstream: a, first_byte_ms: 9000 }]
policies:
  - name: short
    when: { models: ["*haiku*"] }
    parameters: { limits: { max_tokens_max: 4096 }, defaults: { temperature: 0.5 } }
`;

let routed: RoutedGateway;
let gateway: AdministeredGateway;

beforeAll(async () => {
  const optionsOfA = ['api_keys: [env:KEY_A, env:KEY_B]'];
  routed = await startRoutedGateway({ yaml, optionsOfA });
  gateway = await administer(routed.gateway);
});

afterAll(async () => {
  await routed.stop();
});

beforeEach(() => {
  routed.a.script = says('a');
  routed.b.script = says('b');
  routed.a.received.length = 0;
  routed.b.received.length = 0;
});

async function upstream(name: string): Promise<UpstreamStateAnswer> {
  const { json } = await gateway.ask('GET', '/admin/v1/upstreams');
  const found = (json['data'] as unknown as readonly UpstreamStateAnswer[]).find(
    (one) => one.name === name,
  );
  if (found === undefined) throw new Error(`no upstream ${name} is listed`);
  return found;
}

function order(name: string, verb: 'drain' | 'resume' | 'probe'): Promise<AdminAnswer> {
  return gateway.ask('POST', `/admin/v1/upstreams/${name}/${verb}`);
}

/** What Prometheus is told of which upstreams are drained. */
async function drainSeries(): Promise<readonly string[]> {
  const { body } = await sendRaw(`${routed.gateway.adminUrl}/metrics`);
  const lines = body.toString().split('\n');
  return lines.filter((line) => line.startsWith('quatrain_upstream_drained{'));
}

const seriesOf = (drained: string): readonly string[] =>
  ['emulator', 'a', 'b'].map(
    (name) => `quatrain_upstream_drained{upstream="${name}"} ${String(Number(name === drained))}`,
  );

async function lastAudit(): Promise<JsonObject> {
  const { json } = await gateway.ask('GET', '/admin/v1/audit-log?limit=1');
  const [entry] = json['data'] as readonly JsonObject[];
  return entry ?? {};
}

describe('upstreams', () => {
  test('are listed with what they are, and none of their secrets', async () => {
    const { json, text } = await gateway.ask('GET', '/admin/v1/upstreams');
    expect(json['data']).toMatchObject([
      { name: 'emulator', driver: 'emulator', origin: null, credentials: 0 },
      { name: 'a', driver: 'anthropic', origin: routed.a.url, is_default: true, credentials: 2 },
      { name: 'b', driver: 'anthropic', is_default: false, credentials: 0, is_drained: false },
    ]);
    expect(text).not.toMatch(/first-key|second-key|KEY_A/);
  });

  test('say how their attempts fared', async () => {
    expect((await routed.post()).status).toBe(200);
    expect((await routed.post({ stream: true })).status).toBe(200);
    routed.a.script = (_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"type":"error","error":{"type":"authentication_error","message":"no"}}');
    };
    expect((await routed.post()).status).toBe(502);
    const { last_hour: hour, last_5_minutes: minutes, targets } = await upstream('a');
    expect(hour).toMatchObject({ requests: 4, failed: 2, last_error: { http_status: 401 } });
    expect(hour.total_ms.p50).toBeGreaterThan(0);
    expect(hour.first_content_ms.p95).toBeGreaterThan(0);
    expect(minutes).toEqual(hour);
    expect(
      targets.map(({ credential, model, state, live }) => [credential, model, state, live]),
    ).toEqual(
      expect.arrayContaining([
        [0, 'claude-sonnet-4-6', 'paused', 0],
        [1, 'claude-sonnet-4-6', 'paused', 0],
      ]),
    );
    expect(Math.max(...targets.map((target) => target.pause_left_ms ?? 0))).toBeGreaterThan(50_000);
  });

  test('that an operator drains get no new request, and what runs there ends', async () => {
    let finish: () => void = () => {};
    routed.a.script = (request, response) => {
      finish = () => {
        says('a')(request, response, undefined as never);
      };
    };
    const running = routed.post();
    while (routed.a.received.length === 0) await new Promise(setImmediate);
    const drained = await order('a', 'drain');
    expect(drained.json).toMatchObject({ name: 'a', is_drained: true, live: 1 });
    expect(await lastAudit()).toMatchObject({
      action: 'upstream.drain',
      subject: 'a',
      before: { is_drained: false },
      after: { is_drained: true },
    });
    const refused = await routed.post();
    expect([refused.status, refused.body.toString()]).toEqual([
      503,
      expect.stringContaining('out of service'),
    ]);
    expect(routed.a.received).toHaveLength(1);
    finish();
    expect((await running).status).toBe(200);
    routed.a.script = says('a');
    routed.gateway.gateway.reload(routed.gateway.gateway.config);
    expect((await upstream('a')).is_drained).toBe(true);
    expect(await drainSeries()).toEqual(seriesOf('a'));
    expect((await routed.post()).status).toBe(503);
    expect((await order('a', 'resume')).json).toMatchObject({
      is_drained: false,
      drained_at: null,
    });
    expect(await drainSeries()).toEqual(seriesOf('none'));
    expect((await routed.post()).status).toBe(200);
  });

  test('keep the batches and files of the gateway at hand while they are drained', async () => {
    await order('a', 'drain');
    const models = await sendRaw(`${gateway.url}/v1/models`, {
      method: 'GET',
      headers: gateway.headers,
    });
    const batches = await sendRaw(`${gateway.url}/v1/messages/batches`, {
      method: 'GET',
      headers: gateway.headers,
    });
    await order('a', 'resume');
    expect([models.status, batches.status]).toEqual([503, 200]);
  });

  test.each([
    [200, true, 'It answers, and takes the credential.'],
    [401, false, 'It does not take the credential: status 401.'],
    [500, false, 'It answered with status 500.'],
  ])('say to a probe how they are: %i', async (status, ok, detail) => {
    routed.a.script = (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{"data":[]}');
    };
    const { json, status: answered } = await order('a', 'probe');
    expect(answered).toBe(200);
    expect(json).toMatchObject({ upstream: 'a', ok, detail });
    expect(json['credentials']).toHaveLength(2);
    expect(routed.a.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/models?limit=1',
      'GET /v1/models?limit=1',
    ]);
    expect(await lastAudit()).toMatchObject({ action: 'upstream.probe', after: { ok } });
  });

  test.each(['drain', 'resume', 'probe'] as const)('that nobody has: %s', async (verb) => {
    const { status, json } = await order('nobody', verb);
    expect([status, json]).toMatchObject([404, { error: { code: 'upstream_not_found' } }]);
  });
});

describe('routes and policies', () => {
  test('are shown as they are configured', async () => {
    const routes = await gateway.ask('GET', '/admin/v1/routes');
    const nothing = { accounts: null, keys: null, headers: null, features: null };
    const when = { ...nothing, body_bytes_min: null, body_bytes_max: null };
    expect(routes.json).toEqual({
      default_upstream: 'a',
      data: [
        {
          name: 'opus',
          models: ['claude-opus-*'],
          when: { ...when, headers: { 'x-team': 'red' } },
          targets: [{ upstream: 'b', weight: 2, model: 'own-name', first_byte_ms: null, when }],
          fallbacks: [{ upstream: 'a', weight: null, model: null, first_byte_ms: 9000, when }],
          attempts_max: expect.any(Number) as number,
          total_ms: null,
          affinity: 'prompt_cache',
        },
      ],
    });
    const policies = await gateway.ask('GET', '/admin/v1/policies');
    expect(policies.json['data']).toMatchObject([
      {
        name: 'short',
        when: { models: ['*haiku*'] },
        parameters: { limits: { max_tokens_max: 4096 }, defaults: { temperature: 0.5 } },
        model_default: null,
      },
    ]);
  });
});

describe('settings', () => {
  test('show the process, and of secrets where they come from', async () => {
    const { json, text } = await gateway.ask('GET', '/admin/v1/settings');
    const shown = json as unknown as SettingsAnswer;
    expect(shown).toMatchObject({
      node_version: process.version,
      data_dir: gateway.dataDir,
      public_url: gateway.url,
      profile: 'launch',
      plan: 'standard',
      default_upstream: 'a',
      is_ready: true,
      queues: { requests_in_flight: 0, request_log_dropped: 0 },
      config: { upstreams: { a: { api_keys: ['env:KEY_A', 'env:KEY_B'] } } },
    });
    expect(shown.uptime_ms).toBeGreaterThanOrEqual(0);
    expect(shown.store.database_bytes).toBeGreaterThan(10_000);
    expect(shown.price_version).toMatch(/^pt_[0-9a-f]{16}$/);
    expect(shown.needs_restart).toEqual(expect.arrayContaining(['listen', 'data_dir']));
    expect(text).not.toMatch(/first-key|second-key/);
  });

  async function check(text: string): Promise<SettingsCheckAnswer> {
    const { json, status } = await gateway.ask('POST', '/admin/v1/settings/check', {
      body: { yaml: text },
    });
    expect(status).toBe(200);
    return json as unknown as SettingsCheckAnswer;
  }

  test.each([
    ['no YAML', 'a: [', ''],
    ['no such option', 'colour: red', 'colour'],
    ['a value that is none', 'listen: { port: many }', 'listen.port'],
    [
      'a route to nobody',
      'routes: [{ name: r, targets: [{ upstream: x }] }]',
      'routes.0.targets.0',
    ],
    [
      'a secret that is not there',
      'upstreams: { a: { kind: anthropic, base_url: "http://127.0.0.1:1", api_key: "env:NOT_SET" } }',
      'upstreams.a.api_key',
    ],
    [
      'nobody to answer',
      'upstreams: { a: { kind: anthropic, base_url: "http://127.0.0.1:1", auth: none }, b: { kind: anthropic, base_url: "http://127.0.0.1:1", auth: none } }',
      '',
    ],
  ])('are checked as a start would: %s', async (_name, text, path) => {
    const { ok, problems, changes } = await check(text);
    expect([ok, changes]).toEqual([false, []]);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.path.startsWith(path)).toBe(true);
    expect(problems[0]?.message).not.toBe('');
  });

  test('are compared with what is in force, and nothing is changed', async () => {
    const { ok, changes } = await check('log_level: debug\nlimits: { header_bytes_max: 20000 }\n');
    expect(ok).toBe(true);
    expect(changes).toEqual(
      expect.arrayContaining([
        { path: 'log_level', from: 'info', to: 'debug', needs_restart: false },
        expect.objectContaining({ path: 'limits.header_bytes_max', needs_restart: true }),
        expect.objectContaining({ path: 'default_upstream', from: 'a', to: null }),
      ]),
    );
    const { json } = await gateway.ask('GET', '/admin/v1/settings');
    expect(json).toMatchObject({ config: { log_level: 'info' }, default_upstream: 'a' });
  });
});

test('the registry has every name of a model, and what it costs', async () => {
  const { json } = await gateway.ask('GET', '/admin/v1/registry');
  const models = json['data'] as readonly JsonObject[];
  expect(models.find(({ id }) => id === 'claude-sonnet-4-6')).toMatchObject({
    author: 'Anthropic',
    names: {
      messages: expect.arrayContaining(['claude-sonnet-4-6']) as unknown,
      workers_ai: expect.arrayContaining(['anthropic/claude-sonnet-4.6']) as unknown,
    },
    features: expect.arrayContaining(['tools', 'thinking']) as unknown,
    price: {
      rates: expect.arrayContaining([expect.objectContaining({ class: 'input' })]) as unknown,
    },
  });
  expect(askedOfRoute['model']).toBe('claude-sonnet-4-6');
});
