import { describe, expect, test } from 'vitest';
import type { Message } from '../../messages/response.ts';
import { refusal } from '../../messages/errors.ts';
import { createRunEncoder, runResultOf } from './encode-run-answer.ts';
import type { RunShape } from './encode-run-answer.ts';

const message: Message = {
  model: 'claude-sonnet-4-6',
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'hi', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  stop_details: null,
  usage: { input_tokens: 1, output_tokens: 1, service_tier: 'standard' },
};

const shape: RunShape = {
  isStream: false,
  wrap: (result) => result,
  options: { ignored: [] },
  ignored: [],
  model: 'anthropic/claude-sonnet-4.6',
  fields: new Set(['messages', 'max_tokens']),
  isChatLike: false,
};

describe('an answer in one piece', () => {
  test.each<[string, object, object, object]>([
    ['two counts and no more', {}, { input_tokens: 1, output_tokens: 1 }, { keySource: 'Unified' }],
    [
      'a cache that was not used',
      { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
      { input_tokens: 1, output_tokens: 1 },
      { keySource: 'Unified' },
    ],
    [
      'a cache that was',
      { cache_read_input_tokens: 7 },
      { input_tokens: 1, output_tokens: 1 },
      {
        keySource: 'Unified',
        usage: { cache_creation_input_tokens: null, cache_read_input_tokens: 7 },
      },
    ],
  ])('%s', (_name, more, usage, gatewayMetadata) => {
    const { usage: reported, ...rest } = message;
    const result = runResultOf({ ...message, usage: { ...reported, ...more } });
    expect(result).toEqual({ ...rest, usage, gatewayMetadata });
  });

  test('it is put into what its route puts it into', () => {
    const encoder = createRunEncoder({ ...shape, wrap: (result) => ({ result }) });
    const { body } = encoder.encodeMessage(message);
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({ result: runResultOf(message) });
  });
});

describe('the head of an answer', () => {
  test.each<[string, Partial<RunShape>, readonly string[], readonly string[]]>([
    ['one piece', {}, [], ['content-type', 'application/json']],
    [
      'a stream',
      { isStream: true },
      [],
      ['content-type', 'text/event-stream', 'cache-control', 'no-cache'],
    ],
    [
      'what had no effect',
      {
        ignored: ['foo', 'bad name', 'bar'],
        options: { ignored: ['gateway.retries'] },
      },
      [],
      ['content-type', 'application/json', 'x-ignored-params'].concat(
        'foo, bar',
        'x-quatrain-ignored-options',
        'gateway.retries',
      ),
    ],
    [
      'the upstream’s id, and nothing else of what it says',
      {},
      ['content-type', 'application/json; charset=utf-8', 'request-id', 'req_up', 'x-other', '1'],
      ['content-type', 'application/json', 'x-upstream-request-id', 'req_up'],
    ],
  ])('%s', (_name, more, answered, expected) => {
    expect(createRunEncoder({ ...shape, ...more }).encodeHeaders(answered)).toEqual(expected);
  });
});

describe('an upstream’s no', () => {
  const refused = (status: number, text: string, more: Partial<RunShape> = {}): object => {
    const body = Buffer.from(
      JSON.stringify({ type: 'error', error: { type: 'x', message: text } }),
    );
    const { code, reason, detail } = createRunEncoder({ ...shape, ...more }).refuseAnswer({
      status,
      headers: [],
      body,
    });
    return { code, reason, detail };
  };

  test.each<[number, object]>([
    [400, { code: 'invalid_request', reason: 'upstream_request', detail: 'why' }],
    [401, { code: 'unavailable', reason: 'upstream_auth' }],
    [429, { code: 'rate_limited', detail: 'why' }],
    [500, { code: 'internal' }],
    [529, { code: 'overloaded' }],
  ])('%i', (status, expected) => {
    expect(refused(status, 'why')).toMatchObject(expected);
  });

  test('a caller whose inputs are those of another form is told so', () => {
    const { detail } = refused(400, 'tools.0: no', { isChatLike: true }) as { detail: string };
    expect(detail).toMatch(/^tools\.0: no\. These inputs are in the form of Chat Completions\./);
  });

  test('an error that a stream says before its content is told the same way', () => {
    const encoder = createRunEncoder(shape);
    expect(encoder.refuseError(refusal('overloaded'))).toMatchObject({ code: 'overloaded' });
    expect(encoder.refuseError(refusal('invalid_request', 'why'))).toMatchObject({
      reason: 'upstream_request',
    });
  });
});
