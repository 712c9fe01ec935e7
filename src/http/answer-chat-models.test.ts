import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatModel } from '../catalog/describe-chat-model.ts';
import { plans } from '../catalog/plans.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { ChatModelsContext } from './answer-chat-models.ts';
import { answerChatModels, readChatModelsQuestion } from './answer-chat-models.ts';
import type { EdgeReply } from './edge-reply.ts';

const context: ChatModelsContext = {
  requestId: 'req_1',
  asked: {},
  settings: { plan: plans.standard, profile: 'launch', chatCompletions: { flavour: 'aimlapi' } },
  atMs: Date.parse('2026-11-01T00:00:00Z'),
};

function headerOf({ headers }: EdgeReply, name: string): string | undefined {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text === name);
  return at < 0 ? undefined : headers[at + 1];
}

interface Answered {
  readonly object: string;
  readonly data: readonly ChatModel[];
  readonly error: { readonly code: string; readonly param: string; readonly message: string };
}

function bodyOf({ body }: EdgeReply): Answered & ChatModel {
  return JSON.parse(Buffer.from(body).toString()) as Answered & ChatModel;
}

function list(query: string, more: Partial<ChatModelsContext> = {}): readonly ChatModel[] {
  return bodyOf(answerChatModels({ query }, { ...context, ...more })).data;
}

describe('who is answered in this form', () => {
  test.each<[string, string, string, HeaderMap, string | undefined]>([
    ['a bearer key', 'GET', '/v1/models', { authorization: 'Bearer a' }, 'all'],
    ['no key at all', 'GET', '/v1/models', {}, 'all'],
    ['HEAD as GET', 'HEAD', '/v1/models', {}, 'all'],
    ['a query', 'GET', '/v1/models?include=all', {}, 'all'],
    ['one model', 'GET', '/v1/models/claude-sonnet-4-6', {}, 'claude-sonnet-4-6'],
    ['a slash', 'GET', '/v1/models/anthropic/claude-x', {}, 'anthropic/claude-x'],
    ['a slash, encoded', 'GET', '/v1/models/anthropic%2Fclaude-x', {}, 'anthropic/claude-x'],
    ['no version', 'GET', '/models?include=all', {}, 'all'],
    ['no version, whatever the key is in', 'GET', '/models', { 'x-api-key': 'a' }, 'all'],
    ['no version for one model', 'GET', '/models/anthropic/claude-x', {}, 'anthropic/claude-x'],
    ['one model by itself', 'GET', '/model/claude-x', {}, 'claude-x'],
    ['not a version', 'GET', '/v1/models', { 'anthropic-version': '2023-06-01' }, undefined],
    ['not a beta', 'GET', '/v1/models', { 'anthropic-beta': 'a' }, undefined],
    ['not a key of the other form', 'GET', '/v1/models', { 'x-api-key': 'a' }, undefined],
    ['not another method', 'DELETE', '/v1/models/x', {}, undefined],
    ['not another place', 'GET', '/anthropic/v1/models', {}, undefined],
    ['not a longer word', 'GET', '/v1/modelsx', {}, undefined],
    ['not an empty name by itself', 'GET', '/model/', {}, undefined],
    ['not an empty name', 'GET', '/v1/models/', {}, undefined],
    ['not a name without end', 'GET', `/v1/models/${'a'.repeat(257)}`, {}, undefined],
    ['not a name that cannot be read', 'GET', '/v1/models/%E0%A4', {}, undefined],
  ])('%s', (...[, method, target, headers, asked]) => {
    const question = readChatModelsQuestion(method, target, headers);
    expect(question === undefined ? undefined : (question.name ?? 'all')).toBe(asked);
  });
});

describe('the list', () => {
  test('has what is served, newest first, under the names of this form', () => {
    const data = list('');
    expect(data.map(({ id }) => id)).toContain('anthropic/claude-sonnet-4.6');
    expect(data.map(({ created }) => -created)).toEqual(
      data.map(({ created }) => -created).toSorted((left, right) => left - right),
    );
    expect(data.every(({ id }) => !id.includes('claude-3'))).toBe(true);
  });

  test('leaves out what is long, unless it is asked for', () => {
    const sections = (query: string): readonly string[] =>
      Object.keys(list(query)[0] ?? {}).filter((name) =>
        ['pricing', 'modalities', 'capabilities'].includes(name),
      );
    expect(sections('')).toEqual([]);
    expect(sections('include=pricing')).toEqual(['pricing']);
    expect(sections('include=capabilities,nonsense&include=Modalities')).toEqual([
      'modalities',
      'capabilities',
    ]);
    expect(sections('include=all')).toHaveLength(3);
    expect(sections('details=true')).toHaveLength(3);
    expect(sections('details=false')).toEqual([]);
  });

  const all = list('').map(({ id }) => id);
  const sonnet = 'anthropic/claude-sonnet-4.6';
  const opus = 'anthropic/claude-opus-5';
  test.each<[string, readonly string[]]>([
    ['id=claude-sonnet-4-6', [sonnet]],
    ['id=ANTHROPIC/claude-sonnet-4.6', [sonnet]],
    ['id=claude-sonnet-4-6,claude-opus-5', [opus, sonnet]],
    ['id=claude-sonnet-4-6&id=claude-opus-5', [opus, sonnet]],
    ['id=claude-sonnet-4-6&type=chat-completion&input_modalities=image', [sonnet]],
    ['id=claude-sonnet-4-6&capabilities=video', []],
    ['output_modalities=image', []],
    ['modalities=image&tags=tools', all],
    ['type=image', []],
    ['id=', all],
    ['nonsense=1', all],
  ])('%s keeps what it says', (query, expected) => {
    expect(list(query).map(({ id }) => id)).toEqual(expected);
  });

  test('says what a plan sells, and how much of it', () => {
    const settings = { ...context.settings, plan: plans.prepaid };
    const data = list('', { settings });
    expect(data.length).toBeGreaterThan(5);
    expect(data.every(({ info }) => info.outputMax <= 16_384)).toBe(true);
    const none = { ...settings, plan: { ...plans.prepaid, modelIds: new Set<string>() } };
    expect(list('', { settings: none })).toEqual([]);
    const one = answerChatModels(
      { name: 'claude-opus-5', query: '' },
      { ...context, settings: none },
    );
    expect(one.status).toBe(404);
  });

  test('says the limits of the profile that runs', () => {
    const settings = { ...context.settings, profile: 'ga-2026-08' as const };
    const [sonnet] = list('id=claude-sonnet-4-6', { settings });
    expect(sonnet?.info).toMatchObject({ contextLength: 1_000_000, outputMax: 128_000 });
  });

  test('quotes what is charged where answers say what they cost', () => {
    const settings = {
      ...context.settings,
      chatCompletions: { flavour: 'aimlapi' as const, credits: { markup_percent: 30 } },
    };
    const [haiku] = list('id=claude-haiku-4-5&include=pricing', { settings });
    const prices = haiku?.pricing.kind === 'fixed' ? haiku.pricing.units : [];
    expect(prices[0]).toMatchObject({ name: 'input', price: 1.3, per: 1_000_000 });
  });
});

describe('one model', () => {
  test.each([
    'claude-sonnet-4-6',
    'anthropic/claude-sonnet-4.6',
    'anthropic/claude-sonnet-4-6-20260218',
    'claude-sonnet-4.6',
  ])('%s by any of its names', (name) => {
    const reply = answerChatModels({ name, query: '' }, context);
    expect([reply.status, bodyOf(reply).id]).toEqual([200, 'anthropic/claude-sonnet-4.6']);
  });

  test('one that there is not', () => {
    const reply = answerChatModels({ name: 'gpt-9', query: '' }, context);
    expect(reply.status).toBe(404);
    const { error } = bodyOf(reply);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(error.message).toContain('gpt-9');
  });

  test('whatever the name, the answer is one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 256 }), (name) => {
        const reply = answerChatModels({ name, query: '' }, context);
        return reply.status === 200 || bodyOf(reply).error.code === 'model_not_found';
      }),
    );
  });
});

describe('an answer that the caller has already', () => {
  const tag = headerOf(answerChatModels({ query: '' }, context), 'etag') ?? '';

  test.each<[string, string, number]>([
    ['is not sent again', tag, 304],
    ['nor where the caller compares weakly', `W/${tag}`, 304],
    ['nor where it has several', `"x", ${tag}`, 304],
    ['nor where it takes any', '*', 304],
    ['is sent where it is another', '"x"', 200],
    ['is sent where it is no tag', tag.slice(1, -1), 200],
  ])('%s', (_name, given, status) => {
    const reply = answerChatModels(
      { query: '' },
      { ...context, asked: { 'if-none-match': given } },
    );
    expect(reply.status).toBe(status);
    expect(headerOf(reply, 'etag')).toBe(tag);
    expect(headerOf(reply, 'cache-control')).toContain('max-age');
    expect(headerOf(reply, 'vary')).toContain('x-api-key');
    expect(reply.body.length > 0).toBe(status === 200);
  });

  test('another answer has another tag', () => {
    const other = answerChatModels({ query: 'include=all' }, context);
    expect(headerOf(other, 'etag')).not.toBe(tag);
  });
});

test('a query that is none of these is refused', () => {
  const reply = answerChatModels({ query: 'a b' }, context);
  expect([reply.status, bodyOf(reply).error.message]).toEqual([
    400,
    'The query string is not a plain one.',
  ]);
});
