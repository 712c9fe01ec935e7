import { describe, expect, test } from 'vitest';
import type { RecordedExchange } from '../messages/recorded-exchange.ts';
import type { UpstreamRequest } from '../messages/upstream.ts';
import type { JsonValue } from '../std/json.ts';
import { canonicalRequest, requestKey } from './canonical-request.ts';
import { CassetteIndex } from './cassette-index.ts';
import { createRedactor } from './redact-exchange.ts';

const redactor = createRedactor({
  patterns: [],
  emails: 'keep',
  media: 'keep',
  mediaBytesMax: 4096,
});

const turns = (...messages: readonly JsonValue[]): JsonValue => ({ model: 'm', messages });
const user = (content: JsonValue): JsonValue => ({ role: 'user', content });
const text = (said: string, more: object = {}): JsonValue => ({
  type: 'text',
  text: said,
  ...more,
});
const call = (id: string, input: JsonValue = {}): JsonValue => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'look', input }],
});
const result = (id: string, content: JsonValue): JsonValue =>
  user([{ type: 'tool_result', tool_use_id: id, content }]);

function keyOf(body: JsonValue): string {
  return requestKey(
    canonicalRequest({ operation: 'messages.create', method: 'POST', path: '/v1/messages', body }),
  );
}

describe('two requests mean the same', () => {
  test.each<[string, JsonValue, JsonValue]>([
    ['order of members', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    [
      'stream and metadata',
      turns(user('a')),
      { ...(turns(user('a')) as object), stream: true, metadata: { user_id: 'x' } },
    ],
    ['a string is one block', turns(user('a')), turns(user([text('a')]))],
    ['in system', { system: 'be kind' }, { system: [text('be kind')] }],
    ['in a result', turns(result('t', 'sun')), turns(result('t', [text('sun')]))],
    [
      'cache marks',
      turns(user([text('a')])),
      turns(user([text('a', { cache_control: { type: 'ephemeral' } })])),
    ],
    [
      'ids of calls',
      turns(call('toolu_1'), result('toolu_1', 'x')),
      turns(call('toolu_2'), result('toolu_2', 'x')),
    ],
  ])('%s', (_, one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test.each<[string, JsonValue, JsonValue]>([
    ['other words', turns(user('a')), turns(user('b'))],
    ['another order of turns', turns(user('a'), user('b')), turns(user('b'), user('a'))],
    ['two blocks are not one', turns(user('ab')), turns(user([text('a'), text('b')]))],
    ['another model', { model: 'm' }, { model: 'n' }],
    [
      'results of other calls',
      turns(call('a'), call('b'), result('a', 'x')),
      turns(call('a'), call('b'), result('b', 'x')),
    ],
    ['arguments called like marks', turns(call('a', { cache_control: 1 })), turns(call('a'))],
    [
      'arguments called like ids',
      turns(call('a', { tool_use_id: 'x' })),
      turns(call('a', { tool_use_id: 'y' })),
    ],
  ])('not with %s', (_, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });
});

function recorded(
  body: JsonValue,
  answer: string,
  how: 'complete' | 'client_gone' = 'complete',
): RecordedExchange {
  return {
    operation: 'messages.create',
    recorded_at: '2026-01-01T00:00:00.000Z',
    upstream: 'up',
    request: { method: 'POST', path: '/v1/messages', headers: {}, body },
    response: { status: 200, headers: {}, head_ms: 1, body: answer, ended: { how, at_ms: 2 } },
  };
}

function asked(body: JsonValue): UpstreamRequest {
  return {
    operation: 'messages.create',
    method: 'POST',
    path: '/v1/messages',
    headers: [],
    body: Buffer.from(JSON.stringify(body)),
    stream: false,
    requestId: 'req_1',
    account: 'a',
  };
}

function indexOf(...exchanges: readonly RecordedExchange[]): CassetteIndex {
  return new CassetteIndex(
    exchanges.map((exchange, at) => ({ line: at + 2, exchange })),
    redactor,
  );
}

function answers(index: CassetteIndex, body: JsonValue, times: number): readonly unknown[] {
  return Array.from({ length: times }, () => {
    const match = index.next(asked(body));
    return match.kind === 'found' ? match.exchange.response : match.nearest;
  }).map((response) =>
    typeof response === 'object' && 'body' in response ? response.body : response,
  );
}

describe('CassetteIndex', () => {
  test('several exchanges of one request come in their order, the last one again and again', () => {
    const index = indexOf(
      recorded(turns(user('a')), 'first'),
      recorded(turns(user('b')), 'other'),
      recorded(turns(user([text('a')])), 'second'),
    );
    expect(answers(index, turns(user('a')), 4)).toEqual(['first', 'second', 'second', 'second']);
    expect(answers(index, turns(user('b')), 1)).toEqual(['other']);
  });

  test('what was left before its end is not played', () => {
    const index = indexOf(recorded(turns(user('a')), 'half', 'client_gone'));
    expect(answers(index, turns(user('a')), 1)).toEqual([undefined]);
  });

  test('a secret finds its placeholder, and so does another one', () => {
    const index = indexOf(recorded(turns(user('use [redacted credential]')), 'done'));
    for (const key of ['sk-ant-0123456789abcdef', 'sk-ant-fedcba9876543210']) {
      expect(answers(index, turns(user(`use ${key}`)), 1)).toEqual(['done']);
    }
  });

  test('media find their digest', () => {
    const image = (data: string): JsonValue =>
      turns(user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }]));
    const digesting = createRedactor({
      patterns: [],
      emails: 'keep',
      media: 'digest',
      mediaBytesMax: 8,
    });
    const index = indexOf(recorded(digesting.json(image('A'.repeat(100))), 'seen'));
    expect(answers(index, image('A'.repeat(100)), 1)).toEqual(['seen']);
    expect(answers(index, image('B'.repeat(100)), 1)[0]).toMatch(/line 2, .*source\.data/);
  });

  test('a miss names the request that differs least, and where', () => {
    const index = indexOf(
      recorded({ ...(turns(user('a'), user('x')) as object), max_tokens: 5 }, 'far'),
      recorded(turns(user('b')), 'near'),
    );
    expect(answers(index, turns(user('c')), 1)).toEqual([
      'the one in line 3, which differs in messages.0.content.0.text',
    ]);
    expect(answers(indexOf(), turns(user('c')), 1)).toEqual([undefined]);
  });
});
