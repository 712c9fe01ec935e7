import { afterEach, describe, expect, test } from 'vitest';
import type { GatewayRateLimit } from '../../src/policy/gateway-policy.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ClockedGateway } from '../support/start-clocked-gateway.ts';
import { startClockedGateway } from '../support/start-clocked-gateway.ts';

/** How many requests a gateway lets through; Workers reference §3.6, case G10. */

const MINUTE_MS = 60_000;
const nineMinutesPastNoon = Date.UTC(2026, 0, 1, 12, 9);
const tenInTenMinutes = { limit: 10, intervalSeconds: 600 };

let gateway: ClockedGateway;
const running: ClockedGateway[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function start(rateLimit: GatewayRateLimit | undefined): Promise<void> {
  gateway = await startClockedGateway({
    startMs: nineMinutesPastNoon,
    gateways: { limited: { rateLimit }, other: { rateLimit }, open: {} },
  });
  running.push(gateway);
}

interface Asking {
  readonly key?: string;
  readonly id?: string;
  readonly model?: string;
}

const user = { role: 'user', content: 'hi' };

/** What the binding sends for `env.AI.run` with a gateway. */
function run({ key = 'one', id = 'limited', model }: Asking = {}): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/ai-gateway/run?version=3`, {
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'cf-consn-model-id': model ?? 'anthropic/claude-sonnet-4.6',
    },
    body: JSON.stringify({
      inputs: { messages: [user], max_tokens: 5 },
      options: { gateway: { id } },
    }),
  });
}

/** The same over the account's API. */
function overRest(path: string, body: object): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/client/v4/accounts/a/ai${path}`, {
    headers: {
      authorization: 'Bearer one',
      'content-type': 'application/json',
      'cf-aig-gateway-id': 'limited',
    },
    body: JSON.stringify(body),
  });
}

async function statuses(count: number, asking?: Asking): Promise<readonly number[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => run(asking)));
  return answers.map(({ status }) => status);
}

const times = (count: number, status: number): readonly number[] =>
  Array.from({ length: count }, () => status);

describe('W-G10 ten requests at 12:09 and ten at 12:11, where ten pass in ten minutes', () => {
  test('W-G10 in fixed windows all pass', async () => {
    await start({ ...tenInTenMinutes, technique: 'fixed' });
    expect(await statuses(10)).toEqual(times(10, 200));
    gateway.clock.advance(2 * MINUTE_MS);
    expect(await statuses(10)).toEqual(times(10, 200));
    expect(await statuses(1)).toEqual([429]);
    expect(gateway.asked()).toBe(20);
  });

  test('W-G10 in a sliding window the second ten do not, until the first are ten minutes ago', async () => {
    await start({ ...tenInTenMinutes, technique: 'sliding' });
    expect(await statuses(10)).toEqual(times(10, 200));
    gateway.clock.advance(2 * MINUTE_MS);
    expect(await statuses(10)).toEqual(times(10, 429));
    expect(gateway.asked()).toBe(10);
    gateway.clock.advance(8 * MINUTE_MS);
    expect(await statuses(11)).toEqual([...times(10, 200), 429]);
  });
});

describe('one request too many', () => {
  const once: GatewayRateLimit = { limit: 1, intervalSeconds: 90, technique: 'sliding' };
  const text =
    'Rate limited: the gateway "limited" lets 1 request through in 90 seconds. Please try again in 80 seconds.';

  async function exceeded(ask: () => Promise<RawAnswer>): Promise<RawAnswer> {
    await start(once);
    expect((await ask()).status).toBe(200);
    gateway.clock.advance(10_000);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers['content-type']).toBe('application/json');
    expect(refused.headers['retry-after']).toBe('80');
    return refused;
  }

  const messagesBody = {
    model: 'anthropic/claude-sonnet-4.6',
    max_tokens: 5,
    stream: true,
    messages: [user],
  };
  const errors = [{ code: 2003, message: text }];

  test.each<[string, () => Promise<RawAnswer>, object]>([
    [
      'through the binding',
      run,
      { internalCode: 2003, httpCode: 429, name: 'AiGatewayError', description: text, errors },
    ],
    [
      'over the account’s API',
      () => overRest('/run/anthropic/claude-sonnet-4.6', { messages: [user], max_tokens: 5 }),
      { result: null, success: false, errors, messages: [] },
    ],
    [
      'in the Messages form',
      () => overRest('/v1/messages', messagesBody),
      { type: 'error', success: false, errors, error: { type: 'rate_limit_error', message: text } },
    ],
    [
      'in Chat Completions',
      () => overRest('/v1/chat/completions', messagesBody),
      { success: false, errors, error: { type: 'rate_limit_error', message: text } },
    ],
  ])('%s: 429, the number 2003, and when to ask again', async (_name, ask, expected) => {
    const { body } = await exceeded(ask);
    expect(JSON.parse(body.toString())).toMatchObject(expected);
  });

  test('whoever waits as long as it says gets through', async () => {
    const { headers } = await exceeded(run);
    gateway.clock.advance(Number(headers['retry-after']) * 1000 - 1);
    expect(await statuses(1)).toEqual([429]);
    gateway.clock.advance(1);
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('what counts', () => {
  const once: GatewayRateLimit = { limit: 1, intervalSeconds: 60, technique: 'fixed' };

  test('each gateway of each account has a count of its own, and one without a limit has none', async () => {
    await start(once);
    expect(await statuses(2)).toEqual([200, 429]);
    expect(await statuses(2, { id: 'other' })).toEqual([200, 429]);
    expect(await statuses(2, { key: 'two' })).toEqual([200, 429]);
    expect(await statuses(5, { id: 'open' })).toEqual(times(5, 200));
  });

  test('a request that is refused for what it says does not', async () => {
    await start(once);
    expect(await statuses(3, { model: 'anthropic/nope' })).toEqual(times(3, 404));
    expect(await statuses(1)).toEqual([200]);
  });

  test('requests of other routes do not: they belong to no gateway', async () => {
    await start(once);
    const plain = (): Promise<RawAnswer> =>
      sendRaw(`${gateway.url}/v1/messages`, {
        headers: {
          'x-api-key': 'one',
          'anthropic-version': '2023-06-01',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 5, stream: true }),
      });
    const answers = await Promise.all([plain(), plain()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await statuses(1)).toEqual([200]);
  });
});
