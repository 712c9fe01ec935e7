import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { end, gatewayApi, makeRouteOn, model, start } from '../support/dynamic-routes.ts';
import { opening } from '../support/event-stream.ts';
import type { GatewayHost } from '../support/gateway-host.ts';
import { messagesBody, providersError, startGatewayHost } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';

/** What never becomes an answer leaves a log all the same; Workers reference §3.8, §3.11, case G02. */

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost();
  await host.makeGateway('g');
  await host.makeGateway('limited', { rate_limiting_interval: 3600, rate_limiting_limit: 1 });
  await host.makeGateway('unlogged', { collect_logs: false });
  const elements = [
    start,
    model('first', 'claude-opus-4-6', {}, 'second'),
    model('second', 'claude-haiku-4-5', { provider: 'not-here' }, 'third'),
    model('third', 'claude-sonnet-4-6'),
    end,
  ];
  await makeRouteOn(host, 'three', elements);
});
afterAll(async () => {
  await host.stop();
});
beforeEach(() => {
  host.answers({ status: 200 });
});

interface Shown {
  readonly [name: string]: unknown;
  readonly id: string;
}

/** The logs that have the id of one request, the first one first. */
async function logsOf(id: string, { headers }: RawAnswer): Promise<readonly Shown[]> {
  const path = `/client/v4/accounts/a/ai-gateway/gateways/${id}/logs?order_by_direction=asc`;
  const answer = await sendRaw(`${host.url}${path}`, {
    headers: { authorization: `Bearer ${host.key}` },
  });
  const { result } = JSON.parse(answer.body.toString()) as { readonly result: readonly Shown[] };
  return result.filter((log) => log['request_id'] === headers['cf-aig-request-id']);
}

const chat = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };
const throughRoute = (headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> => {
  const body = { model: 'dynamic/three', ...chat };
  return host.ask('/compat/chat/completions', { gateway: 'g', body, headers });
};
const overloaded = { status: 529, body: providersError('overloaded_error', 'Overloaded') };

describe('models that a route came to', () => {
  test('W-G21 each has a log of its own, the one that answered by its id', async () => {
    host.answers(overloaded, { status: 200 });
    const answer = await throughRoute({ 'cf-aig-event-id': 'E' });
    expect([answer.status, answer.headers['cf-aig-event-id']]).toEqual([200, 'E']);
    const logs = await logsOf('g', answer);
    expect(logs).toMatchObject([
      { model: 'anthropic/claude-opus-4.6', status_code: 503, success: false, event_id: 'E' },
      { model: 'anthropic/claude-haiku-4.5', status_code: 503, success: false, event_id: 'E' },
      { model: 'anthropic/claude-sonnet-4.6', status_code: 200, success: true, event_id: 'E' },
    ]);
    expect(new Set(logs.map(({ id }) => id)).size).toBe(3);
    expect(logs[2]?.id).toBe(answer.headers['cf-aig-log-id']);
    expect(logs.map(({ cost }) => cost)).toEqual([0, 0, expect.any(Number)]);
  });

  test('what a failed one would have said, and was sent, stands in its log', async () => {
    host.answers(overloaded, { status: 200 });
    const [first] = await logsOf('g', await throughRoute());
    const { result } = await gatewayApi(host, 'GET', `/logs/${String(first?.id)}`);
    const shown = result as unknown as Readonly<Record<string, string>>;
    expect(shown['response_head']).toContain('overloaded');
    expect(shown['request_head']).toContain('"messages"');
  });

  test('tokens that a failed one had used are in its log', async () => {
    const broken = { status: 200, body: opening, contentType: 'text/event-stream' };
    host.answers(broken, { status: 200 });
    const [first, , third] = await logsOf('g', await throughRoute());
    expect([first?.['status_code'], first?.['tokens_in']]).toEqual([502, 14]);
    expect(third).toMatchObject({ success: true, tokens_in: 1, tokens_out: 1 });
  });

  test('where all fail, the last one’s log is that of the answer', async () => {
    host.answers(overloaded);
    const answer = await throughRoute();
    const logs = await logsOf('g', answer);
    expect(logs.map((log) => log['success'])).toEqual([false, false, false]);
    expect(logs[2]?.id).toBe(answer.headers['cf-aig-log-id']);
  });

  test('W-G16 none is kept where the request says so', async () => {
    host.answers(overloaded, { status: 200 });
    const answer = await throughRoute({ 'cf-aig-collect-log': 'false' });
    expect(answer.headers['cf-aig-log-id']).toBeUndefined();
    expect(await logsOf('g', answer)).toEqual([]);
  });
});

const step = {
  provider: 'anthropic',
  endpoint: 'v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  query: messagesBody,
};

describe('a request of several steps', () => {
  const steps = (id: string, body: unknown, headers = {}): Promise<RawAnswer> =>
    host.ask('', { gateway: id, body, headers });

  test.each<[string, unknown, number]>([
    ['that are none', { no: 'steps' }, 400],
    ['that are too many', Array.from({ length: 11 }, () => step), 400],
  ])('%s leaves a log', async (_name, body, status) => {
    const headers = { 'cf-aig-metadata': '{"team":"a"}', 'cf-aig-event-id': 'E' };
    const answer = await steps('g', body, headers);
    expect(answer.status).toBe(status);
    const logs = await logsOf('g', answer);
    expect(logs).toMatchObject([
      {
        id: answer.headers['cf-aig-log-id'],
        event_id: 'E',
        provider: 'universal',
        request_type: 'universal',
        status_code: status,
        success: false,
        cost: 0,
        metadata: '{"team":"a"}',
      },
    ]);
  });

  test('over the limit leaves a log with what it said', async () => {
    expect((await steps('limited', [step])).status).toBe(200);
    const answer = await steps('limited', [step]);
    expect(answer.status).toBe(429);
    const [log] = await logsOf('limited', answer);
    expect(log).toMatchObject({ status_code: 429, success: false });
    const path = `/client/v4/accounts/a/ai-gateway/gateways/limited/logs/${String(log?.id)}`;
    const kept = await sendRaw(`${host.url}${path}/request`, {
      headers: { authorization: `Bearer ${host.key}` },
    });
    expect(JSON.parse(kept.body.toString())).toEqual([step]);
  });

  test('W-G02 a step that nobody serves has one among the others', async () => {
    const strange = { ...step, provider: 'nobody', endpoint: 'x' };
    const answer = await steps('g', [strange, step]);
    expect([answer.status, answer.headers['cf-aig-step']]).toEqual([200, '1']);
    expect(await logsOf('g', answer)).toMatchObject([
      { step: 0, provider: 'nobody', path: 'x', status_code: 400, success: false },
      { step: 1, provider: 'anthropic', status_code: 200, success: true },
    ]);
  });

  test('W-G16 none is kept where the gateway keeps none, or the request says so', async () => {
    for (const [id, headers] of [
      ['unlogged', {}],
      ['g', { 'cf-aig-collect-log': 'false' }],
    ] as const) {
      const answer = await steps(id, {}, headers);
      expect([answer.status, answer.headers['cf-aig-log-id']]).toEqual([400, undefined]);
      expect(await logsOf(id, answer)).toEqual([]);
    }
  });
});
