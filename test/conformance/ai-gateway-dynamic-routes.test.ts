import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayHost } from '../support/gateway-host.ts';
import { messageM, providersError, startGatewayHost } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { refusedAs, run, runOverRest } from '../support/run-workers-ai.ts';

/** Routes of a gateway in a model's place; Workers reference §3.8, cases B36 and G21. */

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost();
  await host.makeGateway('g');
  await makeRoute('r', planned);
  await makeRoute('fallback', fallingBack);
  await makeRoute('halves', halves);
  await makeRoute('limited', limited);
});
afterAll(async () => {
  await host.stop();
});
beforeEach(() => {
  host.answers({ status: 200 });
});

const to = (elementId: string): object => ({ elementId });
const start = { id: 'start', type: 'start', outputs: { next: to('first') } };
const end = { id: 'end', type: 'end', outputs: {} };

function model(id: string, name: string, more: object = {}, fallback?: string): object {
  return {
    id,
    type: 'model',
    properties: { provider: 'anthropic', model: name, timeout: 0, retries: 0, ...more },
    outputs: { success: to('end'), ...(fallback === undefined ? {} : { fallback: to(fallback) }) },
  };
}

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
    properties: { limitType: 'count', key: 'metadata.user_id', limit: 2, interval: 3600 },
    outputs: { success: to('opus'), fallback: to('sonnet') },
  },
  model('opus', 'claude-opus-4-6'),
  model('sonnet', 'claude-sonnet-4-6'),
  end,
];

async function api(method: string, path: string, body?: object): Promise<Api> {
  const answer = await sendRaw(`${host.url}/client/v4/accounts/a/ai-gateway/gateways/g${path}`, {
    method,
    headers: { authorization: `Bearer ${host.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, ...(JSON.parse(answer.body.toString()) as Omit<Api, 'status'>) };
}

interface Api {
  readonly status: number;
  readonly result: Shown;
  readonly errors: readonly { readonly message: string }[];
  readonly data: { readonly routes: readonly Shown[]; readonly versions: readonly Version[] };
}

interface Version {
  readonly version_id: string;
  readonly active: string;
}

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly elements: readonly object[];
  readonly version: Version;
  readonly deployment: { readonly version_id: string };
}

async function makeRoute(name: string, elements: readonly object[]): Promise<Shown> {
  const made = await api('POST', '/routes', { name, elements });
  expect([made.status, made.errors]).toEqual([200, []]);
  return made.result;
}

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

describe('versions and deployments', () => {
  test('what serves is what was deployed last, and an older version can serve again', async () => {
    const opus = [start, model('first', 'claude-opus-4-6'), end];
    const sonnet = [start, model('first', 'claude-sonnet-4-6'), end];
    const route = await makeRoute('versioned', opus);
    const path = `/routes/${route.id}`;
    const second = await api('POST', `${path}/versions`, { elements: sonnet });
    expect(second.result.version.active).toBe('false');
    expect(chosen(await ask('versioned'))[1]).toBe('claude-opus-4-6');
    const { version_id } = second.result.version;
    expect((await api('POST', `${path}/deployments`, { version_id })).status).toBe(200);
    expect(chosen(await ask('versioned'))[1]).toBe('claude-sonnet-4-6');
    const listed = (await api('GET', `${path}/versions`)).data.versions;
    expect(listed.map(({ active }) => active)).toEqual(['true', 'false']);
    await api('POST', `${path}/deployments`, { version_id: route.version.version_id });
    expect(chosen(await ask('versioned'))[1]).toBe('claude-opus-4-6');
    expect((await api('PATCH', path, { name: 'renamed' })).status).toBe(200);
    expect((await ask('versioned')).status).toBe(404);
    expect((await ask('renamed')).status).toBe(200);
    expect((await api('DELETE', path)).status).toBe(200);
    expect((await ask('renamed')).status).toBe(404);
    expect((await api('GET', path)).status).toBe(404);
  });

  test('a name is taken once, and belongs to one gateway', async () => {
    const taken = await api('POST', '/routes', { name: 'r', elements: planned });
    expect(taken.status).toBe(409);
    await host.makeGateway('other');
    const body = { model: 'dynamic/r', ...chat };
    const elsewhere = await host.ask('/compat/chat/completions', { gateway: 'other', body });
    expect(elsewhere.status).toBe(404);
  });

  test.each<[string, readonly object[], string]>([
    ['no start', [end], 'elements'],
    ['a target that is not there', [start, end], 'elements/0/outputs/next/elementId'],
    [
      'a way back',
      [start, { ...planned[1], outputs: { true: to('first'), false: to('end') } }, end],
      'elements/1',
    ],
    [
      'shares of more than all',
      [
        start,
        { id: 'first', type: 'percentage', outputs: { '60%': to('end'), '50%': to('end') } },
        end,
      ],
      'elements/1/outputs',
    ],
    [
      'a condition with no such operator',
      [
        start,
        { ...planned[1], properties: { condition: { 'metadata.plan': { $where: 'x' } } } },
        ...planned.slice(2),
      ],
      'elements/1/properties/condition/metadata.plan/$where',
    ],
  ])('%s is a 400 with its place', async (_name, elements, place) => {
    const { status, errors } = await api('POST', '/routes', { name: 'wrong', elements });
    expect([status, errors[0]?.message.split(': ')[0]]).toEqual([400, `Invalid value at ${place}`]);
  });
});
