import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/std/clock.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What a local runtime sends that takes the gateway for where remote bindings are (W-B38). */

const MODEL = 'anthropic/claude-sonnet-4.6';
const inputs = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 64 };
const PROBE_MS_MAX = 100;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

function ask(
  change: { readonly key?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<RawAnswer> {
  const query = change.key === undefined ? '' : `?key=${change.key}`;
  return sendRaw(`${gateway.url}/__mf${query}`, {
    headers: {
      'mf-url': 'https://workers-binding.ai/ai-gateway/run?version=3',
      'mf-binding': 'AI',
      'mf-header-content-type': 'application/json',
      'mf-header-cf-consn-model-id': MODEL,
      ...change.headers,
    },
    body: JSON.stringify({ inputs, options: { gateway: { id: 'default' } } }),
  });
}

function jsonOf({ body }: RawAnswer): unknown {
  return JSON.parse(body.toString());
}

describe('remote bindings', () => {
  test('W-B38 a wrapped run is answered as one that comes directly', async () => {
    const wrapped = await ask({ key: gateway.key });
    const direct = await sendRaw(`${gateway.url}/ai-gateway/run?version=3`, {
      headers: {
        authorization: `Bearer ${gateway.key}`,
        'content-type': 'application/json',
        'cf-consn-model-id': MODEL,
      },
      body: JSON.stringify({ inputs, options: { gateway: { id: 'default' } } }),
    });
    expect([wrapped.status, wrapped.headers['content-type']]).toEqual([200, 'application/json']);
    const { id, ...rest } = jsonOf(direct) as { readonly id: string };
    expect(jsonOf(wrapped)).toEqual({ ...rest, id: expect.stringMatching(/^msg_/) as unknown });
    expect(id).toMatch(/^msg_/);
  });

  test('W-B38 the question for another protocol is answered with 426, at once', async () => {
    const beganMs = systemClock.monotonicMs();
    const answer = await sendRaw(`${gateway.url}/__mf?key=${gateway.key}&MF-Binding=AI`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      },
    });
    expect([answer.status, answer.headers.upgrade]).toEqual([426, 'HTTP/1.1']);
    expect(systemClock.monotonicMs() - beganMs).toBeLessThan(PROBE_MS_MAX);
  });

  test('a key may come among the wrapped headers instead', async () => {
    const own = { 'mf-header-authorization': `Bearer ${gateway.key}` };
    expect((await ask({ headers: own })).status).toBe(200);
  });

  test.each([
    ['no key', {}],
    ['a wrong key', { key: 'wrong' }],
    ['a key around the wrapping', { headers: { authorization: 'Bearer test-development-key' } }],
  ])('%s is refused in the form of the binding', async (_name, change) => {
    const answer = await ask(change);
    expect(answer.status).toBe(401);
    expect(jsonOf(answer)).toMatchObject({ internalCode: expect.any(Number) as unknown });
  });

  test('a key in the address counts nowhere else', async () => {
    const answer = await sendRaw(`${gateway.url}/run?version=3&key=${gateway.key}`, {
      headers: { 'content-type': 'application/json', 'cf-consn-model-id': MODEL },
      body: JSON.stringify({ inputs, options: {} }),
    });
    expect(answer.status).toBe(401);
  });

  test('the key of an address is nowhere in what is logged', async () => {
    const fresh = await startTestGateway();
    await sendRaw(`${fresh.url}/__mf?key=${fresh.key}`, {
      headers: { 'mf-url': 'https://workers-binding.ai/nowhere' },
      body: '{}',
    });
    await sendRaw(`${fresh.url}/__mf?key=${fresh.key}`, {
      headers: {
        'mf-url': 'https://workers-binding.ai/run?version=3',
        'mf-header-cf-consn-model-id': MODEL,
      },
      body: JSON.stringify({ inputs, options: {} }),
    });
    await fresh.gateway.stop();
    const stored = readdirSync(fresh.dataDir, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(fresh.dataDir, name), 'latin1'));
    expect(stored.join('').length).toBeGreaterThan(0);
    expect([...stored, ...fresh.logLines].filter((text) => text.includes(fresh.key))).toEqual([]);
    await fresh.stop();
  });
});
