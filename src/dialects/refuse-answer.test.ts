import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../test/support/cpu-time.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { RefusedRequest } from './refuse-answer.ts';
import { refuseAnswer, refuseError } from './refuse-answer.ts';

const asked: RefusedRequest = {
  isKnownModel: true,
  model: 'anthropic/claude-sonnet-4.6',
  fields: new Set(['model', 'messages']),
};

function refuse(
  status: number,
  body: string,
  more: Partial<RefusedRequest> = {},
  headers: readonly string[] = [],
): Refusal {
  return refuseAnswer({ status, headers, body: Buffer.from(body) }, { ...asked, ...more });
}

function envelope(message: string, type = 'invalid_request_error'): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_up' });
}

describe('an upstream that says no', () => {
  test.each<[number, string, string | undefined]>([
    [401, 'upstream_failed', 'upstream_auth'],
    [402, 'upstream_failed', 'upstream_auth'],
    [403, 'upstream_failed', 'upstream_auth'],
    [404, 'upstream_failed', 'upstream_model'],
    [408, 'upstream_timeout', undefined],
    [409, 'invalid_request', undefined],
    [413, 'request_too_large', undefined],
    [422, 'invalid_request', undefined],
    [429, 'rate_limited', 'upstream_rate_limited'],
    [500, 'internal', 'upstream_error'],
    [502, 'upstream_failed', 'upstream_error'],
    [503, 'unavailable', 'upstream_error'],
    [504, 'upstream_timeout', undefined],
    [529, 'overloaded', undefined],
    [302, 'upstream_failed', 'upstream_error'],
    [599, 'upstream_failed', 'upstream_error'],
  ])('%s becomes %s, %s', (status, code, reason) => {
    expect(refuse(status, envelope('Said.'))).toMatchObject({ code });
    expect(refuse(status, envelope('Said.')).reason).toBe(reason);
    expect(refuse(status, '<html>no</html>').code).toBe(code);
    expect(refuse(status, '<html>no</html>').detail ?? '').not.toContain('html');
  });

  test('its account is not the caller’s: nothing of it is repeated', () => {
    for (const status of [401, 402, 403]) {
      const { detail } = refuse(status, envelope('Your credit balance is too low'));
      expect(detail).not.toContain('credit balance');
    }
  });

  test('a model that nobody knows is not there', () => {
    const said = refuse(404, envelope('model: m'), { isKnownModel: false, model: 'm' });
    expect(said).toMatchObject({ code: 'not_found', reason: 'model_not_found', param: 'model' });
    expect(said.detail).toContain('"m"');
  });

  test("a prompt that is too long has a code of its own, and the form's own words", () => {
    const said = refuse(400, envelope('prompt is too long: 210000 tokens > 200000 maximum'));
    expect(said).toMatchObject({
      code: 'invalid_request',
      detail:
        "This model's maximum context length is exceeded: prompt is too long: 210000 tokens > 200000 maximum",
      reason: 'context_length_exceeded',
      param: 'messages',
    });
  });

  test.each<[string, readonly string[], string | undefined]>([
    ['max_tokens: 9 > 8, which is the most', ['max_tokens'], 'max_tokens'],
    ['max_tokens: 9 > 8, which is the most', ['max_completion_tokens'], 'max_completion_tokens'],
    ['max_tokens: 9 > 8', ['max_tokens', 'max_completion_tokens'], 'max_completion_tokens'],
    ['messages.0.content.1.image.source: bad', ['messages'], 'messages'],
    ['stop_sequences: each must have text', ['stop'], 'stop'],
    ['system.0: bad', ['messages'], 'messages'],
    ['thinking.budget_tokens: too few', ['reasoning'], 'reasoning'],
    ['output_config.format.schema: bad', ['response_format'], 'response_format'],
    ['tools.0.custom.input_schema: bad', ['tools'], 'tools'],
    ['`temperature`: and another', ['temperature'], 'temperature'],
    ['temperature: bad', [], undefined],
    ['That was not right: no', ['messages'], undefined],
    ['messages cannot be empty', ['messages'], undefined],
  ])('%s, to a caller who sent %j, is about %s', (text, fields, param) => {
    const said = refuse(400, envelope(text), { fields: new Set(fields) });
    expect([said.detail, said.param]).toEqual([text, param]);
  });

  test('addresses and keys are never repeated', () => {
    const text =
      'POST https://10.0.0.7:8000/v1/messages with sk-ant-api03-abcdefgh and Bearer eyJhbGciOi failed';
    for (const status of [400, 429, 500, 502]) {
      expect(refuse(status, envelope(text)).detail).toBe(
        'POST [address] with [redacted] and [redacted] failed',
      );
    }
  });

  test.each(['a.', 'a-b+', 'sk-', 'Bearer ', 'http:/', 'a://', '://'])(
    'a text of many %j is read in a moment',
    async (unit) => {
      const text = unit.repeat(200_000);
      const seconds = await cpuSecondsOf(() => {
        expect(refuse(400, envelope(text)).code).toBe('invalid_request');
      });
      expect(seconds).toBeLessThan(3);
    },
  );

  test.each<[readonly string[], number | undefined]>([
    [['retry-after', '7'], 7000],
    [['content-type', 'retry-after', 'retry-after', '0.5'], 500],
    [['retry-after', 'Wed, 21 Oct 2026 07:28:00 GMT'], undefined],
    [[], undefined],
  ])('%j says when to try again: %s', (headers, retryAfterMs) => {
    expect(refuse(429, envelope('Slow down'), {}, headers).retryAfterMs).toBe(retryAfterMs);
  });

  test('an error in its stream is read the same way', () => {
    expect(refuseError(refusal('unauthenticated', 'bad key'), asked)).toMatchObject({
      code: 'upstream_failed',
      reason: 'upstream_auth',
    });
    expect(refuseError(refusal('overloaded', 'Overloaded'), asked)).toEqual(
      refusal('overloaded', 'Overloaded'),
    );
  });
});
