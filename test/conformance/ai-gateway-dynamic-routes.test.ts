import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Shown } from '../support/dynamic-routes.ts';
import { end, makeRouteOn, model, start, to } from '../support/dynamic-routes.ts';
import type { GatewayHost } from '../support/gateway-host.ts';
import { messageM, providersError, startGatewayHost } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { refusedAs, run, runOverRest } from '../support/run-workers-ai.ts';

/** Routes of a gateway in a model's place; Workers reference §3.8, cases B36 and G21. */

let host: GatewayHost;
let second: ScriptedUpstream;

beforeAll(async () => {
  second = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(messageM));
  });
  const other = `  other:\n    kind: anthropic\n    base_url: ${second.url}\n    api_key: env:OWN_KEY\n    provider_keys: true\n`;
  host = await startGatewayHost(`${other}default_upstream: scripted\n`);
  await host.makeGateway('g');
  await makeRoute('r', planned);
  await makeRoute('fallback', fallingBack);
  await makeRoute('halves', halves);
  await makeRoute('limited', limited);
});
afterAll(async () => {
  await host.stop();
  await second.stop();
});
beforeEach(() => {
  host.answers({ status: 200 });
});

const planned = [
  start,
  {
    id: 'first',
    type: 'conditional',
    properties: { conditions: { 'metadata.plan': { $eq: 'pro' } } },
    outputs: { true: to('opus'), false: to('sonnet') },
  },
  model('opus', 'claude-opus-4-6'),
  model('sonnet', 'claude-sonnet-4-6'),
  end,
];
const fallingBack = [
  start,
  model('first', 'claude-opus-4-6', {}, 'second'),
  model('second', 'anthropic/claude-sonnet-4.6', { provider: 'workers-ai' }),
  end,
];
const halves = [
  start,
  { id: 'first', type: 'percentage', outputs: { '50%': to('opus'), else: to('sonnet') } },
  model('opus', 'claude-opus-4-6'),
  model('sonnet', 'claude-sonnet-4-6'),
  end,
];
const limited = [
  start,
  {
    id: 'first',
    type: 'rate_limit',
    properties: {
      limitType: 'count',
      key: 'metadata.user_id',
      limit: 2,
      interval: 3600,
      technique: 'sliding',
    },
    outputs: { success: to('opus'), fallback: to('sonnet') },
  },
  model('opus', 'claude-opus-4-6'),
  model('sonnet', 'claude-sonnet-4-6'),
  end,
];

const makeRoute = (name: string, elements: readonly object[]): Promise<Shown> =>
  makeRouteOn(host, name, elements);

const chat = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };
const metadata = (given: object): Readonly<Record<string, string>> => ({
  'cf-aig-metadata': JSON.stringify(given),
});

function ask(route: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
  const body = { model: `dynamic/${route}`, ...chat };
  return host.ask('/compat/chat/completions', { gateway: 'g', body, headers });
}

function chosen({ headers }: RawAnswer): readonly unknown[] {
  return [headers['cf-aig-provider'], headers['cf-aig-model']];
}

/** The models that the upstream was asked for. */
function asked(): readonly unknown[] {
  return host.upstream.received.map(
    ({ body }) => (JSON.parse(body.toString()) as { readonly model: string }).model,
  );
}

describe('W-G21 a route chooses the model', () => {
  test('W-G21 by metadata, and the reply says which', async () => {
    const pro = await ask('r', metadata({ plan: 'pro' }));
    expect([pro.status, ...chosen(pro)]).toEqual([200, 'anthropic', 'claude-opus-4-6']);
    expect(JSON.parse(pro.body.toString())).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'hi' } }],
    });
    const free = await ask('r', metadata({ plan: 'free' }));
    expect(chosen(free)).toEqual(['anthropic', 'claude-sonnet-4-6']);
    expect(asked()).toEqual(['claude-opus-4-6', 'claude-sonnet-4-6']);
  });

  test('W-G21 by shares: a user stays on one way, and many users are spread over both', async () => {
    const users = Array.from({ length: 40 }, (_, user_id) => metadata({ user_id }));
    const first = await Promise.all(
      users.map(async (headers) => chosen(await ask('halves', headers))),
    );
    const again = await Promise.all(
      users.map(async (headers) => chosen(await ask('halves', headers))),
    );
    expect(again).toEqual(first);
    const toOpus = first.filter(([, name]) => name === 'claude-opus-4-6').length;
    expect(toOpus).toBeGreaterThan(5);
    expect(toOpus).toBeLessThan(35);
  });

  test('W-G21 by a limit for each user, whose fallback takes what is over it', async () => {
    const way = async (user_id: string): Promise<unknown> =>
      chosen(await ask('limited', metadata({ user_id })))[1];
    expect([await way('u1'), await way('u1'), await way('u1')]).toEqual([
      'claude-opus-4-6',
      'claude-opus-4-6',
      'claude-sonnet-4-6',
    ]);
    expect(await way('u2')).toBe('claude-opus-4-6');
  });
});

describe('a limit of a route', () => {
  const month = 31 * 24 * 60 * 60;
  const rate = { id: 'first', type: 'rate' };

  test('may be of money, which is counted when it has been spent', async () => {
    const properties = { limitType: 'cost', key: 'metadata.team', limit: 1.5, window: month };
    const outputs = { success: to('opus'), fallback: to('sonnet') };
    await makeRoute('budget', [start, { ...rate, properties, outputs }, ...limited.slice(2)]);
    const way = async (team: string): Promise<unknown> =>
      chosen(
        await ask('budget', { ...metadata({ team }), 'cf-aig-custom-cost': '{"total_cost":1}' }),
      )[1];
    expect([await way('a'), await way('a'), await way('a')]).toEqual([
      'claude-opus-4-6',
      'claude-opus-4-6',
      'claude-sonnet-4-6',
    ]);
    expect(await way('b')).toBe('claude-opus-4-6');
  });

  test('without a fallback is a 429 that says when to ask again', async () => {
    const properties = { key: 'metadata.team', limit: 1, window: 60, technique: 'sliding' };
    const outputs = { success: to('sonnet') };
    await makeRoute('strict', [start, { ...rate, properties, outputs }, ...limited.slice(3)]);
    expect((await ask('strict')).status).toBe(200);
    const refused = await ask('strict');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      internalCode: 2003,
      error: [{ code: 2003 }],
    });
  });
});

describe('a model that fails', () => {
  const overloaded = { status: 529, body: providersError('overloaded_error', 'Overloaded') };

  test('W-G21 leads on to the next one, before anything was said', async () => {
    host.answers(overloaded, { status: 200 });
    const answer = await ask('fallback');
    expect([answer.status, ...chosen(answer)]).toEqual([
      200,
      'workers-ai',
      'anthropic/claude-sonnet-4.6',
    ]);
    expect(asked()).toEqual(['claude-opus-4-6', 'claude-sonnet-4-6']);
  });

  test('the last error is the answer where none succeeds', async () => {
    const invalid = { status: 400, body: providersError('invalid_request_error', 'no such thing') };
    host.answers(overloaded, invalid);
    const answer = await ask('fallback');
    expect([answer.status, ...chosen(answer)]).toEqual([
      400,
      'workers-ai',
      'anthropic/claude-sonnet-4.6',
    ]);
    expect(answer.body.toString()).toContain('no such thing');
  });

  test('leads on to ten models in all, however long the route is', async () => {
    const long = Array.from({ length: 12 }, (_, at) =>
      model(
        at === 0 ? 'first' : `m${String(at)}`,
        'claude-opus-4-6',
        {},
        at < 11 ? `m${String(at + 1)}` : 'end',
      ),
    );
    await makeRoute('long', [start, ...long, end]);
    host.answers(overloaded);
    const answer = await ask('long');
    expect([answer.status, asked().length]).toEqual([503, 10]);
  });

  test('is asked again as often as its element says', async () => {
    await makeRoute('again', [start, model('first', 'claude-opus-4-6', { retries: 2 }), end]);
    host.answers(overloaded, overloaded, { status: 200 });
    expect((await ask('again')).status).toBe(200);
    expect(asked()).toHaveLength(3);
  });

  test('without a fallback is what the caller is told', async () => {
    host.answers(overloaded);
    expect((await ask('r')).status).toBe(503);
  });

  test('a stream comes from one model only', async () => {
    host.answers(overloaded, { status: 200 });
    const body = { model: 'dynamic/fallback', ...chat, stream: true };
    const answer = await host.ask('/compat/chat/completions', { gateway: 'g', body });
    const text = answer.body.toString();
    expect([answer.status, chosen(answer)[1]]).toEqual([200, 'anthropic/claude-sonnet-4.6']);
    expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });
});

describe('a provider', () => {
  test('may be any configured upstream, which gets its own key and not that of the request', async () => {
    await makeRoute('elsewhere', [
      start,
      model('first', 'claude-opus-4-6', {}, 'second'),
      model('second', 'claude-sonnet-4-6', { provider: 'other' }),
      end,
    ]);
    host.answers({ status: 500, body: providersError('api_error', 'down') });
    const answer = await ask('elsewhere', { authorization: 'Bearer sk-callers' });
    expect([answer.status, ...chosen(answer)]).toEqual([200, 'other', 'claude-sonnet-4-6']);
    const keys = [...host.upstream.received, ...second.received].map(
      ({ headers }) => headers['x-api-key'],
    );
    expect(keys).toEqual(['sk-callers', 'sk-own']);
  });

  test('that is not there fails, and leads on', async () => {
    await makeRoute('nowhere', [
      start,
      model('first', 'gpt-4', { provider: 'not-here' }, 'second'),
      model('second', 'claude-sonnet-4-6'),
      end,
    ]);
    expect(chosen(await ask('nowhere'))).toEqual(['anthropic', 'claude-sonnet-4-6']);
  });
});

describe('W-B36 routes wherever requests of Chat Completions are', () => {
  const options = { gateway: { id: 'g', metadata: { plan: 'pro' } } };

  test('W-B36 env.AI.run gives the form of Chat Completions and names the model', async () => {
    const answer = await run(host, { model: 'dynamic/r', inputs: chat, options, path: PATH });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
    expect(chosen(answer)).toEqual(['anthropic', 'claude-opus-4-6']);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: messageM.content[0].text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    });
  });

  test('W-B36 a route that the gateway does not have is a 404 with its number', async () => {
    const answer = await run(host, { model: 'dynamic/none', inputs: chat, options, path: PATH });
    expect(refusedAs(answer)).toEqual([
      404,
      'AiError',
      '7003: The gateway "g" has no route "none".',
    ]);
  });

  test('the account’s API takes them as runs and as Chat Completions', async () => {
    const headers = { authorization: `Bearer ${host.key}`, 'cf-aig-gateway-id': 'g' };
    const rest = await runOverRest(host, '/run/dynamic/r', chat, headers);
    expect(JSON.parse(rest.body.toString())).toMatchObject({
      success: true,
      result: { object: 'chat.completion' },
    });
    const model = 'dynamic/r';
    const form = await runOverRest(host, '/v1/chat/completions', { model, ...chat }, headers);
    expect([form.status, ...chosen(form)]).toEqual([200, 'anthropic', 'claude-sonnet-4-6']);
  });

  test('a step of a universal request may name one', async () => {
    const step = {
      provider: 'compat',
      endpoint: 'chat/completion',
      headers: {},
      query: { model: 'dynamic/r', ...chat },
    };
    const answer = await host.ask('', { gateway: 'g', body: [step] });
    expect([answer.status, chosen(answer)[1], answer.headers['cf-aig-step']]).toEqual([
      200,
      'claude-sonnet-4-6',
      '0',
    ]);
  });

  test('requests of other forms name a model', async () => {
    const body = { model: 'dynamic/r', ...chat };
    const answer = await host.ask('/anthropic/v1/messages', { gateway: 'g', body });
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('takes requests of Chat Completions');
  });

  const PATH = '/ai-gateway/run?version=3';
});
