import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closing, opening, textDelta, wholeStream } from '../support/event-stream.ts';
import type { GatewayHost } from '../support/gateway-host.ts';
import {
  messageM,
  messagesBody,
  providersError,
  startGatewayHost,
} from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Providers below a gateway's URL; Workers reference §3.1, §3.4, §3.15. */

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost();
  await host.makeGateway('open', { authentication: false });
});
afterAll(async () => {
  await host.stop();
});
beforeEach(() => {
  host.answers({ status: 200 });
});

const jsonIn = ({ body }: RawAnswer): unknown => JSON.parse(body.toString());
/** The key that the upstream was asked with, as it was sent. */
function keySeen(): string | undefined {
  const headers = host.upstream.received[0]?.headers;
  const key = headers?.['x-api-key'] ?? headers?.authorization;
  return typeof key === 'string' ? key : undefined;
}
const streamed = { status: 200, body: wholeStream, contentType: 'text/event-stream' };

describe('providers', () => {
  test.each(['/anthropic/v1/messages', '/anthropic/messages'])(
    '%s is the Messages form, byte for byte',
    async (path) => {
      const body = { ...messagesBody, future: { a: 1 } };
      const answer = await host.ask(`${path}?beta=true`, { body });
      expect([answer.status, jsonIn(answer)]).toEqual([200, messageM]);
      const [asked] = host.upstream.received;
      expect(asked?.url).toBe('/v1/messages?beta=true');
      expect(asked?.body.toString()).toBe(JSON.stringify(body));
      expect(Object.keys(asked?.headers ?? {}).filter((name) => name.startsWith('cf-'))).toEqual(
        [],
      );
    },
  );

  test('/anthropic/v1/models asks for models', async () => {
    const answer = await host.ask('/anthropic/v1/models/m?limit=1', { body: undefined });
    expect(answer.status).toBe(200);
    expect(host.upstream.received[0]).toMatchObject({ method: 'GET', url: '/v1/models/m?limit=1' });
  });

  test.each(['/compat/chat/completions', '/compat/v1/chat/completions', '/compat/chat/completion'])(
    '%s is Chat Completions',
    async (path) => {
      host.answers(streamed);
      const body = { ...messagesBody, model: 'anthropic/claude-sonnet-4.6' };
      const answer = await host.ask(path, { body });
      expect(jsonIn(answer)).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { content: 'Hello, wörld 🌍' } }],
      });
      expect(JSON.parse(host.upstream.received[0]?.body.toString() ?? '')).toMatchObject({
        model: 'claude-sonnet-4-6',
      });
    },
  );

  test.each([
    '/workers-ai/run/anthropic/claude-sonnet-4.6',
    '/workers-ai/anthropic/claude-sonnet-4.6',
  ])('W-G23 %s is a run', async (path) => {
    host.answers(streamed);
    const { model: _, ...body } = messagesBody;
    const answer = await host.ask(path, { body });
    expect(jsonIn(answer)).toMatchObject({
      success: true,
      result: { type: 'message', content: [{ text: 'Hello, wörld 🌍' }] },
    });
  });

  test('W-G23 a model that only the service has: the same from both', async () => {
    const replies = await Promise.all(
      ['/workers-ai/@cf/x', '/workers-ai/run/@cf/x'].map((path) => host.ask(path, { body: {} })),
    );
    for (const reply of replies) {
      expect(reply.status).toBe(400);
      expect(jsonIn(reply)).toMatchObject({
        success: false,
        errors: [
          { code: 5007, message: expect.stringContaining('No such model @cf/x or task') as string },
        ],
      });
    }
  });

  test('/workers-ai/v1/chat/completions', async () => {
    host.answers(streamed);
    const body = { ...messagesBody, model: 'anthropic/claude-sonnet-4.6' };
    const answer = await host.ask('/workers-ai/v1/chat/completions', { body });
    expect(jsonIn(answer)).toMatchObject({ object: 'chat.completion' });
  });
});

describe('clients', () => {
  test('the Messages SDK, with a key for the provider', async () => {
    const client = new Anthropic({
      baseURL: `${host.url}/v1/acme/default/anthropic`,
      apiKey: 'sk-mine',
      defaultHeaders: { 'cf-aig-authorization': `Bearer ${host.key}` },
    });
    const message = await client.messages.create({
      ...messagesBody,
      messages: [...messagesBody.messages],
    });
    expect(message.content).toEqual(messageM.content);
    // Which of its two headers the library takes is its own affair: the key goes on as it came.
    expect(keySeen()).toMatch(/^(?:Bearer )?sk-mine$/);
  });

  test('a client of Chat Completions, whose key goes where the provider looks for it', async () => {
    host.answers(streamed);
    const client = new OpenAI({
      baseURL: `${host.url}/v1/acme/default/compat`,
      apiKey: 'sk-mine',
      defaultHeaders: { 'cf-aig-authorization': `Bearer ${host.key}` },
    });
    const completion = await client.chat.completions.create({
      model: 'anthropic/claude-sonnet-4.6',
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(completion.choices[0]?.message.content).toBe('Hello, wörld 🌍');
    const [asked] = host.upstream.received;
    expect([asked?.headers['x-api-key'], asked?.headers.authorization]).toEqual([
      'sk-mine',
      undefined,
    ]);
  });
});

describe('credentials', () => {
  const path = '/anthropic/v1/messages';
  const key = (): string => host.key;
  const noToken = { 'cf-aig-authorization': undefined };

  test.each<[string, () => Readonly<Record<string, string | undefined>>, string]>([
    ['no key of its own: the upstream’s', () => ({}), 'sk-own'],
    ['W-G13 x-api-key', () => ({ 'x-api-key': 'sk-mine' }), 'sk-mine'],
    ['W-G13 a bearer', () => ({ authorization: 'Bearer sk-mine' }), 'Bearer sk-mine'],
    ['the gateway’s own key does not travel', () => ({ 'x-api-key': key() }), 'sk-own'],
    ['nor as a bearer', () => ({ authorization: `Bearer ${key()}` }), 'sk-own'],
    ['a bare token', () => ({ 'cf-aig-authorization': key() }), 'sk-own'],
  ])('%s', async (_name, headers, expected) => {
    expect((await host.ask(path, { body: messagesBody, headers: headers() })).status).toBe(200);
    expect(keySeen()).toBe(expected);
  });

  test('W-G13 only a key of the caller’s own, and there is none', async () => {
    const headers = { 'cf-aig-no-wholesale': 'true' };
    const answer = await host.ask(path, { body: messagesBody, headers });
    expect(answer.status).toBe(400);
    expect(jsonIn(answer)).toMatchObject({ success: false, error: [{ code: 2021 }] });
    expect(host.upstream.received).toEqual([]);
  });

  test.each<[string, () => Readonly<Record<string, string | undefined>>]>([
    ['a key in the provider’s place', () => ({ ...noToken, 'x-api-key': key() })],
    ['no key', () => noToken],
    ['another key', () => ({ 'cf-aig-authorization': 'Bearer nobodys' })],
  ])('W-G11 a gateway with authentication: %s', async (_name, headers) => {
    const answer = await host.ask(path, { body: messagesBody, headers: headers() });
    expect(answer.status).toBe(401);
    expect(jsonIn(answer)).toMatchObject({
      success: false,
      name: 'AiGatewayError',
      internalCode: 2009,
      error: [{ code: 2009, message: expect.stringContaining('cf-aig-authorization') as string }],
    });
    expect(host.upstream.received).toEqual([]);
  });

  test('without authentication a key of the gateway may stand in the usual headers', async () => {
    const headers = { ...noToken, 'x-api-key': key() };
    const answer = await host.ask(path, { body: messagesBody, headers, gateway: 'open' });
    expect(answer.status).toBe(200);
    expect(host.upstream.received[0]?.headers['x-api-key']).toBe('sk-own');
  });

  test('W-G23 a run’s bearer is the account’s own', async () => {
    host.answers(streamed);
    const { model: _, ...body } = messagesBody;
    const headers = { ...noToken, authorization: `Bearer ${key()}` };
    const answer = await host.ask('/workers-ai/run/anthropic/claude-sonnet-4.6', { body, headers });
    expect(answer.status).toBe(200);
    expect(host.upstream.received[0]?.headers['x-api-key']).toBe('sk-own');
  });
});

describe('who says no', () => {
  const said = providersError('not_found_error', 'model: m');

  test('the provider, in its own words', async () => {
    host.answers({ status: 404, body: said });
    const answer = await host.ask('/anthropic/v1/messages', { body: messagesBody });
    expect([answer.status, answer.body.toString()]).toEqual([404, said]);
  });

  test('the provider, about a key of the caller’s own', async () => {
    host.answers({
      status: 401,
      body: providersError('authentication_error', 'invalid x-api-key'),
    });
    const answer = await host.ask('/compat/chat/completions', {
      body: { ...messagesBody, model: 'anthropic/claude-sonnet-4.6' },
      headers: { authorization: 'Bearer sk-mine' },
    });
    expect(answer.status).toBe(401);
    expect(jsonIn(answer)).toMatchObject({ error: { code: 'provider_key_rejected' } });
  });

  test('the form of the provider, before anybody is asked', async () => {
    const answer = await host.ask('/anthropic/v1/messages', { body: { max_tokens: 5 } });
    expect(answer.status).toBe(400);
    expect(jsonIn(answer)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'model: Field required' },
    });
  });

  test('the emulator, as a provider', async () => {
    const emulated = await startTestGateway();
    try {
      const answer = await sendRaw(`${emulated.url}/v1/acme/default/anthropic/v1/messages`, {
        headers: { ...emulated.headers, 'cf-aig-authorization': `Bearer ${emulated.key}` },
        body: JSON.stringify({ ...messagesBody, max_tokens: undefined }),
      });
      expect(answer.status).toBe(400);
      expect(jsonIn(answer)).toMatchObject({
        type: 'error',
        error: { type: 'invalid_request_error', message: 'max_tokens: Field required' },
      });
    } finally {
      await emulated.stop();
    }
  });

  test.each<[string, string, object, number]>([
    ['an unknown gateway', 'nobodys', {}, 2001],
    ['an option that cannot be read', 'default', { 'cf-aig-max-attempts': 'many' }, 7003],
  ])('the gateway: %s', async (_name, id, headers, code) => {
    const answer = await host.ask('/anthropic/v1/messages', {
      body: messagesBody,
      gateway: id,
      headers: headers as Readonly<Record<string, string>>,
    });
    expect(answer.status).toBe(400);
    expect(jsonIn(answer)).toMatchObject({
      success: false,
      name: 'AiGatewayError',
      internalCode: code,
      error: [{ code }],
    });
  });

  test('the gateway: the provider cannot be reached', async () => {
    host.upstream.script = (_request, _response, raw) => {
      raw.socket.destroy();
    };
    const answer = await host.ask('/anthropic/v1/messages', { body: messagesBody });
    expect(answer.status).toBe(502);
    expect(jsonIn(answer)).toMatchObject({ success: false, error: [{ code: 2005 }] });
  });

  test.each([
    ['POST', '/openai/chat/completions', 'The providers served here are anthropic'],
    ['POST', '/custom-mine/v1/chat', 'The providers served here are anthropic'],
    ['POST', '/anthropic/v1/messages/batches', 'The providers served here are anthropic'],
    ['POST', '/run', 'Runs are asked for at'],
    ['GET', '', 'WebSockets are not served'],
    ['GET', '/openai', 'WebSockets are not served'],
  ])('the gateway: %s %s is not served', async (method, path, text) => {
    const answer = await host.ask(path, { method, body: {} });
    expect(answer.status).toBe(400);
    const { error } = jsonIn(answer) as { readonly error: readonly { readonly message: string }[] };
    expect(error).toMatchObject([{ code: 7000 }]);
    expect(error[0]?.message).toContain(text);
  });

  test('W-G22 a WebSocket is refused in words, whatever it would have carried', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const answer = await host.ask('', { method: 'GET', headers, body: {} });
    expect([answer.status, answer.headers.upgrade]).toEqual([400, undefined]);
    expect(jsonIn(answer)).toMatchObject({
      success: false,
      error: [
        { code: 7000, message: expect.stringContaining('WebSockets are not served') as string },
      ],
    });
    expect(host.upstream.received).toEqual([]);
  });

  test.each(['custom-mine/m', 'cloudflare/auto'])(
    '%s is not served by the gateway',
    async (model) => {
      const answer = await host.ask('/compat/chat/completions', {
        body: { ...messagesBody, model },
      });
      expect(answer.status).toBe(400);
      expect(jsonIn(answer)).toMatchObject({
        success: false,
        error: [{ code: 7000, message: expect.stringContaining(model) as string }],
      });
      expect(host.upstream.received).toEqual([]);
    },
  );

  test('folders of the API are no accounts', async () => {
    const answer = await sendRaw(`${host.url}/v1/messages/default`, { body: '{}' });
    expect(answer.status).toBe(404);
    expect(jsonIn(answer)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });
});

describe('streams', () => {
  test('W-G25 each event goes out as it comes, byte for byte', async () => {
    const parts = [opening, textDelta('one'), textDelta('two'), closing];
    const say: (() => void)[] = [];
    host.upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      say.push(
        ...parts.map((part, index) => (): void => {
          if (index === parts.length - 1) response.end(part);
          else response.write(part);
        }),
      );
      say.shift()?.();
    };
    const response = await fetch(`${host.url}/v1/acme/default/anthropic/v1/messages`, {
      method: 'POST',
      headers: {
        'cf-aig-authorization': `Bearer ${host.key}`,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...messagesBody, stream: true }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    let expected = opening;
    let next = 1;
    // Each is said only once the one before has arrived: nothing is held back.
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text !== expected) continue;
      expected += parts[next] ?? '';
      next += 1;
      say.shift()?.();
    }
    expect(text).toBe(parts.join(''));
  });
});
