import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Rate limits as the headers and the 429s of the emulator say them (API reference §1.3, §10). */

const meters = ['requests', 'input-tokens', 'output-tokens', 'tokens'];
const names = meters.flatMap((meter) =>
  ['limit', 'remaining', 'reset'].map((what) => `anthropic-ratelimit-${meter}-${what}`),
);

let open: TestGateway;
let tight: TestGateway;
beforeAll(async () => {
  open = await startTestGateway();
  tight = await startTestGateway(
    'emulator: { limits: { requests_per_minute: 2, accounts: { other: { requests_per_minute: 9 } } } }',
  );
});
afterAll(async () => {
  await open.stop();
  await tight.stop();
});

function post(gateway: TestGateway, more: object = {}, path = '/v1/messages'): Promise<RawAnswer> {
  const body = {
    model: 'claude-sonnet-4-6',
    max_tokens: 64,
    messages: [{ role: 'user', content: 'Hi' }],
    ...more,
  };
  return sendRaw(`${gateway.url}${path}`, {
    headers: gateway.headers,
    body: JSON.stringify(body),
  });
}

const limitsIn = ({ headers }: RawAnswer): readonly string[] =>
  Object.keys(headers).filter((name) => name.startsWith('anthropic-ratelimit-'));

describe('headers', () => {
  test.each([
    ['one piece', {}],
    ['a stream', { stream: true }],
  ])('#17 %s: all twelve, resets in RFC 3339, tokens in thousands', async (_name, more) => {
    const answer = await post(open, more);
    expect(answer.status).toBe(200);
    expect(limitsIn(answer).toSorted()).toEqual(names.toSorted());
    for (const meter of meters) {
      const of = (what: string): string =>
        String(answer.headers[`anthropic-ratelimit-${meter}-${what}`]);
      expect(of('reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Number(of('remaining'))).toBeLessThanOrEqual(Number(of('limit')));
      expect(Number(of('remaining')) % (meter === 'requests' ? 1 : 1000)).toBe(0);
    }
    expect(answer.headers).not.toHaveProperty('x-should-retry');
    expect(answer.headers['anthropic-organization-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('#16 a refused request has none, and is not to be retried', async () => {
    const answer = await post(open, { max_tokens: 'many' });
    expect([answer.status, limitsIn(answer)]).toEqual([400, []]);
    expect(answer.headers['x-should-retry']).toBe('false');
  });

  test('a count of tokens has none, and costs nothing of them', async () => {
    const { max_tokens: _bound, ...counted } = { max_tokens: undefined };
    const answer = await post(open, counted, '/v1/messages/count_tokens');
    expect(limitsIn(answer)).toEqual([]);
  });
});

describe('limits', () => {
  test('#18 the third request of a minute with room for two', async () => {
    expect((await post(tight)).status).toBe(200);
    expect((await post(tight, { model: 'claude-sonnet-4-5', stream: true })).status).toBe(200);
    const third = await post(tight);
    expect([third.status, limitsIn(third).length]).toEqual([429, 12]);
    expect(third.headers['retry-after']).toMatch(/^\d+$/);
    expect(third.headers).toMatchObject({
      'x-should-retry': 'true',
      'anthropic-ratelimit-requests-limit': '2',
      'anthropic-ratelimit-requests-remaining': '0',
    });
    const organization = String(third.headers['anthropic-organization-id']);
    const { error } = JSON.parse(third.body.toString()) as { error: Record<string, string> };
    expect(error['type']).toBe('rate_limit_error');
    expect(error['message']).toBe(
      `This request would exceed the rate limit for your organization (${organization}) of 2 requests per minute. For details, refer to: https://docs.anthropic.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.`,
    );
    // What is not valid is said to be so, whatever the limits; and another class has its own.
    expect((await post(tight, { max_tokens: 0.5 })).status).toBe(400);
    expect((await post(tight, { model: 'claude-haiku-4-5' })).status).toBe(200);
  });

  test('the SDK raises its own error, with the headers', async () => {
    const client = new Anthropic({ baseURL: tight.url, apiKey: tight.key, maxRetries: 0 });
    const ask = (): Promise<unknown> =>
      client.messages.create({
        model: 'claude-opus-4-5',
        max_tokens: 20,
        messages: [{ role: 'user', content: 'Hi' }],
      });
    await ask();
    await ask();
    const error: unknown = await ask().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(
      (error as InstanceType<typeof Anthropic.RateLimitError>).headers?.get('retry-after'),
    ).toMatch(/^\d+$/);
  });
});
