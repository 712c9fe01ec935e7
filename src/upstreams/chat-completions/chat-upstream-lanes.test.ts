import { describe, expect, test } from 'vitest';
import {
  CANARY,
  answered,
  answers,
  ask,
  asking,
  bodyOf,
  canonical,
  completion,
  jsonOf,
  native,
  pairs,
  sentBody,
  streamed,
} from '../../../test/support/ask-chat-upstream.ts';
import { chunk, engineStream, finish } from '../../../test/support/engine-chunks.ts';
import { FedSource, NotingSink } from '../../../test/support/fed-source.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { UpstreamRequest } from '../../messages/upstream.ts';
import { operations } from '../../messages/upstream.ts';
import type { TransportResult } from '../transport.ts';
import type { ChatUpstreamOptions } from './chat-upstream.ts';
import { quirksOf } from './engines.ts';

describe('the verbatim lane', () => {
  const body =
    '{ "messages":[{"role":"user","content":"Hi"}],\n"model" : "anthropic/x", "foo":1e2 }';

  test('bytes there and bytes back', async () => {
    const answer = engineStream([chunk({ content: 'a' }), finish('stop')]);
    const tried = await ask(
      answers(answer, { headers: { 'content-type': 'text/event-stream', 'x-request-id': 't' } }),
      asking({}, native(body, true)),
    );
    expect(Buffer.from(tried.sent[0]?.body ?? []).toString()).toBe(body);
    expect(answered(tried)).toMatchObject({ form: 'chat-completions', isEventStream: true });
    expect(pairs(answered(tried).headers)).toEqual({
      'content-type': 'text/event-stream',
      'x-upstream-request-id': 't',
    });
    expect(await bodyOf(tried)).toBe(answer);
  });

  test.each<readonly [string, Partial<ChatUpstreamOptions>]>([
    ['by the registry’s name', { models: { 'claude-sonnet-4-6': 'qwen "3"' } }],
    ['by the caller’s', { models: { 'anthropic/x': 'qwen "3"' } }],
    ['like all others', { models: { '*': 'qwen "3"' } }],
  ])(
    'a model that has another name, %s: nothing else is changed, and it is said',
    async (_name, more) => {
      const tried = await ask(answers(completion), asking({}, native(body)), more);
      expect(Buffer.from(tried.sent[0]?.body ?? []).toString()).toBe(
        body.replace('"anthropic/x"', String.raw`"qwen \"3\""`),
      );
      expect(pairs(answered(tried).headers)['x-quatrain-edits']).toBe('model-renamed');
    },
  );

  test('a name without its author gets it where the engine wants it', async () => {
    const quirks = quirksOf('generic', { model_names: 'author' });
    const bare = await ask(answers(completion), asking({}, native({ model: 'x' })), { quirks });
    expect(sentBody(bare)).toEqual({ model: 'author/x' });
    const whole = await ask(answers(completion), asking({}, native(body)), { quirks });
    expect(sentBody(whole)).toMatchObject({ model: 'anthropic/x' });
  });

  test('errors are canonical here, too', async () => {
    const tried = await ask(answers({ error: 'no' }, { status: 400 }), asking({}, native(body)));
    expect(answered(tried).form).toBeUndefined();
    expect(await jsonOf(tried)).toMatchObject({ type: 'error', error: { message: 'no' } });
  });

  test.each<readonly [string, Partial<UpstreamRequest>, Partial<ChatUpstreamOptions>]>([
    ['where it is turned off', native(body), { isVerbatim: false }],
    ['where the body names no model', native('{}'), {}],
    ['where a stream would not say what was used', native(body, true, false), {}],
    ['for other forms', {}, {}],
  ])('%s, requests are translated', async (_name, more, options) => {
    const tried = await ask(answers(completion), asking({}, more), options);
    expect(sentBody(tried)).toEqual(canonical);
    expect(answered(tried).form).toBeUndefined();
  });
});

test.each<readonly [string, Partial<UpstreamRequest>]>([
  ['verbatim', native({ model: 'x', messages: [] })],
  ['translated', {}],
  ['of models', { operation: 'models.list', method: 'GET', path: '/v1/models' }],
])('a request, %s, goes with its trace and how long its caller waits', async (_lane, more) => {
  const trace = ['traceparent', '00-a-b-01', 'tracestate', 'c=d'];
  const told = await ask(answers(completion), asking({}, { ...more, trace, waitS: 7 }));
  const headers = pairs(told.sent[0]?.headers ?? []);
  expect(headers).toMatchObject({
    traceparent: '00-a-b-01',
    tracestate: 'c=d',
    'x-stainless-timeout': '7',
  });
  const untold = await ask(answers(completion), asking({}, more));
  expect(Object.keys(headers)).toEqual(
    expect.arrayContaining(Object.keys(pairs(untold.sent[0]?.headers ?? []))),
  );
  expect(pairs(untold.sent[0]?.headers ?? [])).not.toHaveProperty('x-stainless-timeout');
});

test('a JSON object that was asked for in this form is asked for in it again', async () => {
  const wanted = await ask(answers(completion), asking({}, { wantsJsonObject: true }));
  expect(sentBody(wanted)).toEqual({ ...canonical, response_format: { type: 'json_object' } });
  const format = { type: 'json_schema', schema: { type: 'object', properties: {} } };
  const bound = await ask(
    answers(completion),
    asking({ output_config: { format } }, { wantsJsonObject: true }),
  );
  expect(sentBody(bound)).toMatchObject({ response_format: { type: 'json_schema' } });
});

describe('other operations', () => {
  test('tokens are counted here', async () => {
    const { max_tokens: _bound, ...counted } = canonical;
    const tried = await ask(answers(completion), {
      ...asking(),
      operation: 'messages.count_tokens',
      body: Buffer.from(JSON.stringify(counted)),
    });
    expect(await jsonOf(tried)).toEqual({ input_tokens: 42 });
    expect(tried.sent).toEqual([]);
  });

  const listing = {
    object: 'list',
    data: [
      {
        id: 'qwen3',
        object: 'model',
        created: 1_700_000_000,
        owned_by: 'vllm',
        max_model_len: 4096,
      },
      { id: 'b/c', object: 'model' },
      { id: 7 },
    ],
  };
  const qwen = {
    type: 'model',
    id: 'claude-sonnet-4-6',
    display_name: 'claude-sonnet-4-6',
    created_at: '2023-11-14T22:13:20.000Z',
    max_input_tokens: 4096,
  };
  const other = {
    type: 'model',
    id: 'b/c',
    display_name: 'b/c',
    created_at: '1970-01-01T00:00:00.000Z',
  };
  const models = { 'claude-sonnet-4-6': 'qwen3' };
  const get = (operation: 'models.list' | 'models.get', path: string): UpstreamRequest => ({
    ...asking({}, { body: new Uint8Array(0) }),
    operation,
    method: 'GET',
    path,
  });

  test('models, by the names that reach them', async () => {
    const tried = await ask(answers(listing), get('models.list', '/v1/models'), { models });
    expect(tried.sent[0]).toMatchObject({ method: 'GET', path: '/v1/models' });
    expect(await jsonOf(tried)).toEqual({
      data: [qwen, other],
      has_more: false,
      first_id: 'claude-sonnet-4-6',
      last_id: 'b/c',
    });
  });

  test.each<readonly [string, readonly string[], boolean]>([
    ['limit=1', ['claude-sonnet-4-6'], true],
    ['limit=1&after_id=claude-sonnet-4-6', ['b/c'], false],
    ['before_id=b%2Fc', ['claude-sonnet-4-6'], false],
    ['after_id=b%2Fc', [], false],
  ])('pages: %s', async (query, ids, hasMore) => {
    const request = get('models.list', `/v1/models?${query}`);
    const page = (await jsonOf(await ask(answers(listing), request, { models }))) as {
      readonly data: readonly { readonly id: string }[];
      readonly has_more: boolean;
    };
    expect([page.data.map(({ id }) => id), page.has_more]).toEqual([ids, hasMore]);
  });

  test.each<readonly [string, object]>([
    ['b%2Fc', other],
    ['claude-sonnet-4-6', qwen],
  ])('one model: %s', async (name, expected) => {
    const tried = await ask(answers(listing), get('models.get', `/v1/models/${name}`), { models });
    expect(await jsonOf(tried)).toEqual(expected);
  });

  test.each(['qwen3', '%zz'])('no model: %s', async (name) => {
    const tried = await ask(answers(listing), get('models.get', `/v1/models/${name}`), { models });
    expect(tried.said).toMatchObject({ kind: 'refusal', code: 'not_found' });
  });

  test.each(['limit=0', 'limit=x', 'limit=1001'])('a bad page: %s', async (query) => {
    const { said } = await ask(answers(listing), get('models.list', `/v1/models?${query}`));
    expect(said).toMatchObject({ code: 'invalid_request' });
  });

  test.each(operations.filter((name) => !/^(?:messages|models)\./.test(name)))(
    '%s is not served',
    async (operation) => {
      const { said, sent } = await ask(answers(completion), { ...asking(), operation });
      expect(said).toMatchObject({ kind: 'refusal', code: 'not_found' });
      expect(sent).toEqual([]);
    },
  );
});

test('a caller who leaves frees the connection to the engine', async () => {
  const source = new FedSource();
  const result: TransportResult = {
    kind: 'response',
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: source,
  };
  const tried = await ask(result, asking({ stream: true }, { stream: true }));
  const { body } = answered(tried);
  body.open(new NotingSink());
  body.cancel();
  expect(source.cancelled).toBe(1);
});

test('the credential is in no log line and in no answer, whatever happens', async () => {
  const outcomes: readonly TransportResult[] = [
    answers({ error: { message: CANARY } }, { status: 401 }),
    answers({ error: { message: CANARY } }),
    answers(engineStream([{ error: CANARY }]), streamed),
    { kind: 'failure', failure: { reason: 'cut', detail: 'socket' } },
  ];
  for (const outcome of outcomes) {
    for (const stream of [false, true]) {
      const tried = await ask(outcome, asking({ stream }, { stream }));
      const body = isRefusal(tried.said) ? '' : await bodyOf(tried);
      expect(tried.lines.join('') + JSON.stringify(tried.said) + body).not.toContain(CANARY);
    }
  }
});
