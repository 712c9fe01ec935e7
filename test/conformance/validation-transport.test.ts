import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, askMessage, change, expectCase } from '../support/conformance.ts';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §13.1: transport, authentication, headers. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const send = (
  headers: Readonly<Record<string, string>>,
  path = '/v1/messages',
): ReturnType<typeof sendRaw> =>
  sendRaw(`${gateway.url}${path}`, {
    headers: { 'content-type': 'application/json', ...headers },
    body: change({}),
  });
const version = { 'anthropic-version': '2023-06-01' };

test.each(['/v1/messages', '/v1/messages?beta=true'])('#1 #11 the base at %s', async (path) => {
  const answer = await ask(gateway, { path });
  expect(answer.headers['request-id']).toMatch(/^req_/);
  // The list lets a script speak for the model; what the emulator says by itself needs more room.
  const message = await askMessage(gateway, { path, change: { max_tokens: 1024 } });
  expect(message).toMatchObject({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
  });
  const { input_tokens: input, output_tokens: output } = message.usage;
  expect([Number.isInteger(input), Number.isInteger(output)]).toEqual([true, true]);
});

describe('credentials', () => {
  test.each<[string, (key: string) => Readonly<Record<string, string>>, string]>([
    ['#2 none', () => ({}), 'x-api-key header is required'],
    ['#3 a wrong key', () => ({ 'x-api-key': 'sk-ant-wrong' }), 'invalid x-api-key'],
    ['#4 a wrong bearer', () => ({ authorization: 'Bearer wrong' }), 'Invalid bearer token'],
    ['#5 both', (key) => ({ 'x-api-key': key, authorization: `Bearer ${key}` }), ''],
  ])('%s', async (_name, headers, message) => {
    const answer = await send({ ...version, ...headers(gateway.key) });
    expectEnvelope(answer, { status: 401, type: 'authentication_error' });
    expect(answer.body.toString()).toContain(message);
  });
});

describe('headers', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['#6 #16 no version', {}, 'anthropic-version: header is required'],
    [
      '#7 a version twice',
      { 'anthropic-version': '2023-06-01, 2023-06-01' },
      'anthropic-version: "2023-06-01, 2023-06-01" is not a valid version',
    ],
    [
      '#8 an unknown beta',
      { ...version, 'anthropic-beta': 'foo-2020-01-01' },
      'Unexpected value(s) `foo-2020-01-01` for the `anthropic-beta` header. Please consult our documentation at docs.anthropic.com or try again without the header.',
    ],
    [
      '#9 two unknown betas',
      { ...version, 'anthropic-beta': 'a, b' },
      'Unexpected value(s) `a`, `b` for the `anthropic-beta` header. Please consult our documentation at docs.anthropic.com or try again without the header.',
    ],
  ])('%s', async (_name, headers, message) => {
    const answer = await send({ 'x-api-key': gateway.key, ...headers });
    // #12 and the rest of #16: the envelope's id, no limits, not to be sent again.
    expectEnvelope(answer, { status: 400, type: 'invalid_request_error' });
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { message } });
    expect(answer.headers['x-should-retry']).toBe('false');
  });

  test('#10 betas that became general change nothing', () =>
    expectCase(gateway, { name: '#10', betas: 'prompt-caching-2024-07-31,pdfs-2024-09-25' }));
});

test('#13 an unknown path', async () => {
  const answer = await sendRaw(`${gateway.url}/v1/nope`, { headers: gateway.headers });
  expectEnvelope(answer, { status: 404, type: 'not_found_error', message: /^Not Found$/ });
});

test.each([
  ['{"a":', 'unexpected end of data: line 1 column 6 (char 5)'],
  [
    '{"model":"claude-sonnet-4-6","system":"\\ud83d"}',
    'no low surrogate in string: line 1 column 40 (char 39)',
  ],
])('#14 the body %s', (body, detail) =>
  expectCase(gateway, {
    name: '#14',
    body,
    says: `The request body is not valid JSON: ${detail}`,
  }),
);

test('#15 a body of 33 MB', async () => {
  const body = change({ metadata: { user_id: 'x'.repeat(33 * 1024 * 1024) } });
  const answer = await ask(gateway, { body });
  expectEnvelope(answer, {
    status: 413,
    type: 'request_too_large',
    message: /^Request exceeds the maximum size$/,
  });
});
