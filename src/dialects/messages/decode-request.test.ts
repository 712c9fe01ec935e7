import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal, refusalText } from '../../messages/errors.ts';
import type { Operation } from '../../messages/upstream.ts';
import type { IncomingCall } from '../dialect.ts';
import { decodeRequest } from './decode-request.ts';

function call(body: string | Uint8Array, more: Partial<IncomingCall> = {}): IncomingCall {
  return {
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages?beta=true',
    target: { params: {}, query: '' },
    headers: {},
    body: Buffer.from(body),
    requestId: 'req_1',
    account: 'test',
    jsonBounds: { depthMax: 16, keysMax: 100 },
    startedAtMs: 0,
    findModel: () => undefined,
    nearModels: () => [],
    chatCompletions: { flavour: 'aimlapi' },
    workersAi: { content: 'relaxed' },
    ...more,
  };
}

/** What came of it: `model stream`, or `code: text`. */
function decoded(body: string | Uint8Array, more: Partial<IncomingCall> = {}): string {
  const result = decodeRequest(call(body, more));
  if (isRefusal(result)) return `${result.code}: ${refusalText(result)}`;
  return `${String(result.model)} ${String(result.request.stream)}`;
}

describe('model and stream', () => {
  test.each<[string, string]>([
    ['{"model":"m"}', 'm false'],
    ['{"model":"m","stream":true}', 'm true'],
    ['{"stream":false,"x":{"model":"other","stream":true},"model":"m"}', 'm false'],
    [' {\n"model" : "m" , "stream" : true }\r\n', 'm true'],
    ['{"m\\u006fdel":"escaped","stream":true}', 'escaped true'],
    ['{"model":"\\u00e4\\n"}', 'ä\n false'],
    ['{"model":""}', ' false'],
    ['{"model":"m","future":{"any":["thing"]},"max_tokens":-1}', 'm false'],
  ])('%s: %s', (body, expected) => {
    expect(decoded(body)).toBe(expected);
  });

  test.each<[string, string]>([
    ['{}', 'invalid_request: model: Field required'],
    ['{"messages":[{"model":"nested"}]}', 'invalid_request: model: Field required'],
    ['{"model":null}', 'invalid_request: model: Input should be a valid string'],
    ['{"model":1}', 'invalid_request: model: Input should be a valid string'],
    ['{"model":["m"]}', 'invalid_request: model: Input should be a valid string'],
    ['{"model":{"id":"m"}}', 'invalid_request: model: Input should be a valid string'],
    ['{"model":"m","stream":"true"}', 'invalid_request: stream: Input should be a valid boolean'],
    ['{"model":"m","stream":1}', 'invalid_request: stream: Input should be a valid boolean'],
    ['{"model":"m","stream":[]}', 'invalid_request: stream: Input should be a valid boolean'],
    ['{"model":"m","stream":{}}', 'invalid_request: stream: Input should be a valid boolean'],
    ['[]', 'invalid_request: Input should be a valid dictionary'],
    ['"text"', 'invalid_request: Input should be a valid dictionary'],
    ['null', 'invalid_request: Input should be a valid dictionary'],
    ['7', 'invalid_request: Input should be a valid dictionary'],
  ])('%s is refused: %s', (body, expected) => {
    expect(decoded(body)).toBe(expected);
  });
});

describe('#14 what is no JSON', () => {
  const text = /^malformed_json: The request body is not valid JSON: .+/;

  test.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['space', '  \n'],
    ['half an object', '{"a":'],
    ['half a string', '{"model":"m'],
    ['something after the end', '{"model":"m"} x'],
    ['two objects', '{"model":"m"}{"model":"n"}'],
    ['a comma too many', '{"model":"m",}'],
    ['a key twice', '{"model":"m","model":"n"}'],
    ['a key twice, once escaped', '{"model":"m","m\\u006fdel":"n"}'],
    ['a bare word', '{model:"m"}'],
    ['single quotes', "{'model':'m'}"],
    ['brackets that do not match', '{"model":"m","x":[}'],
    ['a control character in the model', '{"model":"a\u0001b"}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['half a character at the end', Buffer.from('{"model":"é"}').subarray(0, -3)],
    ['a byte order mark', '\uFEFF{"model":"m"}'],
    ['UTF-16', Buffer.from('{"model":"m"}', 'utf16le')],
    ['too deep', `{"model":"m","x":${'['.repeat(20)}${']'.repeat(20)}}`],
    [
      'too many keys',
      `{"model":"m",${Array.from({ length: 101 }, (_, at) => `"k${String(at)}":1`).join(',')}}`,
    ],
  ])('%s', (_name, body) => {
    expect(decoded(body)).toMatch(text);
  });

  test('whatever the bytes: decoded or refused, never thrown', () => {
    const start = Buffer.from('{"model":"m",');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 60 }).map((rest) => Buffer.concat([start, rest])),
      fc.json().map((json) => Buffer.from(json)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        expect(decoded(body)).toMatch(/^(?:malformed_json|invalid_request): .|true$|false$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('every JSON object with a model is taken, and the model is what a parser reads', () => {
    const object = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(object, fc.string({ unit: 'binary' }), fc.boolean(), (rest, model, stream) => {
        const body = JSON.stringify({ ...rest, model, stream });
        expect(decoded(body)).toBe(`${model} ${String(stream)}`);
      }),
    );
  });
});

describe('what travels on', () => {
  test('the body’s own bytes, the path, method and id', () => {
    const incoming = call(' {"model" : "m"} ');
    expect(decodeRequest(incoming)).toMatchObject({
      model: 'm',
      request: {
        operation: 'messages.create',
        method: 'POST',
        path: '/v1/messages?beta=true',
        headers: [],
        body: incoming.body,
        stream: false,
        requestId: 'req_1',
        account: 'test',
      },
    });
    const result = decodeRequest(incoming);
    expect(isRefusal(result) ? undefined : result.request.body).toBe(incoming.body);
  });

  test('headers that mean something to whoever answers, and no others', () => {
    const passed = {
      accept: 'text/event-stream',
      'anthropic-beta': 'a, b',
      'anthropic-user-profile-id': 'u',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    };
    const kept = {
      'idempotency-key': 'i',
      authorization: 'Bearer x',
      'x-api-key': 'k',
      cookie: 'a=b',
      connection: 'x-custom',
      'x-custom': '1',
      host: 'h',
      'content-length': '9',
      'transfer-encoding': 'chunked',
      'x-forwarded-for': '1.2.3.4',
      'user-agent': 'ua',
      'x-stainless-lang': 'js',
      'accept-encoding': 'gzip',
      'set-cookie': ['a', 'b'],
    };
    const result = decodeRequest(call('{"model":"m"}', { headers: { ...passed, ...kept } }));
    expect(isRefusal(result) ? [] : result.request.headers).toEqual(Object.entries(passed).flat());
  });

  test('any header can be looked at but for credentials', () => {
    const headers = {
      'x-custom': '1',
      'set-cookie': ['a', 'b'],
      authorization: 'Bearer x',
      'x-api-key': 'k',
      cookie: 'a=b',
    };
    const result = decodeRequest(call('{"model":"m"}', { headers }));
    const read = isRefusal(result) ? undefined : result.request.callerHeader;
    expect([...Object.keys(headers), 'absent', 'constructor'].map((name) => read?.(name))).toEqual([
      '1',
      'a, b',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each<Operation>(['models.list', 'files.create', 'batches.create', 'batches.cancel'])(
    '%s names no model: its body is not read',
    (operation) => {
      expect(decoded('--boundary, no JSON', { operation })).toBe('undefined false');
    },
  );

  test.each<Operation>(['messages.count_tokens', 'complete.create'])(
    '%s needs one',
    (operation) => {
      expect(decoded('{}', { operation })).toBe('invalid_request: model: Field required');
    },
  );
});
