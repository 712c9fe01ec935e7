import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snippetsFor } from '../../src/catalog/snippets/snippets-for.ts';
import type { JsonObject } from '../../src/std/json.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** `POST /models/code`: the code for a request, for anybody. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(
    'cors: {origins: [https://app.example]}\nlisten: {trusted_proxies: [127.0.0.1/32]}',
  );
});
afterAll(() => gateway.stop());

function ask(body: string, address = '192.0.2.1'): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/models/code`, {
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body,
  });
}

const asked = {
  form: 'messages',
  model: 'claude-sonnet-4-6',
  body: { messages: [{ role: 'user', content: `</script> 'hi'` }], max_tokens: 5, stream: true },
} as const;

test('a request gets the code that pages show for it', async () => {
  const { status, headers, body } = await ask(JSON.stringify(asked));
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([
    200,
    'application/json',
    'no-store',
  ]);
  expect(JSON.parse(body.toString())).toEqual({ snippets: snippetsFor(asked) });
});

test('it asks where it is told to', async () => {
  const baseUrl = 'https://models.example:8443';
  const { body } = await ask(JSON.stringify({ ...asked, base_url: baseUrl }));
  expect(JSON.parse(body.toString())).toEqual({ snippets: snippetsFor(asked, { baseUrl }) });
  expect(body.toString()).toContain(baseUrl);
});

test('headers go along', async () => {
  const headers = { 'anthropic-beta': 'one-1' };
  const { body } = await ask(JSON.stringify({ ...asked, headers }));
  expect(JSON.parse(body.toString())).toEqual({ snippets: snippetsFor({ ...asked, headers }) });
  expect(body.toString()).toContain('one-1');
});

function nested(depth: number): JsonObject {
  return JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as JsonObject;
}

describe('no code for', () => {
  const text = (change: object): string => JSON.stringify({ ...asked, ...change });
  test.each([
    ['what is no JSON', '{', 400, /^The request body is not valid JSON: /],
    ['no object', '[]', 400, /^The body has to be an object/],
    ['a form that there is not', text({ form: 'toString' }), 400, /^form: .*chat-completions/],
    ['no model', text({ model: undefined }), 400, /^model: /],
    ['a model with a long name', text({ model: 'm'.repeat(257) }), 400, /^model: /],
    ['no body', text({ body: [1] }), 400, /^body: has to be an object/],
    ['a body that is too deep', text({ body: nested(66) }), 400, /^body: .* at most 64 deep/],
    ['too many values', text({ body: { a: Array(20_000).fill(0) } }), 400, /^body: .* 20000 val/],
    [
      'many values that are deep',
      text({ body: { a: Array(300).fill(nested(40)) } }),
      400,
      /^body: /,
    ],
    ['headers that are no object', text({ headers: ['a'] }), 400, /^headers: /],
    ['a header that ends a line', text({ headers: { a: 'b\r\nc: d' } }), 400, /^headers: /],
    ['a header of no name', text({ headers: { "a'": 'b' } }), 400, /^headers: /],
    ['an address with a path', text({ base_url: 'http://a/b' }), 400, /^base_url: /],
    ['an address that a shell would read', text({ base_url: 'http://$(id)' }), 400, /^base_url: /],
    ['a body that is too large', text({ body: { a: 'x'.repeat(1 << 20) } }), 413, /./],
  ] as const)('%s', async (_name, sent, status, message) => {
    const answer = await ask(sent);
    const { error } = JSON.parse(answer.body.toString()) as { readonly error: { message: string } };
    expect([answer.status, error.message]).toEqual([status, expect.stringMatching(message)]);
  });
});

test('what is as large as may be stays modest', async () => {
  const { status, body } = await ask(
    JSON.stringify({ ...asked, body: { ...nested(62), b: Array(19_900).fill(0) } }),
  );
  expect(status).toBe(200);
  expect(body.length).toBeLessThan(2_000_000);
});

test('only that is answered there, to pages of allowed origins too', async () => {
  const wrong = await sendRaw(`${gateway.url}/models/code`, { method: 'PUT' });
  expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST']);
  const preflight = await sendRaw(`${gateway.url}/models/code`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([
    204,
    'POST',
  ]);
});

test('an address gets so much of it, and large bodies count for more', async () => {
  const large = JSON.stringify({ ...asked, body: { a: 'x'.repeat(800 * 1024) } });
  const refusedAfter = async (body: string, address: string): Promise<readonly RawAnswer[]> => {
    const answers: RawAnswer[] = [];
    while (answers.length < 200 && answers.at(-1)?.status !== 429) {
      answers.push(await ask(body, address));
    }
    return answers;
  };
  const often = await refusedAfter(JSON.stringify(asked), '198.51.100.1');
  const costly = await refusedAfter(large, '198.51.100.2');
  // Some of it comes back while they are asked.
  expect(often.length).toBeGreaterThan(120);
  expect(costly.length).toBeGreaterThan(30);
  expect(costly.length).toBeLessThan(60);
  const last = often.at(-1);
  expect([last?.status, last?.headers['retry-after']]).toEqual([429, '1']);
  expect(JSON.parse(last?.body.toString() ?? '')).toMatchObject({
    type: 'error',
    error: {
      type: 'rate_limit_error',
      message: expect.stringContaining('from this address') as string,
    },
  });
  expect((await ask(JSON.stringify(asked), '198.51.100.3')).status).toBe(200);
});
