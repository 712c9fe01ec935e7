import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayHost } from '../support/gateway-host.ts';
import { messagesBody, providersError, startGatewayHost } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { run } from '../support/run-workers-ai.ts';

/** Rate limits that an account set, on every face of its gateway; Workers reference §3.1, §3.6, §3.15. */

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost();
});
afterAll(async () => {
  await host.stop();
});
beforeEach(() => {
  host.answers({ status: 200 });
});

const anHour = { rate_limiting_interval: 3600, rate_limiting_technique: 'sliding' };
const failed = { status: 500, body: providersError('api_error', 'no') };

async function limitTo(id: string, limit: number): Promise<void> {
  await host.makeGateway(id, { ...anHour, rate_limiting_limit: limit });
}

function message(id: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
  return host.ask('/anthropic/v1/messages', { body: messagesBody, gateway: id, headers });
}

const step = {
  provider: 'anthropic',
  endpoint: 'v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  query: messagesBody,
};

/** A request of two steps, on the gateway's URL. */
function twoSteps(id: string): Promise<RawAnswer> {
  return host.ask('', { body: [step, step], gateway: id });
}

/** The same as `env.AI.gateway(id).run(…)` sends it. */
function twoStepsOfBinding(id: string): Promise<RawAnswer> {
  return sendRaw(`${host.url}/ai-gateway/universal/run/${id}`, {
    headers: { authorization: `Bearer ${host.key}`, 'content-type': 'application/json' },
    body: JSON.stringify([step, step]),
  });
}

function runThrough(id: string): Promise<RawAnswer> {
  return run(host, { path: '/ai-gateway/run?version=3', options: { gateway: { id } } });
}

async function statusesOf(asked: readonly Promise<RawAnswer>[]): Promise<readonly number[]> {
  const answers = await Promise.all(asked);
  return answers.map(({ status }) => status).toSorted((one, other) => one - other);
}

describe('one limit for all faces of a gateway', () => {
  test('W-G10 the binding, the provider’s URL and several steps draw from the same', async () => {
    await limitTo('faces', 4);
    const asked = [message, runThrough, twoSteps, twoStepsOfBinding].map((ask) => ask('faces'));
    expect(await statusesOf(asked)).toEqual([200, 200, 200, 200]);
    const more = [message, runThrough, twoSteps, twoStepsOfBinding].map((ask) => ask('faces'));
    expect(await statusesOf(more)).toEqual([429, 429, 429, 429]);
  });

  test.each([
    ['the provider’s URL', 'url', message],
    ['several steps', 'steps', twoSteps],
    ['several steps of the binding', 'binding-steps', twoStepsOfBinding],
  ])(
    'too many over %s: the number where clients of it look, nobody asked',
    async (_name, id, ask) => {
      await limitTo(id, 1);
      expect((await ask(id)).status).toBe(200);
      host.upstream.received.length = 0;
      const { status, headers, body } = await ask(id);
      expect([status, headers['content-type']]).toEqual([429, 'application/json']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(3500);
      expect(JSON.parse(body.toString())).toMatchObject({
        internalCode: 2003,
        name: 'AiGatewayError',
      });
      expect(host.upstream.received).toEqual([]);
    },
  );
});

describe('what is one request', () => {
  test('all steps together, also where the first ones fail', async () => {
    await limitTo('failing-steps', 2);
    host.answers(failed, { status: 200 });
    expect((await twoSteps('failing-steps')).headers['cf-aig-step']).toBe('1');
    const more = [twoSteps('failing-steps'), twoSteps('failing-steps')];
    expect(await statusesOf(more)).toEqual([200, 429]);
  });

  test('all attempts together', async () => {
    await limitTo('attempts', 2);
    const thrice = { 'cf-aig-max-attempts': '3' };
    host.answers(failed, failed, { status: 200 });
    expect((await message('attempts', thrice)).status).toBe(200);
    expect(host.upstream.received).toHaveLength(3);
    expect(await statusesOf([message('attempts'), message('attempts')])).toEqual([200, 429]);
  });

  test('steps of which none is served count too: they do not get round the limit', async () => {
    await limitTo('strange-steps', 1);
    const strange = { ...step, provider: 'nobody' };
    const ask = (): Promise<RawAnswer> =>
      host.ask('', { body: [strange, step], gateway: 'strange-steps' });
    expect(await statusesOf([ask(), ask()])).toEqual([200, 429]);
  });
});

test('a limit holds until its account changes it', async () => {
  await limitTo('changed', 1);
  expect(await statusesOf([message('changed'), message('changed')])).toEqual([200, 429]);
  const put = async (limits: object): Promise<void> => {
    const { status } = await sendRaw(
      `${host.url}/client/v4/accounts/a/ai-gateway/gateways/changed`,
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${host.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          cache_invalidate_on_update: false,
          cache_ttl: null,
          collect_logs: false,
          ...limits,
        }),
      },
    );
    expect(status).toBe(200);
  };
  await put({ ...anHour, rate_limiting_limit: 2 });
  const three = [message('changed'), message('changed'), message('changed')];
  expect(await statusesOf(three)).toEqual([200, 200, 429]);
  await put({ rate_limiting_limit: null, rate_limiting_interval: null });
  expect(await statusesOf([message('changed'), message('changed')])).toEqual([200, 200]);
});
