import { describe, expect, test } from 'vitest';
import type { ChatErrorEnvelope } from '../../chat-form/chat-response.ts';
import type { ErrorCode } from '../../messages/errors.ts';
import { errorTable, refusal } from '../../messages/errors.ts';
import type { EncodedError } from '../dialect.ts';
import { encodeError, errorData } from './encode-error.ts';

function errorIn({ body }: EncodedError): ChatErrorEnvelope['error'] {
  return (JSON.parse(Buffer.from(body).toString()) as ChatErrorEnvelope).error;
}

function headerOf({ headers }: EncodedError, name: string): string | undefined {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
}

const codes = Object.keys(errorTable) as ErrorCode[];

describe('errors', () => {
  test.each<[ErrorCode, number, string, string | null]>([
    ['invalid_request', 400, 'invalid_request_error', null],
    ['malformed_json', 400, 'invalid_request_error', null],
    ['unauthenticated', 401, 'invalid_request_error', 'invalid_api_key'],
    ['billing', 402, 'insufficient_quota', 'insufficient_quota'],
    ['permission_denied', 403, 'permission_error', 'permission_denied'],
    ['method_not_allowed', 405, 'invalid_request_error', 'method_not_allowed'],
    ['request_too_large', 413, 'invalid_request_error', 'request_too_large'],
    ['rate_limited', 429, 'rate_limit_error', 'rate_limit_exceeded'],
    ['upstream_failed', 502, 'server_error', 'upstream_unreachable'],
    ['upstream_truncated', 502, 'server_error', 'upstream_stream_truncated'],
    ['upstream_timeout', 504, 'server_error', 'timeout'],
    ['overloaded', 503, 'server_error', 'overloaded'],
  ])('%s is %s, %s, %s', (code, status, type, wireCode) => {
    const encoded = encodeError(refusal(code));
    expect(encoded.status).toBe(status);
    expect(errorIn(encoded)).toMatchObject({ type, param: null, code: wireCode });
  });

  test.each(codes)('%s has a text, and says whether to try again', (code) => {
    const encoded = encodeError(refusal(code));
    expect(errorIn(encoded).message).not.toBe('');
    expect(headerOf(encoded, 'content-type')).toBe('application/json');
    expect(headerOf(encoded, 'x-should-retry')).toBe(String(errorTable[code].retryable));
  });

  test('the field, the reason and the text of a refusal are said', () => {
    const said = refusal('invalid_request', 'No.', { param: 'messages[2].role', reason: 'odd' });
    expect(errorIn(encodeError(said))).toEqual({
      message: 'No.',
      type: 'invalid_request_error',
      param: 'messages[2].role',
      code: 'odd',
    });
    expect(errorData(said)).toBe(
      `data: ${JSON.stringify({ error: errorIn(encodeError(said)) })}\n\n`,
    );
  });

  test.each(['Invalid bearer token', 'x-api-key header is required', undefined])(
    'a credential is refused in the words of this form: %s',
    (detail) => {
      const { message } = errorIn(encodeError(refusal('unauthenticated', detail)));
      expect(message).toMatch(/^Incorrect API key provided/);
      expect(message).toContain('authorization: Bearer');
    },
  );

  test('when to try again: whole seconds, and one where nobody said it', () => {
    const after = (code: ErrorCode, retryAfterMs?: number): string | undefined =>
      headerOf(
        encodeError(refusal(code, undefined, retryAfterMs === undefined ? {} : { retryAfterMs })),
        'retry-after',
      );
    expect(after('rate_limited', 6200)).toBe('7');
    expect(after('rate_limited')).toBe('1');
    expect(after('overloaded')).toBe('1');
    expect(after('internal')).toBeUndefined();
  });

  test('what only the owner can put right is not worth another try', () => {
    const said = refusal('upstream_failed', undefined, { reason: 'upstream_auth' });
    expect(headerOf(encodeError(said), 'x-should-retry')).toBe('false');
  });
});
