import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { wholeStream } from '../support/event-stream.ts';
import type { GatewayHost } from '../support/gateway-host.ts';
import { startGatewayHost } from '../support/gateway-host.ts';
import { end, makeRouteOn, model, start } from '../support/dynamic-routes.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { run, runOverRest } from '../support/run-workers-ai.ts';

/** What requests may ask, as policies of the configuration say it, through a real gateway in every form. */

const policies = `
policies:
  - name: names
    model_default: claude-haiku-4-5
    model_aliases: { fast: claude-haiku-4-5, "@cf/own/fast": claude-haiku-4-5, smart: anthropic/claude-sonnet-4.6 }
  - name: no-opus
    models: { deny: ["*opus*"] }
    betas: { deny: ["files-*"] }
  - name: short
    when: { models: ["*haiku*"] }
    parameters:
      defaults: { temperature: 0.5, metadata: { user_id: haiku } }
      limits: { max_tokens_max: 4096, images_max: 0 }
      deny: [mcp_servers, top_p]
  - name: small
    when: { dialects: [chat-completions] }
    body_bytes_max: 2000
  - name: strict
    when: { gateways: [strict] }
    parameters: { limits: { max_tokens_max: 4 } }
    betas: { deny: ["context-*"], on_denied: drop }
`;

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost(`    strip_billing_header: true\n${policies}`);
  await host.makeGateway('strict');
  await host.makeGateway('cached', { cache_ttl: 60 });
  await host.makeGateway('g');
});
afterAll(async () => {
  await host.stop();
});
const streamed = { status: 200, body: wholeStream, contentType: 'text/event-stream' };
beforeAll(() => {
  host.answers({ status: 200 });
});
afterEach(() => {
  host.answers({ status: 200 });
});

type Headers = Readonly<Record<string, string>>;

function messages(body: string, headers: Headers = {}): Promise<RawAnswer> {
  return sendRaw(`${host.url}/v1/messages`, { headers: { ...host.headers, ...headers }, body });
}
function chat(body: object, path = '/v1/chat/completions'): Promise<RawAnswer> {
  host.answers(streamed);
  const headers = { authorization: `Bearer ${host.key}`, 'content-type': 'application/json' };
  return sendRaw(`${host.url}${path}`, { headers, body: JSON.stringify(body) });
}
const said = [{ role: 'user', content: 'hi' }];
const plain = { model: 'claude-sonnet-4-6', max_tokens: 5, messages: said };

const received = (): string => host.upstream.received[0]?.body.toString() ?? '';
const receivedMembers = (): Record<string, unknown> =>
  JSON.parse(received()) as Record<string, unknown>;
const editsOf = ({ headers }: RawAnswer): unknown => headers['x-quatrain-edits'];
const jsonIn = ({ body }: RawAnswer): { readonly error: Record<string, unknown> } =>
  JSON.parse(body.toString()) as { readonly error: Record<string, unknown> };

describe('a request that no policy changes', () => {
  test('goes on byte for byte, and its answer names no edit', async () => {
    const body = '{ "model":"claude-sonnet-4-6",\t"max_tokens":5.0, "messages":[],"x":1e2 }';
    const answer = await messages(body);
    expect([answer.status, editsOf(answer), received()]).toEqual([200, undefined, body]);
  });
});

describe('models', () => {
  test('a name of one’s own stands for a model in the Messages form, and nothing else is touched', async () => {
    const answer = await messages('{"max_tokens":5, "model" : "smart","messages":[]}');
    expect(editsOf(answer)).toBe('model-aliased');
    expect(received()).toBe(
      '{"max_tokens":5, "model" : "anthropic/claude-sonnet-4.6","messages":[]}',
    );
  });

  const ways: readonly (readonly [string, () => Promise<RawAnswer>])[] = [
    ['Chat Completions', () => chat({ model: 'fast', messages: said })],
    [
      'Chat Completions of the account',
      () => chat({ model: 'fast', messages: said }, '/client/v4/accounts/a/ai/v1/chat/completions'),
    ],
    ['a run of the binding', () => run(host, { model: 'fast' })],
    [
      'a run whose path names it',
      () => runOverRest(host, '/run/@cf/own/fast', { messages: said, max_tokens: 5 }),
    ],
    [
      'a run whose body names it',
      () => runOverRest(host, '/run', { model: 'fast', input: { messages: said, max_tokens: 5 } }),
    ],
  ];
  test.each(ways)('in %s too', async (_name, ask) => {
    host.answers(streamed);
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(editsOf(answer)).toMatch(/^model-aliased, parameters-defaulted/);
    const model: unknown = expect.stringMatching(/^claude-haiku-4-5/);
    expect(receivedMembers()).toMatchObject({ model, temperature: 0.5 });
  });

  test('a request that names none gets the default', async () => {
    const answer = await messages('{"max_tokens":5,"messages":[]}');
    expect(editsOf(answer)).toBe('model-defaulted, parameters-defaulted');
    const edited =
      '{"temperature":0.5,"metadata":{"user_id":"haiku"},"model":"claude-haiku-4-5","max_tokens":5,"messages":[]}';
    expect(received()).toBe(edited);
    expect((await chat({ messages: said })).status).toBe(200);
    expect(receivedMembers()['model']).toMatch(/^claude-haiku-4-5/);
  });

  test('what is no name is for the form to refuse', async () => {
    const answer = await messages('{"model":7,"max_tokens":5,"messages":[]}');
    expect([answer.status, host.upstream.received.length]).toEqual([400, 0]);
  });

  const denied: readonly (readonly [string, () => Promise<RawAnswer>, object])[] = [
    [
      'Messages',
      () => messages(JSON.stringify({ ...plain, model: 'claude-opus-4-6' })),
      { error: { type: 'permission_error', code: 'model_not_allowed' } },
    ],
    [
      'Chat Completions',
      () => chat({ model: 'anthropic/claude-opus-4.6', messages: said }),
      { error: { type: 'permission_error', code: 'model_not_allowed', param: 'model' } },
    ],
    [
      'a run of the account',
      () => runOverRest(host, '/run/anthropic/claude-opus-4.6', { messages: said, max_tokens: 5 }),
      { success: false, errors: [{ code: 5018 }] },
    ],
    [
      'a URL of a gateway',
      () =>
        host.ask('/anthropic/v1/messages', {
          body: { ...plain, model: 'claude-opus-4-6' },
        }),
      { success: false, httpCode: 403 },
    ],
  ];
  test.each(denied)('one that is denied is refused in the form of %s', async (_name, ask, form) => {
    const answer = await ask();
    expect([answer.status, host.upstream.received.length]).toEqual([403, 0]);
    expect(JSON.parse(answer.body.toString())).toMatchObject(form);
    expect(answer.body.toString()).toContain('The policy \\"no-opus\\" does not allow');
  });
});

describe('a dynamic route', () => {
  test('goes on to its fallback where a policy refuses the model it came to', async () => {
    const elements = [
      start,
      model('first', 'claude-opus-4-6', {}, 'second'),
      model('second', 'claude-sonnet-4-6'),
      end,
    ];
    await makeRouteOn(host, 'r', elements);
    host.answers(streamed);
    const body = { model: 'dynamic/r', messages: said };
    const answer = await host.ask('/compat/chat/completions', { body, gateway: 'g' });
    expect([answer.status, answer.headers['cf-aig-model']]).toEqual([200, 'claude-sonnet-4-6']);
    expect(host.upstream.received).toHaveLength(1);
  });
});

describe('parameters', () => {
  const haiku = { ...plain, model: 'claude-haiku-4-5' };

  test('a default is put in where the request does not say it', async () => {
    await messages(JSON.stringify({ ...haiku, temperature: 1, metadata: { user_id: 'me' } }));
    expect(receivedMembers()).toMatchObject({ temperature: 1, metadata: { user_id: 'me' } });
    const answer = await messages(JSON.stringify(haiku));
    expect(editsOf(answer)).toBe('parameters-defaulted');
  });

  test.each<readonly [string, object, string]>([
    ['max_tokens', { max_tokens: 4097 }, 'max_tokens: 4097 > 4096'],
    ['mcp_servers', { mcp_servers: [] }, 'mcp_servers: the policy "short" does not allow'],
  ])('%s is refused with its path, and nobody is asked', async (_name, more, text) => {
    const answer = await messages(JSON.stringify({ ...haiku, ...more }));
    expect([answer.status, host.upstream.received.length]).toEqual([400, 0]);
    expect(jsonIn(answer).error['message']).toContain(text);
  });

  test.each<readonly [string, object]>([
    ['max_completion_tokens', { max_completion_tokens: 5000 }],
    ['max_tokens', { max_tokens: 5000 }],
    ['top_p', { top_p: 0.5 }],
    [
      'messages',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b.png' } }] },
        ],
      },
    ],
  ])('in Chat Completions the field is called %s, as its caller calls it', async (param, more) => {
    const answer = await chat({ model: 'claude-haiku-4.5', messages: said, ...more });
    expect([answer.status, jsonIn(answer).error['param']]).toEqual([400, param]);
    expect(host.upstream.received).toEqual([]);
  });

  test('who says no length in Chat Completions gets the longest there may be, thinking included', async () => {
    const answer = await chat({
      model: 'claude-haiku-4.5',
      messages: said,
      reasoning_effort: 'high',
    });
    expect(answer.status).toBe(200);
    const { max_tokens: length, thinking } = receivedMembers();
    expect(length).toBe(4096);
    expect((thinking as { budget_tokens: number }).budget_tokens).toBeLessThan(4096);
  });

  test('a gateway may be stricter than the others', async () => {
    const ask = (gateway: string): Promise<RawAnswer> =>
      host.ask('/anthropic/v1/messages', { body: plain, gateway });
    expect([(await ask('strict')).status, (await ask('default')).status]).toEqual([400, 200]);
  });
});

describe('sizes and betas', () => {
  test('a body that is too large is refused before it is read as JSON', async () => {
    const answer = await chat({ x: 'x'.repeat(2000) });
    expect(answer.status).toBe(413);
    expect(jsonIn(answer).error['message']).toContain('the policy "small" allows 2000 bytes');
    expect((await messages(JSON.stringify({ ...plain, x: 'x'.repeat(2000) }))).status).toBe(200);
  });

  test('a beta that is not allowed is refused by its name', async () => {
    const betas = { 'anthropic-beta': 'context-management-2025-06-27,files-api-2025-04-14' };
    const answer = await messages(JSON.stringify(plain), betas);
    expect([answer.status, host.upstream.received.length]).toEqual([400, 0]);
    expect(jsonIn(answer).error['message']).toContain('"files-api-2025-04-14"');
  });

  test('a beta is dropped where a policy orders that, and the answer says so', async () => {
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07,interleaved-thinking-2025-05-14' };
    const body = { ...plain, max_tokens: 4 };
    const ask = (gateway: string): Promise<RawAnswer> =>
      host.ask('/anthropic/v1/messages', { body, gateway, headers });
    expect(editsOf(await ask('strict'))).toBe('betas-dropped');
    const [request] = host.upstream.received;
    expect(request?.headers['anthropic-beta']).toBe('interleaved-thinking-2025-05-14');
    expect(request?.body.toString()).toBe(JSON.stringify(body));
  });
});

describe('the billing header of an agent', () => {
  const asked = (nonce: string): object => ({
    ...plain,
    system: [
      { type: 'text', text: `x-anthropic-billing-header: cc_version=2; cch=${nonce};` },
      { type: 'text', text: 'You are an agent.' },
    ],
  });

  test('stays away from an upstream that is not to see it, and is named', async () => {
    const answer = await messages(JSON.stringify(asked('1')));
    expect(editsOf(answer)).toBe('billing-header-stripped');
    const system = [{ type: 'text', text: 'You are an agent.' }];
    expect(received()).toBe(JSON.stringify({ ...asked('1'), system }));
  });

  test('does not keep a cached answer from being found', async () => {
    const ask = (nonce: string): Promise<RawAnswer> =>
      host.ask('/anthropic/v1/messages', { body: asked(nonce), gateway: 'cached' });
    const statuses = [await ask('1'), await ask('2')].map(
      ({ headers }) => headers['cf-aig-cache-status'],
    );
    expect([statuses, host.upstream.received.length]).toEqual([['MISS', 'HIT'], 1]);
  });
});
