import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';

/** The console's playground: the public listener's own answers, with a key that no browser has. */

const TRY = '/console/try';
const body = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};
const version = { 'anthropic-version': '2023-06-01' };

let gateway: AdministeredGateway;
let client: ConsoleClient;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  client = new ConsoleClient(gateway.adminUrl);
  await client.setUp(gateway.gateway.parts.setupToken?.()?.reveal() ?? '');
});
afterAll(async () => {
  await gateway.stop();
});

const send = (
  asking: ConsoleClient = client,
  headers: Readonly<Record<string, string | undefined>> = {},
): ReturnType<ConsoleClient['ask']> =>
  asking.ask('POST', `${TRY}/v1/messages`, { body, headers: { ...version, ...headers } });

describe('a request of the playground', () => {
  test('is answered as the public listener does, in every form', async () => {
    const tried = [
      ['/v1/messages', body],
      ['/v1/messages/count_tokens', { model: body.model, messages: body.messages }],
      ['/v1/chat/completions', { ...body, model: 'anthropic/claude-sonnet-4.6' }],
      ['/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6', body],
    ] as const;
    for (const [path, asked] of tried) {
      const answer = await client.ask('POST', `${TRY}${path}`, { body: asked, headers: version });
      expect([path, answer.status]).toEqual([path, 200]);
      const direct = await sendRaw(`${gateway.url}${path}`, {
        headers: gateway.headers,
        body: JSON.stringify(asked),
      });
      const members = (text: string): readonly string[] => Object.keys(JSON.parse(text) as object);
      expect(members(answer.text)).toEqual(members(direct.body.toString()));
    }
    expect((await client.ask('GET', `${TRY}/v1/models`, { headers: version })).status).toBe(200);
  });

  test.each([
    ['without a session', { cookie: undefined }, 401, 'not_signed_in'],
    ['without the token', { 'x-csrf-token': undefined }, 403, 'csrf'],
    ['from another origin', { origin: 'https://evil.example' }, 403, 'csrf'],
    [
      'with a key in the session’s place',
      { cookie: undefined, 'x-api-key': 'k' },
      401,
      'not_signed_in',
    ],
    ['for an account that is not there', { 'x-quatrain-account': 'no' }, 404, 'account_not_found'],
  ])('%s is refused', async (_what, headers, status, code) => {
    const answer = await send(client, headers);
    expect(answer).toMatchObject({ status, code });
    expect(answer.json['type']).toBe('error');
  });

  test.each([
    ['POST', '/v1/keys'],
    ['GET', '/v1/wallet'],
    ['GET', '/nothing'],
    ['GET', '//evil.example/v1/messages'],
    ['DELETE', '/v1/files/file_1'],
  ])('%s %s is none of it', async (method, path) => {
    const { status } = await client.ask(method, `${TRY}${path}`, { body: {} });
    expect([404, 405]).toContain(status);
  });

  test('is answered with what no browser shows as a page of the console', async () => {
    const answers = [
      await send(),
      await send(client, { cookie: undefined }),
      await client.ask('GET', `${TRY}/v1/models`, { headers: version }),
    ];
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('is logged for the account that it names, by a key of that account', async () => {
    await gateway.order('/admin/v1/accounts', { id: 'acme', name: 'Acme' });
    expect((await send(client, { 'x-quatrain-account': 'acme' })).status).toBe(200);
    expect((await send(client, { 'x-quatrain-account': 'acme' })).status).toBe(200);
    const { json } = await client.ask('GET', '/admin/v1/keys?account=acme');
    expect(json['data']).toMatchObject([
      { name: 'playground of ada', kind: 'inference', account: 'acme', status: 'active' },
    ]);
    const { json: logged } = await client.ask('GET', '/admin/v1/requests?account=acme');
    expect((logged['data'] as readonly object[]).length).toBe(2);
  });

  test('works until the sign-out, which revokes its key', async () => {
    const other = await client.another();
    await gateway.order('/admin/v1/accounts', { id: 'short', name: 'Short' });
    expect((await send(other, { 'x-quatrain-account': 'short' })).status).toBe(200);
    const session = await other.ask('GET', '/admin/v1/session');
    await other.ask('DELETE', '/admin/v1/session');
    const { json } = await client.ask('GET', '/admin/v1/keys?account=short');
    const [key] = json['data'] as readonly [{ expires_at: string; status: string }];
    expect(key.status).toBe('revoked');
    expect(Date.parse(key.expires_at)).toBeGreaterThan(
      Date.parse(textIn(session.json, 'expires_at')),
    );
    expect((await send(other)).status).toBe(401);
  });

  test('has one key, however many are tried at once', async () => {
    const other = await client.another();
    await gateway.order('/admin/v1/accounts', { id: 'busy', name: 'Busy' });
    const headers = { 'x-quatrain-account': 'busy' };
    const all = await Promise.all([1, 2, 3, 4].map(() => send(other, headers)));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { json } = await client.ask('GET', '/admin/v1/keys?account=busy');
    expect(json['data']).toHaveLength(1);
  });
});

describe('behind the gateway', () => {
  let upstream: ScriptedUpstream;
  let fronted: AdministeredGateway;
  let operator: ConsoleClient;

  beforeAll(async () => {
    upstream = await startScriptedUpstream((_request, response) => response.end());
    fronted = await startAdministeredGateway(upstreamYaml(upstream.url));
    operator = new ConsoleClient(fronted.adminUrl);
    await operator.setUp(fronted.gateway.parts.setupToken?.()?.reveal() ?? '');
  });
  afterAll(async () => {
    await fronted.stop();
    await upstream.stop();
  });

  function stream(onChunk: (text: string) => void): { leave: () => void; ended: Promise<void> } {
    const outgoing = request(`${fronted.adminUrl}${TRY}/v1/messages`, {
      method: 'POST',
      headers: {
        ...version,
        'content-type': 'application/json',
        origin: fronted.adminUrl,
        cookie: operator.cookie ?? '',
        'x-csrf-token': operator.csrf ?? '',
      },
    });
    const ended = new Promise<void>((resolve) => {
      outgoing.on('close', resolve);
      outgoing.on('error', () => {
        resolve();
      });
    });
    outgoing.on('response', (response) => {
      response.on('data', (chunk: Buffer) => {
        onChunk(chunk.toString());
      });
      response.on('error', () => {});
    });
    outgoing.end(JSON.stringify({ ...body, stream: true }));
    return { leave: () => outgoing.destroy(), ended };
  }

  test('a stream goes out as it comes, no credential goes in, and who leaves cancels it', async () => {
    let isGone = false;
    upstream.script = (_request, response) => {
      response.on('close', () => {
        isGone = true;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
    };
    let seen = '';
    const asked = stream((text) => {
      seen += text;
    });
    await expect.poll(() => seen).toContain('Hello');
    asked.leave();
    await asked.ended;
    await expect.poll(() => isGone).toBe(true);
    const [received] = upstream.received;
    expect(JSON.stringify(received?.headers)).not.toMatch(/cookie|csrf|qtn_live|__Host/);
  });
});

const events = [
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-6',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 3, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
];
const opening = events
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join('');
