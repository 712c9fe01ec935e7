import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { sendRaw } from '../support/post.ts';

/**
 * What is kept of requests takes memory until it is on disk. However a request ends, that memory is given
 * back: a few that did not would end the keeping of all later ones.
 */

let gateway: AdministeredGateway;
beforeAll(async () => {
  gateway = await startAdministeredGateway(`
request_log: { bodies: { enabled: true, waiting_bytes_max: 1048576 } }
emulator: { first_token_ms: 50, tokens_per_second: 50 }
`);
});
afterAll(() => gateway.stop());

/** A few of them are more than there is memory for. */
const LONG = 'word '.repeat(60_000);
const asked = (more: object = {}): string =>
  JSON.stringify({
    model: 'claude-sonnet-4-6',
    max_tokens: 16,
    messages: [{ role: 'user', content: LONG }],
    ...more,
  });

const send = (body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  sendRaw(`${gateway.url}/v1/messages`, {
    headers: { ...gateway.headers, ...headers },
    body,
  }).then(({ status }) => status);

/** Leaves once the first bytes of the answer are there, or at once. */
function leave(body: string, when: 'at once' | 'in the midst'): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = request(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: gateway.headers,
    });
    outgoing.on('error', () => {});
    outgoing.on('close', resolve);
    outgoing.on('response', (response) => {
      response.on('error', () => {});
      response.once('data', () => outgoing.destroy());
    });
    outgoing.end(body, () => {
      if (when === 'at once') outgoing.destroy();
    });
  });
}

const TIMES = 6;
const inTurn = async (work: (index: number) => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < TIMES; index += 1) await work(index);
};

/** One more, with what is stored of it; by then the ones before have let go. */
async function isStillKept(): Promise<unknown> {
  const answer = await sendRaw(`${gateway.url}/v1/messages`, {
    headers: gateway.headers,
    body: asked(),
  });
  const id = String(answer.headers['request-id']);
  const { json } = await gateway.ask('GET', `/admin/v1/requests/${id}/exchange`);
  return json['content_reason'];
}

test.each([
  ['is answered', () => inTurn(() => send(asked()))],
  ['is refused for what it asks', () => inTurn(() => send(asked({ max_tokens: -1 })))],
  ['names no model', () => inTurn(() => send(asked({ model: 'none' })))],
  ['is no JSON', () => inTurn(() => send(`${asked()}}`))],
  ['comes from nobody', () => inTurn(() => send(asked(), { 'x-api-key': 'qtn_live_none' }))],
  [
    'is repeated under its idempotency key',
    () => inTurn(() => send(asked(), { 'idempotency-key': 'the-same' })),
  ],
  [
    'uses an idempotency key for something else',
    () =>
      inTurn((index) => send(asked({ max_tokens: 17 + index }), { 'idempotency-key': 'the-same' })),
  ],
  [
    'is asked twice at once under one idempotency key',
    () =>
      inTurn((index) => {
        const headers = { 'idempotency-key': `at-once-${String(index)}` };
        return Promise.all([send(asked(), headers), send(asked(), headers)]);
      }),
  ],
  [
    'is left in the midst of its stream',
    () => inTurn(() => leave(asked({ stream: true, max_tokens: 500 }), 'in the midst')),
  ],
  [
    'is left before its answer',
    () => inTurn(() => leave(asked({ stream: true, max_tokens: 500 }), 'at once')),
  ],
] as const)('what a request held that %s is given back', async (_what, work) => {
  await work();
  await expect.poll(isStillKept, { timeout: 60_000, interval: 200 }).toBe('stored');
});

test('a body is stored as it came, and never its credentials', async () => {
  const answer = await sendRaw(`${gateway.url}/v1/messages`, {
    headers: { ...gateway.headers, cookie: 'a=secret-cookie', 'x-secret': 'c2VjcmV0' },
    body: asked({ messages: [{ role: 'user', content: 'Hi' }] }),
  });
  const id = String(answer.headers['request-id']);
  const { json, text } = await gateway.ask('GET', `/admin/v1/requests/${id}/exchange`);
  expect(textIn(json, 'content_reason')).toBe('stored');
  for (const secret of ['secret-cookie', 'c2VjcmV0', gateway.headers['x-api-key'] ?? '-']) {
    expect(text).not.toContain(secret);
  }
});
