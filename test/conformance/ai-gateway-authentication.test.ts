import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wholeStream } from '../support/event-stream.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { plainInputs, resultIn, run } from '../support/run-workers-ai.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Who may use a gateway on its own URLs, and with whose key; Workers reference §3.4. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;

const plain = {
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  collect_logs: false,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
};

beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(wholeStream);
  });
  const yaml = `upstreams:\n  scripted:\n    kind: anthropic\n    base_url: ${upstream.url}\n    api_key: env:OWN_KEY\n    provider_keys: true\n`;
  gateway = await startTestGateway(yaml, { OWN_KEY: 'sk-unified' });
  await make({ id: 'guarded', authentication: true });
  await make({ id: 'open', authentication: false });
  await make({ id: 'own-only', authentication: true, byok_only: true });
  await atAccount('/guarded/provider_configs', {
    alias: 'default',
    provider_slug: 'anthropic',
    secret: 'sk-stored-for-guarded',
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});
beforeEach(() => {
  upstream.received.length = 0;
});

async function atAccount(path: string, body: object): Promise<void> {
  const url = `${gateway.url}/client/v4/accounts/a/ai-gateway/gateways${path}`;
  const headers = { authorization: `Bearer ${gateway.key}` };
  expect((await sendRaw(url, { headers, body: JSON.stringify(body) })).status).toBe(200);
}

async function make(settings: object): Promise<void> {
  await atAccount('', { ...plain, ...settings });
}

type Headers = Readonly<Record<string, string>>;

function post(path: string, headers: Headers, body: unknown): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/v1/acme${path}`, {
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify(body),
  });
}

const question = { model: 'claude-sonnet-4-6', stream: true, ...plainInputs };
const ask = (id: string, headers: Headers): Promise<RawAnswer> =>
  post(`/${id}/anthropic/v1/messages`, headers, question);
const token = (): Headers => ({ 'cf-aig-authorization': `Bearer ${gateway.key}` });

const seenKeys = (): readonly unknown[] =>
  upstream.received.map(({ headers }) => headers['x-api-key'] ?? headers.authorization);

/** What each of the known clients reads of an error; Workers reference §3.15. */
function refusedAs({ status, body }: RawAnswer): readonly unknown[] {
  const said = JSON.parse(body.toString()) as {
    readonly success: boolean;
    readonly name: string;
    readonly internalCode: number;
    readonly error: readonly { readonly code: number; readonly message: string }[];
  };
  return [status, said.success, said.name, said.internalCode, said.error[0]?.code];
}

const unauthenticated = [401, false, 'AiGatewayError', 2009, 2009];

describe('a gateway with authentication', () => {
  test.each<[string, () => Headers]>([
    ['without any key', () => ({})],
    ['with a key of ours where the provider’s goes', () => ({ 'x-api-key': gateway.key })],
    ['with a token that is none', () => ({ 'cf-aig-authorization': 'Bearer none' })],
    ['with a provider’s key alone', () => ({ 'x-api-key': 'sk-of-the-provider' })],
  ])('W-G11 refuses a request %s', async (_name, headers) => {
    expect(refusedAs(await ask('guarded', headers()))).toEqual(unauthenticated);
    expect(seenKeys()).toEqual([]);
  });

  test('W-G12 does not look into the headers of a step, and says where the key goes', async () => {
    const step = {
      provider: 'anthropic',
      endpoint: 'v1/messages',
      headers: token(),
      query: question,
    };
    const answer = await post('/guarded', {}, [step]);
    expect(refusedAs(answer)).toEqual(unauthenticated);
    expect(answer.body.toString()).toContain('cf-aig-authorization');
    expect(answer.body.toString()).toMatch(/header.*of the request itself/);
    expect(seenKeys()).toEqual([]);
  });

  test('takes calls of the binding and of the account’s API, which have shown their key', async () => {
    resultIn(await run(gateway, { options: { gateway: { id: 'guarded' } } }));
    const path = '/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6';
    const answer = await sendRaw(`${gateway.url}${path}`, {
      headers: { authorization: `Bearer ${gateway.key}`, 'cf-aig-gateway-id': 'guarded' },
      body: JSON.stringify(plainInputs),
    });
    expect(answer.status).toBe(200);
  });
});

describe('a gateway without', () => {
  test('takes a key of ours where the provider’s goes, and that key stays here', async () => {
    expect((await ask('open', { 'x-api-key': gateway.key })).status).toBe(200);
    expect(seenKeys()).toEqual(['sk-unified']);
  });

  test('still asks for a key: whose account it is has to be known', async () => {
    expect(refusedAs(await ask('open', {}))).toEqual(unauthenticated);
  });
});

describe('W-G13 whose key the upstream is asked with', () => {
  test.each<[string, string, Headers, string]>([
    ['the request’s own goes first', 'guarded', { 'x-api-key': 'sk-brought' }, 'sk-brought'],
    ['as it was sent', 'guarded', { authorization: 'Bearer sk-brought' }, 'Bearer sk-brought'],
    ['then the stored one', 'guarded', {}, 'sk-stored-for-guarded'],
    ['then the upstream’s', 'open', {}, 'sk-unified'],
    ['a gateway that wants one has it', 'own-only', { 'x-api-key': 'sk-brought' }, 'sk-brought'],
  ])('%s', async (_name, id, headers, expected) => {
    expect((await ask(id, { ...token(), ...headers })).status).toBe(200);
    expect(seenKeys()).toEqual([expected]);
  });

  test.each<[string, string, Headers]>([
    ['the gateway wants one', 'own-only', {}],
    ['the request wants one', 'open', { 'cf-aig-no-wholesale': 'true' }],
  ])('%s, and there is none: 400', async (_name, id, headers) => {
    const answer = await ask(id, { ...token(), ...headers });
    expect(refusedAs(answer)).toEqual([400, false, 'AiGatewayError', 2021, 2021]);
    expect(seenKeys()).toEqual([]);
  });

  test('the official client goes through with its own key and a token beside it', async () => {
    const client = new Anthropic({
      baseURL: `${gateway.url}/v1/acme/guarded/anthropic`,
      apiKey: 'sk-of-the-client',
      defaultHeaders: token(),
      maxRetries: 0,
    });
    const message = await client.messages
      .stream({
        model: 'claude-sonnet-4-6',
        max_tokens: 5,
        messages: [{ role: 'user', content: 'hi' }],
      })
      .finalMessage();
    expect(message.stop_reason).toBe('end_turn');
    expect(seenKeys()).toEqual(['Bearer sk-of-the-client']);
  });
});
