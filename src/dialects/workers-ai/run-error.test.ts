import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../messages/errors.ts';
import { errorTable, refusal } from '../../messages/errors.ts';
import { bindingDialect } from './binding-dialect.ts';
import { accountDialect } from './account-dialect.ts';

const codes = Object.keys(errorTable) as readonly ErrorCode[];

interface BindingBody {
  readonly internalCode: number;
  readonly httpCode: number;
  readonly name: string;
  readonly description: string;
  readonly message: string;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
}

const parsed = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString());

describe('a refusal of the binding’s routes', () => {
  test.each(codes)('%s says the same to each of its readers', (code) => {
    const { status, headers, body } = bindingDialect.encodeError(refusal(code, 'why'), 'req_1');
    const { internalCode, httpCode, name, description, message, errors } = parsed(
      body,
    ) as BindingBody;
    expect(status).toBe(httpCode);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(internalCode).toBeGreaterThan(0);
    expect(name).toMatch(/^Ai(?:Gateway)?Error$/);
    expect(message).toBe(`${name}: ${description}`);
    expect(errors).toEqual([{ code: internalCode, message: description }]);
    expect(headers.slice(0, 2)).toEqual(['content-type', 'application/json']);
    // Runtimes rewrite a 403 that has this name in it (Workers reference §4.2).
    expect(description).not.toContain('Cloudflare Access');
  });

  test.each(codes.filter((code) => errorTable[code].retryable))(
    '%s, which may pass, has a status that clients ask again for',
    (code) => {
      const { status } = bindingDialect.encodeError(refusal(code), 'req_1');
      expect([408, 409, 429].includes(status) || status >= 500).toBe(true);
    },
  );

  test.each<[ErrorCode, number | undefined, string | undefined]>([
    ['rate_limited', 1500, '2'],
    ['rate_limited', undefined, '1'],
    ['overloaded', undefined, '1'],
    ['invalid_request', undefined, undefined],
  ])('%s after %s ms: retry-after %s', (code, retryAfterMs, expected) => {
    const more = retryAfterMs === undefined ? {} : { retryAfterMs };
    const { headers } = bindingDialect.encodeError(refusal(code, 'why', more), 'req_1');
    const at = headers.indexOf('retry-after');
    expect(at < 0 ? undefined : headers[at + 1]).toBe(expected);
  });
});

describe('a refusal of the account’s API', () => {
  test.each(codes)('%s is in the envelope, with the status and number of the binding', (code) => {
    const said = refusal(code, 'why');
    const ours = bindingDialect.encodeError(said, 'req_1');
    const { status, headers, body } = accountDialect.encodeError(said, 'req_1');
    const [error] = (parsed(ours.body) as BindingBody).errors;
    const number = code === 'unauthenticated' ? 10_000 : error?.code;
    expect(parsed(body)).toEqual({
      result: null,
      success: false,
      errors: [{ code: number, message: error?.message }],
      messages: [],
    });
    expect([status, headers]).toEqual([ours.status, ours.headers]);
  });
});

describe('what a gateway lets nobody say', () => {
  test.each<[string, ErrorCode, readonly [number, number], readonly [number, number]]>([
    ['prompt_blocked', 'invalid_request', [424, 2016], [422, 2017]],
    ['response_blocked', 'invalid_request', [424, 2017], [422, 2017]],
    ['request_data_blocked', 'invalid_request', [400, 2029], [400, 2029]],
    ['response_data_blocked', 'invalid_request', [400, 2030], [400, 2030]],
    ['scanner_unavailable', 'unavailable', [503, 7013], [503, 7013]],
  ])('%s has a number of its own', (reason, code, onBinding, onAccount) => {
    const said = refusal(code, 'why', { reason });
    const ours = bindingDialect.encodeError(said, 'req_1');
    const { internalCode, name, description } = parsed(ours.body) as BindingBody;
    expect([[ours.status, internalCode], name, description]).toEqual([
      onBinding,
      'AiGatewayError',
      'why',
    ]);
    const theirs = accountDialect.encodeError(said, 'req_1');
    const [error] = (parsed(theirs.body) as BindingBody).errors;
    expect([[theirs.status, error?.code], error?.message]).toEqual([onAccount, 'why']);
  });
});

test('in a stream that has begun, a refusal is an error event of the canonical form', () => {
  for (const dialect of [bindingDialect, accountDialect]) {
    const event = Buffer.from(dialect.encodeErrorEvent(refusal('overloaded'), 'req_1')).toString();
    expect(event).toMatch(
      /^event: error\ndata: \{"type":"error","error":\{.*"overloaded_error".*\}\n\n$/,
    );
  }
});
