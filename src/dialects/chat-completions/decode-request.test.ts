import { describe, expect, test } from 'vitest';
import { chatCall, decodeChat, modelM } from '../../../test/support/decode-chat.ts';
import { modelFinder } from '../../../test/support/known-models.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { JsonObject } from '../../std/json.ts';
import type { IncomingCall } from '../dialect.ts';
import { decodeRequest } from './decode-request.ts';

const openAi = { settings: { flavour: 'openai' } } as const;
const known = modelFinder();
const cap = known(modelM)?.outputTokensMax ?? 0;

function decode(
  call: IncomingCall,
): Exclude<ReturnType<typeof decodeRequest>, { kind: 'refusal' }> {
  const decoded = decodeRequest(call);
  if (isRefusal(decoded)) throw new Error(`refused: ${String(decoded.detail)}`);
  return decoded;
}

function bodyOf(call: IncomingCall): JsonObject {
  return JSON.parse(Buffer.from(decode(call).request.body).toString()) as JsonObject;
}

test('A01 the least request there is', () => {
  expect(bodyOf(chatCall({}))).toEqual({
    model: 'claude-sonnet-4-6',
    max_tokens: 32_000,
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  });
});

test('A02 a dated name is the same model, and the answer has the name that was asked for', () => {
  const name = 'anthropic/claude-sonnet-4-6-20260218';
  const { up, shape } = decodeChat({ model: name });
  expect([up?.['model'], shape?.model]).toEqual(['claude-sonnet-4-6', name]);
  const { model, modelId } = decode(chatCall({ model: name }));
  expect({ model, modelId }).toEqual({ model: name, modelId: 'claude-sonnet-4-6' });
});

test('A03 a name that the registry lacks goes on as it is, without a bound of ours', () => {
  const { model, modelId, maxTokens } = decode(chatCall({ model: 'nope', max_tokens: 500_000 }));
  expect({ model, modelId, maxTokens }).toEqual({ model: 'nope', maxTokens: 500_000 });
  expect(decodeChat({ model: 'nope' })).toMatchObject({
    up: { model: 'nope', max_tokens: 32_000 },
    shape: { isKnownModel: false, model: 'nope' },
  });
});

describe('what goes on', () => {
  test.each<[string, object, object]>([
    ['A06', { max_tokens: 100 }, { max_tokens: 100 }],
    ['A07', { max_tokens: 100, max_completion_tokens: 200 }, { max_tokens: 200 }],
    ['the cap itself', { max_tokens: cap }, { max_tokens: cap }],
    ['A11', { temperature: 0 }, { temperature: 0 }],
    ['A14', { temperature: 0.2, top_p: 1 }, { temperature: 0.2 }],
    ['A15', { temperature: 1, top_p: 0.9 }, { top_p: 0.9 }],
    ['both are 1', { temperature: 1, top_p: 1 }, { temperature: 1 }],
    ['A17', { top_k: 40 }, { top_k: 40 }],
    ['no bound', { top_k: 0 }, {}],
    ['A18', { stop: 'END' }, { stop_sequences: ['END'] }],
    ['A19', { stop: ['a', 'b'], stop_sequences: ['b', 'c'] }, { stop_sequences: ['a', 'b', 'c'] }],
    ['A20', { stop: ['\n', ' ', 'X'] }, { stop_sequences: ['X'] }],
    ['A21', { stop: null }, {}],
    ['no stops', { stop: [] }, {}],
    ['A24', { user: 'u-1' }, { metadata: { user_id: 'u-1' } }],
    ['A25', { safety_identifier: 's', user: 'u' }, { metadata: { user_id: 's' } }],
    ['A26', { metadata: { k: 'v' } }, {}],
    ['a user among the metadata', { metadata: { user_id: 'u' } }, { metadata: { user_id: 'u' } }],
    ['a plain number of a user', { user: '1234567' }, { metadata: { user_id: '1234567' } }],
    ['A28', { service_tier: 'default' }, { service_tier: 'standard_only' }],
    ['the best tier', { service_tier: 'priority' }, { service_tier: 'auto' }],
    ['A30', { foo: 1 }, {}],
    ['nulls', { temperature: null, tools: null, stream: null, user: null, foo: null }, {}],
    [
      'a mark for the whole',
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
    ],
    [
      'caching by itself',
      { prompt_cache_options: { mode: 'implicit', ttl: '30m' } },
      { cache_control: { type: 'ephemeral' } },
    ],
    ['text as the only form', { modalities: ['text'] }, {}],
  ])('%s: %j', (_name, change, expected) => {
    const { model, messages, stream, max_tokens, ...rest } = bodyOf(chatCall(change));
    expect({ model, messages, stream }).toEqual({
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
    });
    expect({ max_tokens, ...rest }).toEqual({ max_tokens: 32_000, ...expected });
  });

  test('A13 where temperatures go up to 2, those above 1 are 1', () => {
    expect(decodeChat({ temperature: 1.5 }, openAi).up).toMatchObject({ temperature: 1 });
  });

  test('system parts come first, instructions of the format last', () => {
    const messages = [
      { role: 'system', content: 'a' },
      { role: 'user', content: 'hi' },
    ];
    const up = bodyOf(
      chatCall({ system: 'z', messages, response_format: { type: 'json_object' } }),
    );
    expect(up['system']).toMatchObject([{ text: 'z' }, { text: 'a' }, { type: 'text' }]);
  });
});

describe('refused, by the name of the parameter', () => {
  test.each<[string, object, string]>([
    ['A04', { model: undefined }, 'model'],
    ['no name', { model: '' }, 'model'],
    ['A05', { messages: [] }, 'messages'],
    ['no messages', { messages: undefined }, 'messages'],
    ['A08', { max_tokens: 0 }, 'max_tokens'],
    ['A09', { max_tokens: 1.5 }, 'max_tokens'],
    ['A10', { max_tokens: cap + 1 }, 'max_tokens'],
    ['by its other name', { max_completion_tokens: cap + 1 }, 'max_completion_tokens'],
    ['below the least', { max_completion_tokens: -1 }, 'max_completion_tokens'],
    ['as text', { max_tokens: '5' }, 'max_tokens'],
    ['A12', { temperature: 1.5 }, 'temperature'],
    ['below 0', { temperature: -0.1 }, 'temperature'],
    ['as a word', { temperature: 'hot' }, 'temperature'],
    ['A16', { temperature: 0.2, top_p: 0.9 }, 'top_p'],
    ['above 1', { top_p: 1.1 }, 'top_p'],
    ['below 0', { top_k: -1 }, 'top_k'],
    ['a part', { top_k: 0.5 }, 'top_k'],
    ['A22', { n: 2 }, 'n'],
    ['none', { n: 0 }, 'n'],
    ['A27', { stream_options: { include_usage: true } }, 'stream_options'],
    [
      'a word',
      { stream: true, stream_options: { include_usage: 'yes' } },
      'stream_options.include_usage',
    ],
    ['a word', { stream: 'yes' }, 'stream'],
    ['A29', { modalities: ['text', 'audio'] }, 'modalities'],
    ['no list', { modalities: 'text' }, 'modalities'],
    ['a number', { user: 5 }, 'user'],
    ['too long', { safety_identifier: 'x'.repeat(65) }, 'safety_identifier'],
    ['a list', { metadata: [] }, 'metadata'],
    ['a number in it', { metadata: { k: 1 } }, 'metadata.k'],
    [
      '17 pairs',
      {
        metadata: Object.fromEntries(
          Array.from({ length: 17 }, (_, at) => [`k${String(at)}`, 'v']),
        ),
      },
      'metadata',
    ],
    ['a long key', { metadata: { ['k'.repeat(65)]: 'v' } }, 'metadata'],
    ['a long value', { metadata: { k: 'v'.repeat(513) } }, 'metadata.k'],
    ['an object', { tools: {} }, 'tools'],
    ['no objects', { tools: ['f'] }, 'tools[0]'],
    ['a number', { stop: 5 }, 'stop'],
    ['numbers', { stop: ['a', 5] }, 'stop[1]'],
    ['a text', { stop_sequences: 'a' }, 'stop_sequences'],
    ['without logprobs', { top_logprobs: 3 }, 'top_logprobs'],
    ['too many', { logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    ['a number', { service_tier: 1 }, 'service_tier'],
    ['an unknown kind', { cache_control: { type: 'forever' } }, 'cache_control.type'],
    ['an unknown level', { reasoning_effort: 'most' }, 'reasoning_effort'],
    ['an unknown level', { reasoning: { effort: 'most' } }, 'reasoning.effort'],
    ['a word', { reasoning: 'high' }, 'reasoning'],
    ['no kind', { thinking: {} }, 'thinking.type'],
    ['a number', { parallel_tool_calls: 1 }, 'parallel_tool_calls'],
    ['a word', { seed: 'x' }, 'seed'],
    ['a word', { response_format: 'json' }, 'response_format'],
    ['an unknown form', { response_format: { type: 'grammar' } }, 'response_format.type'],
  ])('%s: %j names %s', (_name, change, param) => {
    const decoded = decodeRequest(chatCall(change));
    expect(decoded).toMatchObject({ kind: 'refusal', code: 'invalid_request', param });
  });

  test('five stops where four are the most', () => {
    expect(decodeChat({ stop: ['a', 'b', 'c', 'd', 'e'] }, openAi)).toMatchObject({
      refused: { param: 'stop' },
    });
    expect(decodeChat({ stop: ['a', 'b', 'c', 'd', 'e'] }).refused).toBeUndefined();
  });

  test('B40 a fifth mark of the cache, wherever they stand', () => {
    const marked = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } };
    const tool = { ...marked, type: 'function', function: { name: 'f' } };
    const messages = [{ role: 'user', content: [marked, marked] }];
    const four = { messages, system: [marked], tools: [tool] };
    expect(decodeChat(four).refused).toBeUndefined();
    expect(decodeChat({ ...four, cache_control: { type: 'ephemeral' } }).refused?.text).toContain(
      '5',
    );
    const asked = (mode: string): string | undefined =>
      decodeChat({ ...four, prompt_cache_options: { mode } }).refused?.param;
    expect([asked('implicit'), asked('explicit')]).toEqual(['cache_control', undefined]);
    expect(
      decodeChat({ messages: [{ role: 'user', content: Array.from({ length: 5 }, () => marked) }] })
        .refused,
    ).toBeDefined();
  });
});

describe('what has no effect is named', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'A23',
      { n: 1, seed: 7, logprobs: true, presence_penalty: 1 },
      ['logprobs', 'presence_penalty', 'seed'],
    ],
    ['A30', { foo: 1 }, ['foo']],
    [
      'what asks for nothing',
      { n: 1, logprobs: false, presence_penalty: 0, store: false, foo: null },
      [],
    ],
    ['an address', { user: 'ann@example.com' }, ['user']],
    [
      'an address and an id',
      { safety_identifier: 'ann@example.com', user: 'u' },
      ['safety_identifier'],
    ],
    ['a phone number', { user: '+49 30 1234567' }, ['user']],
    ['blank stops', { stop: ' ' }, ['stop']],
    ['a tier without an equal', { service_tier: 'flex' }, ['service_tier']],
    ['voices', { audio: { voice: 'x' } }, ['audio']],
    [
      'keys of a cache',
      { prompt_cache_key: 'k', prompt_cache_retention: '24h' },
      ['prompt_cache_key', 'prompt_cache_retention'],
    ],
    ['a search', { web_search_options: {} }, ['web_search_options']],
  ])('%s: %j', (_name, change, expected) => {
    const { up, shape } = decodeChat(change);
    expect(shape?.ignored).toEqual(expected);
    for (const name of expected) expect(up).not.toHaveProperty(name);
  });

  test('samplers of models that have none', () => {
    const change = { model: 'claude-opus-5', temperature: 0.5, top_p: 0.5, top_k: 3 };
    expect(decodeChat(change)).toMatchObject({
      shape: { ignored: ['temperature', 'top_p', 'top_k'] },
    });
    const { up, shape } = decodeChat({ model: 'claude-opus-5', temperature: 1 });
    expect([up?.['temperature'], shape?.ignored]).toEqual([1, []]);
  });

  test('models that take both samplers get both, and so does one that is not known', () => {
    const both = { temperature: 0.5, top_p: 0.5 };
    expect(decodeChat({ model: 'claude-3-opus-20240229', ...both }).up).toMatchObject(both);
    expect(decodeChat({ model: 'engine/own', ...both }).up).toMatchObject(both);
  });
});

describe('what the answer has to look like', () => {
  test('an id of 29 letters and digits, the same for the same request', () => {
    const { shape } = decodeChat({});
    expect(shape?.id).toMatch(/^chatcmpl-[A-Za-z0-9]{29}$/);
    expect(decodeChat({ n: 1 }).shape?.id).toBe(shape?.id);
    expect(shape?.created).toBe(1_762_343_744);
  });

  test.each<[string, object, object]>([
    ['one piece', {}, { isStream: false, includesUsage: false }],
    ['a stream', { stream: true }, { isStream: true, includesUsage: false }],
    [
      'with usage',
      { stream: true, stream_options: { include_usage: true } },
      { isStream: true, includesUsage: true },
    ],
    ['metadata', { metadata: { k: 'v' } }, { metadata: { k: 'v' } }],
    ['fields', { n: 1 }, { fields: new Set(['model', 'messages', 'n']) }],
    ['a known model', {}, { isKnownModel: true, credits: undefined }],
  ])('%s', (_name, change, expected) => {
    expect(decodeChat(change).shape).toMatchObject(expected);
  });

  test('credits bring the usage unasked, with the markup and the price', () => {
    const settings = { flavour: 'aimlapi', credits: { markup_percent: 30 } } as const;
    const { shape } = decodeChat({ stream: true }, { settings });
    expect(shape).toMatchObject({ includesUsage: true, credits: { markupPercent: 30 } });
    expect(decodeChat({ model: 'engine/own' }, { settings }).shape?.credits).toBeUndefined();
  });
});

describe('the request for the upstream', () => {
  test('asks for a stream in any case, and has the caller’s own bytes beside it', () => {
    const call = chatCall({ stream: false });
    expect(decode(call).request).toMatchObject({
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      stream: true,
      requestId: 'req_1',
      account: 'test',
      native: { form: 'chat-completions', body: call.body, stream: false, reportsUsage: true },
    });
    expect(decode(chatCall({ stream: true })).request.native?.stream).toBe(true);
  });

  test.each<[string, object, true | undefined]>([
    ['JSON in words', { response_format: { type: 'json_object' } }, true],
    [
      'a schema in words',
      {
        model: 'claude-sonnet-4-0',
        response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
      },
      true,
    ],
    [
      'a schema',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { schema: { type: 'object', properties: { a: { type: 'string' } } } },
        },
      },
      undefined,
    ],
    ['text', { response_format: { type: 'text' } }, undefined],
  ])('says whether JSON is wanted that it has no field for: %s', (_how, asked, wants) => {
    expect(decode(chatCall(asked)).request.wantsJsonObject).toBe(wants);
  });

  test('has the version, and of the caller’s headers the betas alone', () => {
    const headers = {
      'anthropic-beta': 'a, b',
      'idempotency-key': 'i',
      authorization: 'Bearer x',
      'openai-organization': 'o',
    };
    const { request } = decode(chatCall({}, { headers }));
    expect(request.headers).toEqual([
      'content-type',
      'application/json',
      'anthropic-version',
      '2023-06-01',
      'anthropic-beta',
      'a, b',
    ]);
    expect(request.callerHeader?.('openai-organization')).toBe('o');
    expect(request.callerHeader?.('authorization')).toBeUndefined();
  });
});

describe('what is no request', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['half an object', '{"model":"m"'],
    ['a key twice', '{"model":"m","model":"n"}'],
    ['a comma too many inside', '{"model":"m","messages":[1,]}'],
    ['too deep', `{"model":"m","x":${'['.repeat(200)}${']'.repeat(200)}}`],
  ])('%s is no JSON', (_name, body) => {
    const call = { ...chatCall({}), body: Buffer.from(body) };
    expect(decodeRequest(call)).toMatchObject({ kind: 'refusal', code: 'malformed_json' });
  });

  test.each(['[]', '"text"', 'null', '7'])('%s is no object', (body) => {
    const call = { ...chatCall({}), body: Buffer.from(body) };
    expect(decodeRequest(call)).toMatchObject({ kind: 'refusal', code: 'invalid_request' });
  });
});
