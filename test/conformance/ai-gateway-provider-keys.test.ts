import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Cloudflare from 'cloudflare';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { plainInputs, refusedAs, run } from '../support/run-workers-ai.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { wholeStream } from '../support/event-stream.ts';

/** Keys for providers that a gateway uses; Workers reference §3.4, §3.12. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let client: Cloudflare;

const account_id = 'any';
const plain = {
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  collect_logs: false,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
};

function yaml(more: string): string {
  return `upstreams:\n  scripted:\n    kind: anthropic\n    base_url: ${upstream.url}\n    api_key: env:OWN_KEY\n${more}`;
}

beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(wholeStream);
  });
  gateway = await startTestGateway(yaml('    provider_keys: true\n'), { OWN_KEY: 'sk-unified' });
  client = new Cloudflare({
    apiToken: gateway.key,
    baseURL: `${gateway.url}/client/v4`,
    maxRetries: 0,
  });
  await client.aiGateway.create({ account_id, id: 'keyed', ...plain });
  await client.aiGateway.create({ account_id, id: 'bare', ...plain });
  await client.aiGateway.create({ account_id, id: 'own-only', ...plain, byok_only: true });
  await store('keyed', 'default', 'sk-stored-default-key');
  await store('keyed', 'team', 'sk-stored-team-key');
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});
beforeEach(() => {
  upstream.received.length = 0;
});

async function store(
  id: string,
  alias: string,
  secret: string,
  isDefault = false,
): Promise<object> {
  return client.aiGateway.providerConfigs.create(id, {
    account_id,
    alias,
    default_config: isDefault,
    provider_slug: 'anthropic',
    secret,
  });
}

const seenKeys = (): readonly unknown[] =>
  upstream.received.map(({ headers }) => headers['x-api-key'] ?? headers.authorization);

function runThrough(
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return run(gateway, { options: { gateway: { id } }, headers });
}

function onKeys(method: string, path: string, body?: object): Promise<RawAnswer> {
  const url = `${gateway.url}/client/v4/accounts/any/ai-gateway/gateways${path}`;
  return sendRaw(url, {
    method,
    headers: { authorization: `Bearer ${gateway.key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('W-G13 whose key the upstream is asked with', () => {
  test.each<[string, string, Readonly<Record<string, string>>, string]>([
    ['nothing is stored: the upstream’s own', 'bare', {}, 'sk-unified'],
    ['one is stored as the default', 'keyed', {}, 'sk-stored-default-key'],
    ['an alias names another', 'keyed', { 'cf-aig-byok-alias': 'team' }, 'sk-stored-team-key'],
    [
      'the upstream’s own may not be used, and one is stored',
      'keyed',
      { 'cf-aig-no-wholesale': 'true' },
      'sk-stored-default-key',
    ],
  ])('%s', async (_name, id, headers, expected) => {
    expect((await runThrough(id, headers)).status).toBe(200);
    expect(seenKeys()).toEqual([expected]);
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['the request asks for a key of its own', 'bare', { 'cf-aig-no-wholesale': 'true' }],
    ['the gateway asks for one', 'own-only', {}],
    ['a request cannot relax that', 'own-only', { 'cf-aig-no-wholesale': 'false' }],
    ['an alias that nobody stored', 'keyed', { 'cf-aig-byok-alias': 'nobody' }],
  ])('%s, and there is none: 400', async (_name, id, headers) => {
    const answer = await runThrough(id, headers);
    expect(refusedAs(answer)).toEqual([400, 'AiGatewayError', expect.stringMatching(/^2021: /)]);
    expect(seenKeys()).toEqual([]);
  });

  test('over the account’s API and in its other forms it is the same', async () => {
    const headers = { authorization: `Bearer ${gateway.key}`, 'cf-aig-gateway-id': 'keyed' };
    const base = `${gateway.url}/client/v4/accounts/a/ai`;
    const body = { model: 'anthropic/claude-sonnet-4.6', stream: true, ...plainInputs };
    for (const path of ['/v1/messages', '/v1/chat/completions']) {
      const answer = await sendRaw(`${base}${path}`, { headers, body: JSON.stringify(body) });
      expect(answer.status).toBe(200);
    }
    expect(seenKeys()).toEqual(['sk-stored-default-key', 'sk-stored-default-key']);
  });

  test('the Messages form at the root belongs to no gateway and has no stored key', async () => {
    const body = { model: 'claude-sonnet-4-6', stream: true, ...plainInputs };
    const { url, headers } = gateway;
    await sendRaw(`${url}/v1/messages`, { headers, body: JSON.stringify(body) });
    expect(seenKeys()).toEqual(['sk-unified']);
  });

  test('an upstream that takes no such keys is asked with its own', async () => {
    const closed = await startTestGateway(yaml(''), { OWN_KEY: 'sk-unified' });
    try {
      const headers = { authorization: `Bearer ${closed.key}` };
      const path = '/client/v4/accounts/a/ai-gateway/gateways/default/provider_configs';
      const body = { alias: 'default', provider_slug: 'anthropic', secret: 'sk-stored-elsewhere' };
      await sendRaw(`${closed.url}${path}`, { headers, body: JSON.stringify(body) });
      expect((await run(closed)).status).toBe(200);
      expect(seenKeys()).toEqual(['sk-unified']);
      const strict = await run(closed, { headers: { 'cf-aig-no-wholesale': 'true' } });
      expect(refusedAs(strict)[2]).toMatch(/^2021: .*takes none/);
    } finally {
      await closed.stop();
    }
  });
});

describe('an upstream that does not take a key', () => {
  const answersOk = (): void => {
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(wholeStream);
    };
  };
  beforeEach(() => {
    upstream.script = (_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"type":"error","error":{"type":"authentication_error","message":"no"}}');
    };
    return answersOk;
  });

  test('says so of the account’s own key with 401 and 2009, and is not asked again', async () => {
    const answer = await runThrough('keyed', { 'cf-aig-max-attempts': '3' });
    expect(refusedAs(answer)).toEqual([
      401,
      'AiGatewayError',
      expect.stringMatching(/^2009: .*key of your own/),
    ]);
    expect(seenKeys()).toHaveLength(1);
    const headers = { authorization: `Bearer ${gateway.key}`, 'cf-aig-gateway-id': 'keyed' };
    const path = '/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6';
    const rest = await sendRaw(`${gateway.url}${path}`, {
      headers,
      body: JSON.stringify(plainInputs),
    });
    expect(JSON.parse(rest.body.toString())).toMatchObject({ errors: [{ code: 2009 }] });
    const chat = await sendRaw(`${gateway.url}/client/v4/accounts/a/ai/v1/chat/completions`, {
      headers,
      body: JSON.stringify({ model: 'anthropic/claude-sonnet-4.6', ...plainInputs }),
    });
    expect([chat.status, JSON.parse(chat.body.toString())]).toMatchObject([
      401,
      { errors: [{ code: 2009 }] },
    ]);
  });

  test('says so of it at compat too, stored or sent, in the form of Chat Completions', async () => {
    const ask = (own: Readonly<Record<string, string>>): Promise<RawAnswer> =>
      sendRaw(`${gateway.url}/v1/acme/keyed/compat/chat/completions`, {
        headers: { 'cf-aig-authorization': `Bearer ${gateway.key}`, ...own },
        body: JSON.stringify({ model: 'anthropic/claude-sonnet-4.6', ...plainInputs }),
      });
    for (const own of [{}, { authorization: 'Bearer sk-sent' }]) {
      const answer = await ask(own);
      expect([answer.status, JSON.parse(answer.body.toString())]).toMatchObject([
        401,
        { error: { code: 'provider_key_rejected' } },
      ]);
    }
  });

  test('says nothing of the upstream’s own key to a caller, who cannot change it', async () => {
    expect(refusedAs(await runThrough('bare')).slice(0, 2)).toEqual([503, 'AiGatewayError']);
  });
});

describe('stored keys', () => {
  test('a reply shows of a key what its owner knows it by, and the log nothing', async () => {
    const made = await store('bare', 'shown', 'sk-secret-of-a-customer-WXYZ');
    expect(made).toMatchObject({
      alias: 'shown',
      default_config: false,
      gateway_id: 'bare',
      provider_slug: 'anthropic',
      secret_preview: '…WXYZ',
    });
    const listed = await onKeys('GET', '/bare/provider_configs');
    expect(listed.body.toString()).toContain('…WXYZ');
    const { id } = made as { readonly id: string };
    expect((await onKeys('DELETE', `/bare/provider_configs/${id}`)).status).toBe(200);
    expect((await onKeys('DELETE', `/bare/provider_configs/${id}`)).status).toBe(404);
    for (const text of [JSON.stringify(made), listed.body.toString(), ...gateway.logLines]) {
      expect(text).not.toContain('customer');
    }
  });

  test('nothing on the disk holds a key as it is', () => {
    const files = readdirSync(gateway.dataDir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      expect(readFileSync(file).includes('sk-stored-default-key')).toBe(false);
    }
  });

  test('a key is replaced, renamed and made the default, and one default is left', async () => {
    const first = (await store('bare', 'one', 'sk-first-of-the-two', true)) as { id: string };
    const second = (await store('bare', 'two', 'sk-second-of-the-two', true)) as { id: string };
    await runThrough('bare');
    const put = { alias: 'uno', provider_slug: 'anthropic', default_config: true };
    await onKeys('PUT', `/bare/provider_configs/${first.id}`, put);
    await runThrough('bare');
    await onKeys('PUT', `/bare/provider_configs/${first.id}`, { ...put, secret: 'sk-first-anew' });
    await runThrough('bare');
    expect(seenKeys()).toEqual(['sk-second-of-the-two', 'sk-first-of-the-two', 'sk-first-anew']);
    const taken = await onKeys('PUT', `/bare/provider_configs/${first.id}`, {
      ...put,
      alias: 'two',
    });
    expect(taken.status).toBe(409);
    for (const { id } of [first, second]) {
      await onKeys('DELETE', `/bare/provider_configs/${id}`);
    }
  });

  test('a gateway that is removed takes its keys with it', async () => {
    await client.aiGateway.create({ account_id, id: 'short', ...plain });
    await store('short', 'default', 'sk-short-lived-key');
    await client.aiGateway.delete('short', { account_id });
    await client.aiGateway.create({ account_id, id: 'short', ...plain });
    await runThrough('short');
    expect(seenKeys()).toEqual(['sk-unified']);
  });

  const key = { alias: 'a', provider_slug: 'anthropic', secret: 'sk-something-long' };
  test.each<[string, string, object, number]>([
    ['an alias that is taken', 'keyed', { ...key, alias: 'team' }, 409],
    ['an alias that is none', 'keyed', { ...key, alias: 'a b' }, 400],
    ['no provider', 'keyed', { ...key, provider_slug: undefined }, 400],
    ['a provider that is none', 'keyed', { ...key, provider_slug: '../x' }, 400],
    ['no key', 'keyed', { ...key, secret: undefined }, 400],
    ['a key that breaks out of its header', 'keyed', { ...key, secret: 'sk-1234\r\nx: y' }, 400],
    ['a store of secrets', 'keyed', { ...key, secret_id: 's' }, 400],
    ['a limit of its own', 'keyed', { ...key, rate_limit: 5 }, 400],
    ['a gateway that is not there', 'nope', key, 404],
  ])('%s is refused', async (_name, id, body, status) => {
    expect((await onKeys('POST', `/${id}/provider_configs`, body)).status).toBe(status);
  });
});
