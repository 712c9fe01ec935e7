import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../test/support/model-facts.ts';
import type { CheckedRequest } from '../emulator/rules/rule.ts';
import { countInput } from '../emulator/tokens/count-input.ts';
import type { RequestBounds } from './bound-request.ts';
import { boundRequest } from './bound-request.ts';
import { estimateInputTokens, estimateOutputTokens } from './estimate-usage.ts';

const sonnet = factsOf('claude-sonnet-4-6');
const jsonBounds = { depthMax: 128, keysMax: 100_000 };
const hello = { role: 'user', content: 'Hello' };

interface Asking {
  readonly facts?: typeof sonnet;
  readonly betas?: readonly string[];
  readonly isStream?: boolean;
}

function boundsOf(request: object | string, asking: Asking = {}): RequestBounds {
  const { facts = sonnet, betas = [], isStream = true } = asking;
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  return boundRequest({ body: Buffer.from(text), facts, betas, isStream, jsonBounds });
}

const plain = { model: 'claude-sonnet-4-6', max_tokens: 4096, messages: [hello] };

test('text is at most a token for two bytes, with what stands around it', () => {
  const bytes = JSON.stringify(plain).length;
  expect(boundsOf(plain).inputTokens).toBe(Math.ceil(bytes / 2) + sonnet.tokenizer.frameTokens);
});

describe('the class of the input is the dearest that the request can use', () => {
  const cached = (control: string): string =>
    `{"max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"x","cache_control":${control}}]}]}`;
  test.each<[string, string, RequestBounds['inputClass']]>([
    ['nothing is cached', JSON.stringify(plain), 'input'],
    ['for five minutes unsaid', cached('{"type":"ephemeral"}'), 'cache_write_5m'],
    ['for five minutes', cached('{"type":"ephemeral","ttl":"5m"}'), 'cache_write_5m'],
    ['for an hour', cached('{"type":"ephemeral","ttl":"1h"}'), 'cache_write_1h'],
    ['for an hour, with spaces', cached('{"type":"ephemeral", "ttl" :\n "1h"}'), 'cache_write_1h'],
    [
      'spelled with escapes',
      cached(String.raw`{"type":"ephemeral","\u0074tl":"1h"}`),
      'cache_write_1h',
    ],
    ['its digit too', cached(String.raw`{"type":"ephemeral","ttl":"\u0031h"}`), 'cache_write_1h'],
    [
      'in a text that speaks of it',
      JSON.stringify({ ...plain, system: '"cache_control" "ttl":"1h"' }),
      'input',
    ],
    [
      'escapes of other letters',
      cached(String.raw`{"type":"ephemeral","x":"\u00e9\u001b\u003c"}`),
      'cache_write_5m',
    ],
  ])('%s', (_name, body, inputClass) => {
    expect(boundsOf(body).inputClass).toBe(inputClass);
  });
});

describe('output that cannot be watched', () => {
  const budget = { type: 'enabled', budget_tokens: 2000 };
  const tools = [{ name: 't', input_schema: { type: 'object' } }];
  const interleaved = ['interleaved-thinking-2025-05-14'];
  test.each<[string, object, Asking, readonly [number, number]]>([
    ['none of a plain stream', plain, {}, [4096, 0]],
    ['all of an answer in one piece', plain, { isStream: false }, [4096, 4096]],
    ['the budget of thinking', { ...plain, thinking: budget }, {}, [4096, 2000]],
    [
      'a budget within max_tokens',
      { ...plain, max_tokens: 1500, thinking: budget },
      {},
      [1500, 1500],
    ],
    ['all where the model decides', { ...plain, thinking: { type: 'adaptive' } }, {}, [4096, 4096]],
    ['none where thinking is off', { ...plain, thinking: { type: 'disabled' } }, {}, [4096, 0]],
    [
      'all where a model thinks unasked',
      plain,
      { facts: { ...sonnet, thinking: { ...sonnet.thinking, unset: 'adaptive' } } },
      [4096, 4096],
    ],
    [
      'a budget between calls of tools',
      { ...plain, thinking: budget, tools },
      { betas: interleaved },
      [6096, 2000],
    ],
    [
      'the most of the model where nothing is said',
      { messages: [hello] },
      {},
      [sonnet.maxOutputTokens, 0],
    ],
    ['the window where more is asked', { ...plain, max_tokens: 1e12 }, {}, [200_000, 0]],
  ])('%s', (_name, request, asking, [outputTokensMax, unseenOutputTokens]) => {
    expect(boundsOf(request, asking)).toMatchObject({ outputTokensMax, unseenOutputTokens });
  });
});

describe('what bytes of text say nothing about', () => {
  const png = Buffer.alloc(33);
  png.write('\x89PNG\r\n\x1a\n', 'latin1');
  png.writeUInt32BE(1000, 16);
  png.writeUInt32BE(1000, 20);
  const data = png.toString('base64');
  const withBlock = (block: object): object => ({
    ...plain,
    messages: [{ role: 'user', content: [block] }],
  });
  const image = (source: object): object => withBlock({ type: 'image', source });
  const sized = image({ type: 'base64', media_type: 'image/png', data });
  const bytesOf = (request: object): number => JSON.stringify(request).length;
  const overText = (request: object, letters = 0): number =>
    boundsOf(request).inputTokens -
    Math.ceil((bytesOf(request) - letters) / 2) -
    sonnet.tokenizer.frameTokens;

  test('a picture by its size', () => {
    expect(overText(sized, data.length)).toBe(Math.ceil(1_000_000 / 750) + 16);
  });

  test.each([
    ['a picture behind a URL', image({ type: 'url', url: 'https://example.com/a.png' })],
    ['a picture in a file', image({ type: 'file', file_id: 'file_1' })],
  ])('%s: the largest that the model sees', (_name, request) => {
    expect(overText(request)).toBe(Math.ceil((sonnet.images.patchesMax * 784) / 750) + 16);
  });

  test('a picture in the result of a tool', () => {
    const result = withBlock({
      type: 'tool_result',
      tool_use_id: 't',
      content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }],
    });
    expect(overText(result, data.length)).toBe(Math.ceil(1_000_000 / 750) + 16);
  });

  test('what a tool is called with is text, whatever it looks like', () => {
    const input = { type: 'image', source: { type: 'base64', data: 'x'.repeat(10_000) } };
    const call = withBlock({ type: 'tool_use', id: 't', name: 'n', input });
    expect(overText(call)).toBe(0);
  });

  test.each([
    [
      'a document behind a URL',
      withBlock({ type: 'document', source: { type: 'url', url: 'https://a' } }),
    ],
    [
      'a PDF that cannot be read',
      withBlock({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
      }),
    ],
  ])('%s: up to the window', (_name, request) => {
    expect(boundsOf(request).inputTokens).toBe(200_000);
  });

  test('searches, each with what it finds', () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }];
    const bounds = boundsOf({ ...plain, tools });
    expect(bounds.webSearches).toBe(3);
    expect(bounds.inputTokens).toBeGreaterThan(3 * 12_000);
    expect(boundsOf({ ...plain, tools: [{ ...tools[0], max_uses: undefined }] }).webSearches).toBe(
      10,
    );
  });

  test('a window of a million for those who ask', () => {
    const request = withBlock({ type: 'document', source: { type: 'url', url: 'https://a' } });
    const facts = { ...sonnet, longContextTokens: 1_000_000 };
    const bounds = boundsOf(request, { facts, betas: ['context-1m-2025-08-07'] });
    expect(bounds.inputTokens).toBeGreaterThan(200_000);
  });

  test.each([
    [{ inference_geo: 'us' }, { isUsGeo: true, isFast: false }],
    [{ speed: 'fast' }, { isUsGeo: false, isFast: true }],
  ])('what has a price of its own: %o', (more, flags) => {
    expect(boundsOf({ ...plain, ...more })).toMatchObject(flags);
  });
});

test('what is no request has the bounds of its bytes', () => {
  expect(boundsOf('[1]').inputTokens).toBeGreaterThan(0);
  expect(boundsOf('{"max_tokens":').outputTokensMax).toBe(sonnet.maxOutputTokens);
});

const block = fc.oneof(
  fc.record({
    type: fc.constant('text' as const),
    text: fc.oneof(fc.string({ unit: 'binary' }), fc.lorem()),
  }),
  fc.record({
    type: fc.constant('document' as const),
    source: fc.record({
      type: fc.constant('text' as const),
      media_type: fc.constant('text/plain'),
      data: fc.lorem(),
    }),
    citations: fc.record({ enabled: fc.boolean() }),
  }),
  fc.constant({
    type: 'image' as const,
    source: { type: 'url' as const, url: 'https://example.com/a.png' },
  }),
  fc.record({
    type: fc.constant('tool_use' as const),
    id: fc.constant('t'),
    name: fc.constant('weather'),
    input: fc.dictionary(fc.lorem({ maxCount: 1 }), fc.lorem(), { maxKeys: 3 }),
  }),
);

test('no prompt is counted higher than its bound, or estimated', () => {
  const requests = fc.record({
    content: fc.array(block, { minLength: 1, maxLength: 6 }),
    system: fc.option(fc.lorem(), { nil: undefined }),
    tools: fc.constantFrom(undefined, [{ name: 'weather', input_schema: { type: 'object' } }]),
  });
  fc.assert(
    fc.property(
      requests,
      fc.constantFrom('claude-sonnet-4-6', 'claude-haiku-4-5', 'claude-opus-5'),
      (asked, name) => {
        const facts = factsOf(name);
        const { content, system, tools } = asked;
        const request = {
          ...plain,
          messages: [{ role: 'user', content }],
          ...(system === undefined ? {} : { system }),
          ...(tools === undefined ? {} : { tools }),
        };
        const bounds = boundsOf(request, { facts });
        expect(bounds.inputTokens).toBeGreaterThanOrEqual(
          countInput(request as unknown as CheckedRequest, facts).total,
        );
        const body = Buffer.from(JSON.stringify(request));
        expect(estimateInputTokens(body, facts, bounds)).toBeLessThanOrEqual(bounds.inputTokens);
      },
    ),
  );
});

describe('estimates where nothing was reported', () => {
  test.each([
    ['a message', { content: [{ type: 'text', text: 'one two three' }] }, 3],
    [
      'a chat completion',
      { choices: [{ message: { role: 'assistant', content: 'one two three' } }] },
      3,
    ],
    ['a message without content', { content: [] }, 0],
  ])('of %s', (_name, answer, tokens) => {
    expect(estimateOutputTokens(Buffer.from(JSON.stringify(answer)), sonnet)).toBe(tokens);
  });

  test('of a prompt: close to what is counted', () => {
    const body = Buffer.from(JSON.stringify(plain));
    const counted = countInput(plain as unknown as CheckedRequest, sonnet).total;
    const estimated = estimateInputTokens(body, sonnet, boundsOf(plain));
    expect(Math.abs(estimated - counted)).toBeLessThanOrEqual(5);
  });

  test('of a body that cannot be read: what was held', () => {
    const bounds = boundsOf('{');
    expect(estimateInputTokens(Buffer.from('{'), sonnet, bounds)).toBe(bounds.inputTokens);
  });
});
