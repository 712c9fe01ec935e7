import Cloudflare from 'cloudflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SONNET, expectSeedOutput } from '../support/run-workers-ai.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The official SDK of the account's API, pointed at the gateway. */

let gateway: TestGateway;
let client: Cloudflare;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = clientWith(gateway.key);
});
afterAll(async () => {
  await gateway.stop();
});

function clientWith(apiToken: string): Cloudflare {
  return new Cloudflare({ apiToken, baseURL: `${gateway.url}/client/v4`, maxRetries: 0 });
}

/** The SDK's types know the hosted models' inputs; these are the published ones of a Claude model. */
function inputs(more: object = {}): Cloudflare.AI.AIRunParams {
  const given = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5, ...more };
  return { account_id: 'a', ...given };
}

type ErrorClass = abstract new (...args: never) => Error;

describe('ai.run', () => {
  test('unwraps the result, which is valid by the seed’s output schema', async () => {
    const result: unknown = await client.ai.run(SONNET, inputs());
    expectSeedOutput(result);
    expect(result).toMatchObject({ model: 'claude-sonnet-4-6', usage: { output_tokens: 5 } });
  });

  test.each<[string, () => Promise<unknown>, ErrorClass, readonly [number, number]]>([
    [
      'an unknown model',
      async () => client.ai.run('anthropic/nope', inputs()),
      Cloudflare.NotFoundError,
      [404, 7003],
    ],
    [
      'inputs that do not fit',
      async () => client.ai.run(SONNET, inputs({ max_tokens: 0 })),
      Cloudflare.BadRequestError,
      [400, 7003],
    ],
    [
      'a wrong token',
      async () => clientWith('x').ai.run(SONNET, inputs()),
      Cloudflare.AuthenticationError,
      [401, 10_000],
    ],
  ])('throws the right error for %s', async (_name, ask, kind, [status, code]) => {
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, errors: [{ code }] });
  });

  test('a stream is the body of the raw response', async () => {
    const response = await client.ai.run(SONNET, inputs({ stream: true })).asResponse();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toMatch(
      /^event: message_start\n[^]*event: message_stop\ndata: .*\n\n$/,
    );
  });
});
