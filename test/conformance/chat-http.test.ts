import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { RawConnection, bodyOf, requestText } from '../support/raw-connection.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Chat reference §4.F, as far as the edge decides. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const MEGABYTE = 1024 * 1024;
const hello = JSON.stringify({
  model: 'anthropic/claude-sonnet-4.6',
  max_tokens: 512,
  messages: [{ role: 'user', content: 'hi' }],
});
const json = { 'content-type': 'application/json' };

interface ChatError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends a request; with the gateway's key as a bearer where no headers are given. */
function send({
  path = '/v1/chat/completions',
  method = 'POST',
  ...sent
}: Sent): Promise<RawAnswer> {
  const headers = sent.headers ?? { ...json, authorization: `Bearer ${gateway.key}` };
  const body = sent.body === undefined ? {} : { body: sent.body };
  return sendRaw(`${gateway.url}${path}`, { method, headers, ...body });
}

/** The error of an answer, its envelope and ids as chat reference §2.12 has them. */
function errorOf(answer: RawAnswer): ChatError {
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['x-request-id']).toMatch(/^req_/);
  const { error } = JSON.parse(answer.body.toString()) as { readonly error: ChatError };
  expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  return error;
}

describe('credentials', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['F01 no credential', {}],
    ['F01 a wrong bearer', { authorization: 'Bearer wrong' }],
    ['F01 a wrong key in the header of the other form', { 'x-api-key': 'wrong' }],
  ])('%s', async (_name, headers) => {
    const answer = await send({ headers: { ...json, ...headers }, body: hello });
    expect(answer.status).toBe(401);
    expect(errorOf(answer)).toMatchObject({
      type: 'invalid_request_error',
      code: 'invalid_api_key',
    });
  });

  test('F02 the key in the header of the Messages form', async () => {
    const answer = await send({ headers: { ...json, 'x-api-key': gateway.key }, body: hello });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ object: 'chat.completion' });
  });
});

test.each([
  ['F03 half a JSON', '{"model":'],
  ['F03 nothing', ''],
  ['F03 a member twice', '{"model":"a","model":"b"}'],
])('%s', async (_name, body) => {
  const answer = await send({ body });
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({ type: 'invalid_request_error', param: null });
});

describe('methods and paths', () => {
  test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('F04 %s', async (method) => {
    const answer = await send({ method });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    if (method === 'HEAD') return;
    expect(errorOf(answer)).toMatchObject({
      type: 'invalid_request_error',
      code: 'method_not_allowed',
    });
  });

  test('F15 the path without a version', async () => {
    const [one, two] = await Promise.all([
      send({ body: hello }),
      send({ path: '/chat/completions', body: hello }),
    ]);
    const shown = ({ body }: RawAnswer): object => ({
      ...(JSON.parse(body.toString()) as object),
      id: '',
      created: 0,
    });
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(shown(two)).toEqual(shown(one));
  });

  test('a query of the client is no matter', async () => {
    const answer = await send({ path: '/v1/chat/completions?api-version=1', body: hello });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['a path beside it', '/v1/chat/nope', 404],
    ['a query without end', `/v1/chat/completions?${'a'.repeat(5000)}`, 400],
  ])('%s is refused in this form', async (_name, path, status) => {
    const answer = await send({ path, body: hello });
    expect(answer.status).toBe(status);
    errorOf(answer);
  });

  test.each([
    '/v1/responses',
    '/responses',
    '/v1/completions',
    '/v1/embeddings',
    '/v1/audio/transcriptions',
    '/v1/images/generations',
  ])('%s is not served, and the answer says what is', async (path) => {
    const answer = await send({ path, body: hello });
    expect(answer.status).toBe(404);
    const { message, ...error } = errorOf(answer);
    expect(message).toMatch(/POST \/v1\/chat\/completions.*POST \/v1\/messages/);
    expect(error).toEqual({ type: 'invalid_request_error', param: null, code: 'not_found' });
  });

  test('a request without a host is refused in this form', async () => {
    const connection = new RawConnection(gateway.url);
    connection.send('POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 0\r\n\r\n');
    const answer = await connection.untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(bodyOf(answer))).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test('other paths keep the form of Messages', async () => {
    const answer = await send({ path: '/v1/nope', body: hello });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error' },
    });
  });
});

test.each([
  ['F05 a body above 32 MB', 33 * MEGABYTE, 413],
  ['F05 a body below it', 31 * MEGABYTE, 400],
])('%s', async (_name, bytes, status) => {
  const answer = await send({ body: Buffer.alloc(bytes, 32) });
  expect([answer.status, errorOf(answer).type]).toEqual([status, 'invalid_request_error']);
});

describe('models', () => {
  interface ListedModel {
    readonly id: string;
    readonly object: string;
    readonly created: number;
    readonly owned_by: string;
  }
  const models = (headers: Readonly<Record<string, string>> = {}, path = ''): Promise<RawAnswer> =>
    sendRaw(`${gateway.url}/v1/models${path}`, { headers });

  test('F16 the list without a key, and not again where it is known', async () => {
    const answer = await models();
    expect(answer.status).toBe(200);
    const { object, data } = JSON.parse(answer.body.toString()) as {
      readonly object: string;
      readonly data: readonly ListedModel[];
    };
    expect(object).toBe('list');
    expect(data.length).toBeGreaterThan(5);
    for (const model of data) {
      expect(model).toMatchObject({ object: 'model', owned_by: 'anthropic' });
      expect(Number.isInteger(model.created)).toBe(true);
    }
    const again = await models({ 'if-none-match': answer.headers.etag ?? '' });
    expect([again.status, again.body.length, again.headers['content-length']]).toEqual([
      304,
      0,
      undefined,
    ]);
    expect(again.headers.etag).toBe(answer.headers.etag);
  });

  test('every model of the list answers by its id and by its aliases', async () => {
    const { body } = await models();
    const { data } = JSON.parse(body.toString()) as {
      readonly data: readonly (ListedModel & { readonly aliases: readonly string[] })[];
    };
    for (const { id, aliases } of data) {
      for (const name of [id, ...aliases]) {
        const one = await models({}, `/${name}`);
        expect([name, (JSON.parse(one.body.toString()) as ListedModel).id]).toEqual([name, id]);
      }
    }
  });

  test('HEAD has the head of the list', async () => {
    const text = requestText({
      method: 'HEAD',
      path: '/v1/models',
      headers: { connection: 'close' },
    });
    const answer = await new RawConnection(gateway.url).send(text).untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.toLowerCase()).toContain('etag: "');
    expect(bodyOf(answer)).toBe('');
  });

  test.each(['/gpt-9', '/anthropic/claude-0', '/anthropic%2Fclaude-0', '/%00', '/a/../b'])(
    'there is no model %s',
    async (path) => {
      const answer = await models({ authorization: 'Bearer any' }, path);
      expect([answer.status, errorOf(answer).code]).toEqual([404, 'model_not_found']);
    },
  );

  test('clients of the Messages form get theirs, with their key', async () => {
    const answer = await models(gateway.headers);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      has_more: false,
      data: expect.arrayContaining([expect.objectContaining({ type: 'model' })]) as unknown,
    });
    for (const headers of [{ 'anthropic-version': '2023-06-01' }, { 'x-api-key': 'wrong' }]) {
      const refused = await models(headers);
      expect(JSON.parse(refused.body.toString())).toMatchObject({
        type: 'error',
        error: { type: 'authentication_error' },
      });
    }
    const below = await sendRaw(`${gateway.url}/anthropic/v1/models`, {});
    expect(below.status).toBe(401);
  });
});
