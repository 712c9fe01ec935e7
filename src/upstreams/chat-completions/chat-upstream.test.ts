import { describe, expect, test } from 'vitest';
import {
  CANARY,
  ORIGIN,
  answered,
  answers,
  ask,
  asking,
  bodyOf,
  canonical,
  completion,
  jsonOf,
  pairs,
  sentBody,
  streamed,
} from '../../../test/support/ask-chat-upstream.ts';
import { chunk, engineStream, finish, usageChunk } from '../../../test/support/engine-chunks.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { UpstreamRequest } from '../../messages/upstream.ts';
import type { TransportFailure, TransportResult } from '../transport.ts';
import type { ChatUpstreamOptions } from './chat-upstream.ts';
import { quirksOf } from './engines.ts';

describe('what the engine is sent', () => {
  test('the request in its form, our own headers, and nothing of the caller’s', async () => {
    const tried = await ask(answers(completion));
    expect(tried.sent[0]).toMatchObject({ method: 'POST', path: '/v1/chat/completions' });
    expect(pairs(tried.sent[0]?.headers ?? [])).toEqual({
      'user-agent': 'quatrain/test',
      'accept-encoding': 'identity',
      authorization: `Bearer ${CANARY}`,
      'content-type': 'application/json',
      'x-client-request-id': 'req_1',
    });
    expect(sentBody(tried)).toEqual(canonical);
  });

  test('no credential where none is wanted', async () => {
    const { sent } = await ask(answers(completion), asking(), { key: undefined as never });
    expect(pairs(sent[0]?.headers ?? [])['authorization']).toBeUndefined();
  });

  test.each<readonly [string, Partial<ChatUpstreamOptions>, string]>([
    ['as it is', {}, 'claude-sonnet-4-6'],
    ['by its name', { models: { 'claude-sonnet-4-6': 'qwen3', '*': 'other' } }, 'qwen3'],
    ['all others', { models: { 'claude-opus-4-6': 'qwen3', '*': 'other' } }, 'other'],
    [
      'with its author',
      { quirks: quirksOf('generic', { model_names: 'author' }) },
      'author/claude-sonnet-4-6',
    ],
  ])('the model: %s', async (_name, more, model) => {
    expect(sentBody(await ask(answers(completion), asking(), more))).toMatchObject({ model });
  });

  test('fields that go unsaid are logged by their names', async () => {
    const { lines } = await ask(answers(completion), asking({ top_k: 3 }));
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'debug', event: 'fields_dropped', upstream: 'up', fields: 'top_k' },
    ]);
  });

  test.each<readonly [string, UpstreamRequest, string, string | undefined]>([
    ['no JSON', asking({}, { body: Buffer.from('{') }), 'malformed_json', undefined],
    ['a wrong shape', asking({ messages: 'Hi' }), 'invalid_request', 'messages'],
    ['an unknown field', asking({ foo: 1 }), 'invalid_request', 'foo'],
    ['what cannot be carried', asking({ container: 'c' }), 'invalid_request', 'container'],
  ])('nothing at all: %s', async (_name, request, code, param) => {
    const { said, sent } = await ask(answers(completion), request);
    expect(said).toMatchObject({ kind: 'refusal', code });
    expect([isRefusal(said) ? said.param : '', sent.length]).toEqual([param, 0]);
  });
});

describe('what comes back', () => {
  test('one piece', async () => {
    const headers = {
      'x-request-id': 'their-1',
      'x-ratelimit-remaining-requests': '7',
      'retry-after': '1',
      'set-cookie': 'a=b',
      server: 'uvicorn',
    };
    const tried = await ask(answers(completion, { headers }));
    expect(answered(tried).form).toBeUndefined();
    expect(pairs(answered(tried).headers)).toEqual({
      'content-type': 'application/json',
      'x-upstream-request-id': 'their-1',
      'x-ratelimit-remaining-requests': '7',
      'retry-after': '1',
    });
    expect(await jsonOf(tried)).toEqual({
      model: 'claude-sonnet-4-6',
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 2,
      },
    });
    expect(answered(tried).isUsageEstimated?.()).toBe(false);
  });

  test('usage that was not said is counted, and said to be', async () => {
    const { usage: _usage, ...silent } = completion;
    const tried = await ask(answers(silent));
    expect(await jsonOf(tried)).toMatchObject({ usage: { input_tokens: 42, output_tokens: 5 } });
    expect(answered(tried).isUsageEstimated?.()).toBe(true);
  });

  const said = engineStream([chunk({ content: 'Hello' }), finish('stop'), usageChunk]);

  test('a stream', async () => {
    const tried = await ask(answers(said, streamed), asking({ stream: true }, { stream: true }));
    const { isEventStream, headers } = answered(tried);
    expect([isEventStream, pairs(headers)['content-type']]).toEqual([
      true,
      'text/event-stream; charset=utf-8',
    ]);
    expect(await bodyOf(tried)).toMatch(/^event: message_start\n[^]*event: message_stop\n/);
    expect(answered(tried).isUsageEstimated?.()).toBe(false);
  });

  test('one piece for whoever asked for a stream', async () => {
    const tried = await ask(answers(completion), asking({ stream: true }, { stream: true }));
    expect(answered(tried).isEventStream).toBe(true);
    expect(await bodyOf(tried)).toMatch(/^event: message_start\n[^]*event: message_stop\n/);
  });

  test('a stream for whoever asked for one piece', async () => {
    const tried = await ask(answers(said, streamed));
    expect(answered(tried).isEventStream).toBe(false);
    expect(await jsonOf(tried)).toMatchObject({ content: [{ type: 'text', text: 'Hello' }] });
  });

  test.each<readonly [string, TransportResult, string]>([
    ['no JSON', answers('<html>'), 'upstream_failed'],
    ['too long', answers('x'.repeat(2 * 1024 * 1024)), 'upstream_failed'],
    [
      'compressed',
      answers(completion, { headers: { 'content-encoding': 'gzip' } }),
      'upstream_failed',
    ],
    [
      'a stream without its end',
      answers(engineStream([chunk({ content: 'a' })], ''), streamed),
      'upstream_truncated',
    ],
  ])('an answer that is none: %s', async (_name, result, code) => {
    expect((await ask(result)).said).toMatchObject({ kind: 'refusal', code });
  });
});

type SaidError = readonly [status: number, type: string, message: string];

describe('errors, in the canonical form', () => {
  test.each<readonly [name: string, status: number, body: object | string, said: SaidError]>([
    [
      'the form’s own',
      429,
      { error: { message: 'slow', type: 'x', code: 'y' } },
      [429, 'rate_limit_error', 'slow'],
    ],
    ['a text', 400, { error: 'no' }, [400, 'invalid_request_error', 'no']],
    ['flat', 401, { message: 'who?' }, [401, 'authentication_error', 'who?']],
    ['no money', 402, { error: { message: 'pay' } }, [402, 'billing_error', 'pay']],
    ['a detail', 404, { detail: 'Not Found' }, [404, 'not_found_error', 'Not Found']],
    [
      'details of a validation',
      422,
      {
        detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'Field required', type: 'missing' }],
      },
      [400, 'invalid_request_error', 'messages.0.role: Field required'],
    ],
    [
      'a page',
      502,
      '<html>nginx</html>',
      [502, 'api_error', 'The upstream answered with status 502.'],
    ],
    ['nothing', 503, '', [503, 'api_error', 'The upstream answered with status 503.']],
    ['plain words', 500, 'oops', [500, 'api_error', 'oops']],
    [
      'a status that is no error',
      302,
      '',
      [502, 'api_error', 'The upstream answered with status 302.'],
    ],
    [
      'where it is and with what key',
      400,
      { error: { message: `${CANARY} at ${ORIGIN}/v1 (engine.internal)` } },
      [400, 'invalid_request_error', '[redacted] at [redacted]/v1 ([redacted])'],
    ],
    [
      'with the status of an answer',
      200,
      { error: { message: 'slow', code: 429 } },
      [429, 'rate_limit_error', 'slow'],
    ],
  ])('%s', async (_name, status, body, [expected, type, message]) => {
    const tried = await ask(answers(body, { status, headers: { 'retry-after': '7' } }));
    expect(answered(tried).status).toBe(expected);
    expect(pairs(answered(tried).headers)).toMatchObject({ 'retry-after': '7' });
    expect(await jsonOf(tried)).toEqual({
      type: 'error',
      error: { type, message },
      request_id: 'req_1',
    });
  });

  const codes: Readonly<Record<TransportFailure['reason'], string>> = {
    'connect-failed': 'upstream_failed',
    'connect-timeout': 'upstream_timeout',
    'first-byte-timeout': 'upstream_timeout',
    'idle-timeout': 'upstream_timeout',
    cut: 'upstream_failed',
    malformed: 'upstream_failed',
    redirected: 'upstream_failed',
    'too-many-connections': 'overloaded',
    cancelled: 'upstream_failed',
  };

  test.each(Object.entries(codes) as [TransportFailure['reason'], string][])(
    'no answer: %s is %s',
    async (reason, code) => {
      const detail = 'connect ECONNREFUSED 10.1.2.3:443';
      const { said, lines } = await ask({ kind: 'failure', failure: { reason, detail } });
      expect(said).toEqual({ kind: 'refusal', code });
      expect(lines).toHaveLength(reason === 'cancelled' ? 0 : 1);
    },
  );
});
