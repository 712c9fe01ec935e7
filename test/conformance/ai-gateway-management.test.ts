import Cloudflare from 'cloudflare';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAI } from '../../clients/workers-ai/create-ai.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { plainInputs, refusedAs, resultIn, run } from '../support/run-workers-ai.ts';
import { makeSecondKey } from '../support/second-key.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Gateways over the account's API and the binding; Workers reference §1.6, §3.4, §3.12. */

let gateway: TestGateway;
let client: Cloudflare;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = clientOf(gateway.key);
});
afterAll(async () => {
  await gateway.stop();
});

function clientOf(apiToken: string): Cloudflare {
  return new Cloudflare({ apiToken, baseURL: `${gateway.url}/client/v4`, maxRetries: 0 });
}

const account_id = 'any';
const plain = {
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
};

async function gatewayIds(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of client.aiGateway.list({ account_id })) ids.push(id);
  return ids;
}

function ask(method: string, path: string, body?: object): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/client/v4/accounts/any/ai-gateway${path}`, {
    method,
    headers: { authorization: `Bearer ${gateway.key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

interface Envelope {
  readonly result: unknown;
  readonly success: boolean;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
}

const envelopeIn = ({ body }: RawAnswer): Envelope => JSON.parse(body.toString()) as Envelope;

function refusedWith(answer: RawAnswer): readonly unknown[] {
  const { success, errors } = envelopeIn(answer);
  return [answer.status, success, errors[0]?.code, errors[0]?.message];
}

describe('which gateway a request goes through', () => {
  test('W-R08 one that nobody made is refused, and `default` is there on first use', async () => {
    expect(await gatewayIds()).toEqual([]);
    const path = '/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6';
    const over = (id: string): Promise<RawAnswer> =>
      sendRaw(`${gateway.url}${path}`, {
        headers: { authorization: `Bearer ${gateway.key}`, 'cf-aig-gateway-id': id },
        body: JSON.stringify(plainInputs),
      });
    const nope = await over('nope');
    expect(refusedWith(nope)).toEqual([
      400,
      false,
      2001,
      expect.stringContaining('There is no gateway "nope"'),
    ]);
    expect(await gatewayIds()).toEqual([]);
    expect((await over('default')).status).toBe(200);
    expect(await gatewayIds()).toEqual(['default']);
    expect(await client.aiGateway.get('default', { account_id })).toMatchObject({
      authentication: true,
      byok_only: false,
      cache_ttl: 0,
      collect_logs: true,
      is_default: true,
      rate_limiting_limit: null,
    });
  });

  test('the binding hears the same of one that is not there', async () => {
    const answer = await run(gateway, { options: { gateway: { id: 'nope' } } });
    expect(refusedAs(answer)).toEqual([
      400,
      'AiGatewayError',
      expect.stringContaining('2001: There is no gateway "nope"'),
    ]);
  });

  test('one that was made is gone through, and a request may say what it asks of it', async () => {
    await client.aiGateway.create({ account_id, id: 'made', ...plain });
    const asked = { id: 'made', metadata: { user: 'u' }, collectLog: true, eventId: 'e-1' };
    resultIn(await run(gateway, { options: { gateway: asked } }));
    await client.aiGateway.delete('made', { account_id });
    const answer = await run(gateway, { options: { gateway: { id: 'made' } } });
    expect(refusedAs(answer)[2]).toContain('2001: ');
  });

  test('`default` comes back after somebody removed it', async () => {
    resultIn(await run(gateway));
    await client.aiGateway.delete('default', { account_id });
    expect(await gatewayIds()).toEqual([]);
    resultIn(await run(gateway));
    expect(await gatewayIds()).toEqual(['default']);
  });

  test.each<[string, object, string]>([
    ['a time that is none', { cacheTtl: '1h' }, 'options/gateway/cacheTtl'],
    ['a flag that is none', { skipCache: 'yes' }, 'options/gateway/skipCache'],
    [
      'tries that are none',
      { retries: { maxAttempts: -1 } },
      'options/gateway/retries/maxAttempts',
    ],
    ['retries that are no object', { retries: 3 }, 'options/gateway/retries/maxAttempts'],
  ])('an option is refused with its place: %s', async (_name, option, place) => {
    const answer = await run(gateway, { options: { gateway: { id: 'default', ...option } } });
    expect(refusedAs(answer)).toEqual([
      400,
      'AiError',
      expect.stringContaining(`7003: Invalid value at ${place}: expected `),
    ]);
  });

  test.each([
    ['cf-aig-cache-ttl', 'soon'],
    ['cf-aig-max-attempts', '-1'],
    ['cf-aig-backoff', 'never'],
    ['cf-aig-custom-cost', '{"per_token_in":-1,"per_token_out":1}'],
    ['cf-aig-custom-cost', 'free'],
    ['cf-aig-byok-alias', 'two words'],
  ])('a header is refused with its name: %s: %s', async (name, value) => {
    const answer = await run(gateway, { headers: { [name]: value } });
    expect(refusedAs(answer)).toEqual([
      400,
      'AiError',
      expect.stringContaining(`7003: Invalid value at ${name}: expected `),
    ]);
  });

  test('what has no effect is named on the reply', async () => {
    const answer = await run(gateway, {
      headers: { 'cf-aig-zdr': 'true', 'cf-aig-metadata': '{"a":{"b":1}}' },
    });
    resultIn(answer);
    expect(answer.headers['x-quatrain-ignored-options']).toBe('cf-aig-zdr, cf-aig-metadata');
  });
});

describe('gateways of an account', () => {
  afterEach(async () => {
    for (const id of await gatewayIds()) await client.aiGateway.delete(id, { account_id });
  });

  test('one is made, shown, replaced and removed by the official client', async () => {
    const made = await client.aiGateway.create({
      account_id,
      id: 'g-1',
      ...plain,
      cache_ttl: 60,
      rate_limiting_limit: 10,
      rate_limiting_interval: 600,
      rate_limiting_technique: 'sliding',
      authentication: true,
      retry_max_attempts: 3,
      retry_backoff: 'exponential',
    });
    expect(made).toMatchObject({
      id: 'g-1',
      authentication: true,
      cache_ttl: 60,
      rate_limiting_limit: 10,
      rate_limiting_interval: 600,
      rate_limiting_technique: 'sliding',
      retry_max_attempts: 3,
      retry_delay: 100,
      retry_backoff: 'exponential',
      is_default: false,
      log_management_strategy: 'DELETE_OLDEST',
    });
    expect(Date.parse(made.created_at)).not.toBeNaN();
    expect(await client.aiGateway.get('g-1', { account_id })).toEqual(made);
    const replaced = await client.aiGateway.update('g-1', { account_id, ...plain });
    expect(replaced).toMatchObject({
      authentication: false,
      cache_ttl: 0,
      created_at: made.created_at,
      rate_limiting_limit: null,
      retry_max_attempts: null,
    });
    expect(await client.aiGateway.delete('g-1', { account_id })).toEqual(replaced);
    await expect(client.aiGateway.get('g-1', { account_id })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('what is shown can be sent back', async () => {
    const made = await client.aiGateway.create({ account_id, id: 'g', ...plain, cache_ttl: null });
    const sentBack = await ask('PUT', '/gateways/g', made);
    const { result } = envelopeIn(sentBack);
    expect(sentBack.status).toBe(200);
    expect({ ...(result as object), modified_at: made.modified_at }).toEqual(made);
  });

  test('they are listed by pages and found by a part of their names', async () => {
    for (const id of ['alpha', 'beta', 'alphabet']) {
      await client.aiGateway.create({ account_id, id, ...plain });
    }
    const found = await ask('GET', '/gateways?search=ALPHA&per_page=1&page=2');
    expect(envelopeIn(found)).toMatchObject({
      success: true,
      result: [{ id: 'alphabet' }],
      result_info: { page: 2, per_page: 1, count: 1, total_count: 2 },
    });
    expect((await ask('GET', '/gateways?per_page=none')).status).toBe(400);
  });

  test('each account has its own', async () => {
    await client.aiGateway.create({ account_id, id: 'mine', ...plain });
    const other = clientOf(await makeSecondKey(gateway));
    await expect(other.aiGateway.get('mine', { account_id })).rejects.toMatchObject({
      status: 404,
    });
    const theirs = await other.aiGateway.create({ account_id, id: 'mine', ...plain });
    await other.aiGateway.delete('mine', { account_id });
    expect(theirs.id).toBe('mine');
    expect(await gatewayIds()).toEqual(['mine']);
  });

  const one = '/gateways/taken';
  test.each<[string, readonly [string, string, object?], readonly [number, number]]>([
    ['a name that is taken', ['POST', '/gateways', { id: 'taken', ...plain }], [409, 8001]],
    ['a name that none can have', ['POST', '/gateways', { id: 'no pe', ...plain }], [400, 7003]],
    ['no name', ['POST', '/gateways', plain], [400, 7003]],
    ['a member that is missing', ['PUT', one, { cache_ttl: 60 }], [400, 7003]],
    ['a member nobody knows', ['PUT', one, { ...plain, cahe_ttl: 1 }], [400, 7003]],
    ['what is not there', ['PUT', one, { ...plain, logpush: true }], [400, 7003]],
    [
      'a limit without an interval',
      ['PUT', one, { ...plain, rate_limiting_limit: 5 }],
      [400, 7003],
    ],
    ['more tries than may be', ['PUT', one, { ...plain, retry_max_attempts: 6 }], [400, 7003]],
    ['one that is not there', ['PUT', '/gateways/nope', plain], [404, 7002]],
    ['removing one that is not there', ['DELETE', '/gateways/nope'], [404, 7002]],
    ['a method that is none', ['PATCH', one, plain], [405, 7003]],
    ['no object', ['PUT', one, []], [400, 7003]],
  ])('%s is refused', async (_name, [method, path, body], [status, code]) => {
    await client.aiGateway.create({ account_id, id: 'taken', ...plain });
    const answer = await ask(method, path, body);
    expect(refusedWith(answer).slice(0, 3)).toEqual([status, false, code]);
  });

  test('nobody is answered without a key', async () => {
    const answer = await sendRaw(`${gateway.url}/client/v4/accounts/a/ai-gateway/gateways`);
    expect(refusedWith(answer).slice(0, 3)).toEqual([401, false, 10_000]);
  });

  test('what is off in the service’s other settings may be sent', async () => {
    const off = { dlp: { enabled: false, policies: [] }, otel: null, guardrails: null, zdr: false };
    const answer = await ask('POST', '/gateways', { id: 'off', ...plain, ...off });
    expect(answer.status).toBe(200);
  });
});

describe('where a gateway is reached', () => {
  const overBinding = (path: string): Promise<RawAnswer> =>
    sendRaw(`${gateway.url}/ai-gateway/gateways${path}`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    });

  test.each([
    ['W-B30 a provider', '/default/url/anthropic', '/v1/development/default/anthropic'],
    ['W-B30 no provider', '/default/url/universal', '/v1/development/default/'],
  ])('%s, asked by the binding', async (_name, path, expected) => {
    const answer = await overBinding(path);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(envelopeIn(answer)).toEqual({
      success: true,
      result: { url: `${gateway.url}${expected}` },
    });
  });

  test('the binding’s client may say what stands for the account', async () => {
    const settings = { baseURL: gateway.url, apiKey: gateway.key };
    const urlFor = (account: string): Promise<string> =>
      createAI({ ...settings, account })
        .gateway('default')
        .getUrl('anthropic');
    expect(await urlFor('acme')).toBe(`${gateway.url}/v1/acme/default/anthropic`);
    for (const strange of ['messages', 'a/b', '..']) {
      await expect(urlFor(strange)).rejects.toThrow('x-quatrain-account: expected');
    }
  });

  test('the account’s API says it as it is, with the account’s name of the path', async () => {
    const url = await client.aiGateway.urls.get('anthropic', {
      account_id: 'acme',
      gateway_id: 'default',
    });
    expect(url).toBe(`${gateway.url}/v1/acme/default/anthropic`);
  });

  test('one that is not there is reached nowhere', async () => {
    const answer = await overBinding('/nope/url/anthropic');
    const { errors } = envelopeIn(answer);
    expect([answer.status, errors[0]?.code]).toEqual([404, 7002]);
  });

  test('a configured address is what callers hear', async () => {
    const behind = await startTestGateway('listen: { public_url: "https://ai.example/" }');
    try {
      const answer = await sendRaw(`${behind.url}/ai-gateway/gateways/default/url/compat`, {
        headers: { authorization: `Bearer ${behind.key}` },
      });
      expect(envelopeIn(answer).result).toEqual({
        url: 'https://ai.example/v1/development/default/compat',
      });
    } finally {
      await behind.stop();
    }
  });
});
