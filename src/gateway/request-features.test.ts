import { describe, expect, test } from 'vitest';
import type { RouteFeature } from '../config/route-config.ts';
import { routeFeatures } from '../config/route-config.ts';
import type { DecodedCall } from '../dialects/dialect.ts';
import { AskedBody } from './asked-body.ts';
import { conversationKey } from './conversation-key.ts';
import { usesFeature } from './request-features.ts';

const plain = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

function callOf(
  members: object,
  more: Partial<DecodedCall['request']> = {},
): { readonly call: DecodedCall; readonly body: () => AskedBody } {
  const call: DecodedCall = {
    model: 'm',
    maxTokens: 1,
    request: {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: [],
      body: Buffer.from(JSON.stringify({ ...plain, ...members })),
      stream: false,
      requestId: 'req_1',
      account: 'acme',
      ...more,
    },
  };
  return { call, body: () => new AskedBody(call, { depthMax: 50, keysMax: 1000 }) };
}

const saying = (content: unknown): object => ({ messages: [{ role: 'user', content }] });
const tool = { name: 't', input_schema: { type: 'object' } };
const image = { type: 'image', source: { type: 'url', url: 'https://x.example' } };

describe('the features of a request', () => {
  test.each<[string, readonly RouteFeature[], object, Partial<DecodedCall['request']>]>([
    ['nothing', [], {}, {}],
    ['a stream', ['stream'], {}, { stream: true }],
    ['a batch', ['batch'], {}, { isBatch: true }],
    ['tools', ['tools'], { tools: [tool] }, {}],
    ['no tools', [], { tools: [] }, {}],
    ['strict tools', ['tools', 'structured_output'], { tools: [{ ...tool, strict: true }] }, {}],
    [
      'a tool that runs there',
      ['tools', 'server_tools'],
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      {},
    ],
    ['a tool that runs here', ['tools'], { tools: [{ type: 'bash_20250124', name: 'bash' }] }, {}],
    ['a server of tools', ['server_tools'], { mcp_servers: [{ type: 'url' }] }, {}],
    ['thinking', ['thinking'], { thinking: { type: 'enabled', budget_tokens: 1024 } }, {}],
    ['thinking as it likes', ['thinking'], { thinking: { type: 'adaptive' } }, {}],
    ['no thinking', [], { thinking: { type: 'disabled' } }, {}],
    ['a picture', ['images'], saying([image]), {}],
    [
      'one in the result of a tool',
      ['images'],
      saying([{ type: 'tool_result', tool_use_id: 'a', content: [image] }]),
      {},
    ],
    ['a document', ['documents'], saying([{ source: {}, type: 'document' }]), {}],
    ['a text about both', [], saying('"type":"image" and {"type": "document"}'), {}],
    ['a text that is one', [], saying([{ type: 'text', text: 'image' }]), {}],
    ['a format', ['structured_output'], { output_config: { format: { type: 'json_schema' } } }, {}],
    ['an effort', [], { output_config: { effort: 'high' } }, {}],
    ['an older format', ['structured_output'], { output_format: { type: 'json_schema' } }, {}],
    [
      'a beta',
      ['long_context'],
      {},
      { headers: ['anthropic-beta', 'files-api-2025-04-14,context-1m-2025-08-07'] },
    ],
    ['much text', ['long_context'], saying('word '.repeat(160_001)), {}],
  ])('%s', (_name, expected, members, more) => {
    const asked = callOf(members, more);
    expect(routeFeatures.filter((feature) => usesFeature(asked, feature)).toSorted()).toEqual(
      [...expected].toSorted(),
    );
  });

  test('a body that is no object uses nothing', () => {
    const asked = callOf({}, { body: Buffer.from('[1,') });
    expect(routeFeatures.filter((feature) => usesFeature(asked, feature))).toEqual([]);
  });
});

describe('what makes a conversation', () => {
  const owner = { account: 'acme', model: 'm' };
  const keyOf = (members: object, of = owner): string =>
    conversationKey(callOf(members).body(), of);
  const turns = (...texts: readonly unknown[]): object => ({
    system: [{ type: 'text', text: 'Be kind.' }],
    messages: texts.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content })),
  });
  const first = keyOf(turns('one'));

  test.each<[string, object, boolean]>([
    ['its next message', turns('one', 'two', 'three'), true],
    ['another first message', turns('uno', 'two', 'three'), false],
    ['another system', { ...turns('one'), system: 'Be short.' }, false],
    ['other tools', { ...turns('one'), tools: [tool] }, false],
    ['another length', { ...turns('one'), max_tokens: 9, stream: true }, true],
  ])('%s', (_name, members, isSame) => {
    expect(keyOf(members) === first).toBe(isSame);
  });

  test('what moves from message to message is no part of it', () => {
    const text = { type: 'text', text: 'one, "two" and [three' };
    const marked = { ...text, cache_control: { type: 'ephemeral', ttl: '1h' } };
    const first = { cache_control: { type: 'ephemeral' }, ...text };
    for (const one of [marked, first]) {
      expect(keyOf(turns([one]))).toBe(keyOf(turns([text], 'and so on')));
    }
    expect(keyOf(turns([{ ...text, text: '"cache_control": {}' }]))).not.toBe(keyOf(turns([text])));
    const billed = (number: string): object => ({
      ...turns('one'),
      system: [{ type: 'text', text: `x-anthropic-billing-header: cc_version=2; cch=${number};` }],
    });
    expect(keyOf(billed('a1b2c'))).toBe(keyOf(billed('00000')));
  });

  test('of another account or model it is another one', () => {
    expect(keyOf(turns('one'), { ...owner, account: 'other' })).not.toBe(first);
    expect(keyOf(turns('one'), { ...owner, model: 'n' })).not.toBe(first);
  });

  test('a request without messages has one of its own', () => {
    expect(keyOf({ messages: [] })).not.toBe(first);
  });
});
