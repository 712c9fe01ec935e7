import { afterEach, describe, expect, test } from 'vitest';
import type { KeyRate } from '../../src/access/key-store.ts';
import { plans } from '../../src/catalog/plans.ts';
import type { UpstreamAnswer } from '../../src/messages/upstream.ts';
import { sourceOf } from '../../src/std/byte-stream.ts';
import { opening, wholeStream } from '../support/event-stream.ts';
import { FedSource } from '../support/fed-source.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ClockedGatewayOptions } from '../support/start-clocked-gateway.ts';
import type { KeyedGateway } from '../support/start-keyed-gateway.ts';
import { startKeyedGateway } from '../support/start-keyed-gateway.ts';
import { streamOf } from '../support/walked.ts';

/** Limits of keys: wallet reference §6.3, case L11, over sockets. */

const started: KeyedGateway[] = [];

async function start(options: ClockedGatewayOptions = {}): Promise<KeyedGateway> {
  const gateway = await startKeyedGateway(options);
  started.push(gateway);
  return gateway;
}

afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.stop();
});

type Ask = (more?: object) => Promise<RawAnswer>;

/** Asks a gateway with a key of these limits. The stream says 11 tokens in, 42 out. */
async function asker(
  gateway: KeyedGateway,
  rate: KeyRate | null,
  path = '/v1/messages',
): Promise<Ask> {
  const { key } = await gateway.makeKey({ rights: { rate } });
  const headers = {
    authorization: `Bearer ${key}`,
    'anthropic-version': '2023-06-01',
    'content-type': 'application/json',
  };
  const model = path.includes('/run') ? '@cf/anthropic/claude-sonnet-4-6' : 'claude-sonnet-4-6';
  const messages = [{ role: 'user', content: 'Hi' }];
  return (more = {}) => {
    const body = JSON.stringify({ model, max_tokens: 64, stream: true, messages, ...more });
    return sendRaw(`${gateway.url}${path}`, { headers, body });
  };
}

/** The headers that tell of limits. */
function limitsIn({ headers }: RawAnswer): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /ratelimit|organization/.test(name)),
  );
}

const everything: KeyRate = {
  requestsPerMinute: 2,
  inputTokensPerMinute: 1000,
  outputTokensPerMinute: 500,
};

/** An answer whose head tells of the operator's account. */
function withUpstreamLimits(): UpstreamAnswer {
  return {
    ...streamOf(sourceOf(Buffer.from(wholeStream))),
    headers: [
      'request-id',
      'req_up',
      'anthropic-ratelimit-requests-limit',
      '4000',
      'anthropic-ratelimit-tokens-remaining',
      '9',
      'anthropic-organization-id',
      'org',
    ],
  };
}

describe('headers', () => {
  test('Messages: each limit of the key, as the API tells its own', async () => {
    const gateway = await start();
    const ask = await asker(gateway, everything);
    const answer = await ask();
    const { length } = JSON.stringify({
      model: 'claude-sonnet-4-6',
      max_tokens: 64,
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const left = 1000 - Math.ceil(length / 4);
    expect(limitsIn(answer)).toEqual({
      'anthropic-ratelimit-requests-limit': '2',
      'anthropic-ratelimit-requests-remaining': '1',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:30Z',
      'anthropic-ratelimit-input-tokens-limit': '1000',
      'anthropic-ratelimit-input-tokens-remaining': String(left),
      'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:02Z',
      'anthropic-ratelimit-output-tokens-limit': '500',
      'anthropic-ratelimit-output-tokens-remaining': '436',
      'anthropic-ratelimit-output-tokens-reset': '2026-01-01T00:00:08Z',
      'anthropic-ratelimit-tokens-limit': '1500',
      'anthropic-ratelimit-tokens-remaining': String(left + 436),
      'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:08Z',
    });
  });

  test('Chat Completions: requests and tokens, and how long until they are back', async () => {
    const gateway = await start();
    const ask = await asker(gateway, { requestsPerMinute: 1 }, '/v1/chat/completions');
    expect(limitsIn(await ask())).toEqual({
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0s',
    });
  });

  test('Workers AI: as the IETF draft has them', async () => {
    const gateway = await start();
    const rate = { requestsPerMinute: 60, outputTokensPerMinute: 120 };
    const ask = await asker(gateway, rate, '/client/v4/accounts/a/ai/v1/chat/completions');
    expect(Object.keys(limitsIn(await ask()))).toContain('x-ratelimit-limit-requests');
    const run = await asker(
      gateway,
      rate,
      '/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6',
    );
    expect(limitsIn(await run({ model: undefined, max_tokens: 64 }))).toEqual({
      'ratelimit-policy': '"requests";q=60;w=60, "output-tokens";q=120;w=60',
      ratelimit: '"requests";r=59;t=1, "output-tokens";r=56;t=32',
    });
  });

  test('a reply to what is refused before it counts tells of them too', async () => {
    const gateway = await start();
    const { key } = await gateway.makeKey({
      rights: { scopes: ['chat'], rate: { requestsPerMinute: 5 } },
    });
    const answer = await sendRaw(`${gateway.url}/v1/messages`, {
      headers: { 'x-api-key': key },
      body: '{}',
    });
    expect([answer.status, answer.headers['anthropic-ratelimit-requests-remaining']]).toEqual([
      403,
      '5',
    ]);
  });

  test.each<[string, KeyRate | null, 'standard' | 'prepaid', readonly string[]]>([
    [
      'pass where neither the key has limits nor the account a wallet',
      null,
      'standard',
      [
        'anthropic-ratelimit-requests-limit',
        'anthropic-ratelimit-tokens-remaining',
        'anthropic-organization-id',
      ],
    ],
    [
      'give way to those of the key',
      { requestsPerMinute: 2 },
      'standard',
      [
        'anthropic-ratelimit-requests-limit',
        'anthropic-ratelimit-requests-remaining',
        'anthropic-ratelimit-requests-reset',
      ],
    ],
    ['L12 are not for accounts that pay us', null, 'prepaid', []],
  ])("an upstream's %s", async (_name, rate, planName, expected) => {
    const gateway = await start({
      answer: () => Promise.resolve(withUpstreamLimits()),
      parts: () => ({ plans: { find: () => plans[planName] } }),
    });
    const account = { id: 'acme', name: 'Acme', planName, status: 'open', createdAtMs: 1 } as const;
    gateway.accounts.set('acme', account);
    const { key } = await gateway.makeKey({ accountId: 'acme', rights: { rate } });
    const answer = await sendRaw(`${gateway.url}/v1/messages`, {
      headers: {
        'x-api-key': key,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        model: 'claude-sonnet-4-6',
        max_tokens: 8,
        stream: true,
        messages: [],
      }),
    });
    expect(answer.status).toBe(200);
    expect(Object.keys(limitsIn(answer)).toSorted()).toEqual(expected.toSorted());
  });
});

describe('L11 one request too many', () => {
  test.each([
    ['/v1/messages', 'rate_limit_error'],
    ['/v1/chat/completions', 'rate_limit_error'],
    ['/client/v4/accounts/a/ai/v1/messages', 'rate_limit_error'],
  ])('%s: 429 in its form, when to ask again, and no upstream is asked', async (path, type) => {
    const gateway = await start();
    const ask = await asker(gateway, { requestsPerMinute: 2 }, path);
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const answer = await ask();
    expect([answer.status, answer.headers['retry-after'], gateway.asked()]).toEqual([429, '30', 2]);
    const { error } = JSON.parse(answer.body.toString()) as { readonly error: { type: string } };
    expect(error.type).toBe(type);
    expect(Object.keys(limitsIn(answer))).not.toEqual([]);
    gateway.clock.advance(30_000);
    expect((await ask()).status).toBe(200);
  });

  test('of the account form: its own number, and when to ask again', async () => {
    const gateway = await start();
    const path = '/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6';
    const ask = await asker(gateway, { requestsPerMinute: 1 }, path);
    await ask({ model: undefined });
    const answer = await ask({ model: undefined });
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '60']);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      success: false,
      errors: [{ code: 3021 }],
    });
  });
});

describe('tokens', () => {
  test('output is reserved by max_tokens, and what was not written comes back', async () => {
    const gateway = await start();
    const ask = await asker(gateway, { outputTokensPerMinute: 100 });
    expect((await ask({ max_tokens: 90 })).status).toBe(200);
    // Of 90 reserved, 42 were written.
    const answer = await ask({ max_tokens: 58 });
    expect([answer.status, answer.headers['anthropic-ratelimit-output-tokens-remaining']]).toEqual([
      200,
      '0',
    ]);
    expect((await ask({ max_tokens: 60 })).status).toBe(429);
  });

  test('input counts as it was, without what came from the cache', async () => {
    const gateway = await start();
    const ask = await asker(gateway, { inputTokensPerMinute: 100 });
    await ask({ messages: [{ role: 'user', content: 'x'.repeat(200) }] });
    const answer = await ask({ messages: [] });
    const estimate = 100 - Number(answer.headers['anthropic-ratelimit-input-tokens-remaining']);
    // 11 of the first request, and the estimate of the second.
    expect(estimate).toBeLessThan(11 + 25);
    expect(estimate).toBeGreaterThan(11);
  });

  test('what is refused after it was counted gives its tokens back', async () => {
    const gateway = await start();
    const ask = await asker(gateway, { outputTokensPerMinute: 100, requestsPerMinute: 100 });
    const { key } = await gateway.makeKey({
      rights: { modelIds: [], rate: { outputTokensPerMinute: 100 } },
    });
    const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
    const body = JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 100, messages: [] });
    const sent = { headers: { ...headers, 'content-type': 'application/json' }, body };
    for (let count = 0; count < 5; count += 1) {
      expect((await sendRaw(`${gateway.url}/v1/messages`, sent)).status).toBe(403);
    }
    expect((await ask({ max_tokens: 100 })).status).toBe(200);
  });

  test('a request beyond the whole limit passes alone, and later ones wait for it', async () => {
    const gateway = await start();
    const ask = await asker(gateway, { outputTokensPerMinute: 10 });
    expect((await ask({ max_tokens: 1000 })).status).toBe(200);
    // 42 were written: 32 more than the limit has in a minute.
    const answer = await ask({ max_tokens: 1 });
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '198']);
  });
});

describe('requests at once', () => {
  const held = async (
    options: ClockedGatewayOptions,
    rate: KeyRate | null,
  ): Promise<{ gateway: KeyedGateway; ask: Ask; source: FedSource; first: Promise<RawAnswer> }> => {
    const source = new FedSource();
    const gateway = await start({
      ...options,
      answer: () =>
        Promise.resolve(
          streamOf(source.opened === 0 ? source : sourceOf(Buffer.from(wholeStream))),
        ),
    });
    const ask = await asker(gateway, rate);
    const first = ask();
    await expect.poll(() => source.opened).toBe(1);
    return { gateway, ask, source, first };
  };

  test('a stream that runs takes a place, and gives it back when it ends', async () => {
    const { ask, source, first } = await held({}, { concurrency: 1 });
    const refused = await ask();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    source.say(wholeStream);
    source.sink.end();
    expect((await first).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });

  test('a stream that breaks gives it back too', async () => {
    const { ask, source, first } = await held({}, { concurrency: 1 });
    source.say(opening);
    source.sink.fail({ kind: 'reset', detail: 'reset' });
    await first;
    expect((await ask()).status).toBe(200);
  });

  test('the configured number holds for keys that have none of their own', async () => {
    const configured: ClockedGatewayOptions = { concurrencyPerKey: 1 };
    const { gateway, ask, source, first } = await held(configured, null);
    expect((await ask()).status).toBe(429);
    const others = await asker(gateway, { concurrency: 2 });
    expect((await others()).status).toBe(200);
    source.say(wholeStream);
    source.sink.end();
    expect((await first).status).toBe(200);
  });
});
