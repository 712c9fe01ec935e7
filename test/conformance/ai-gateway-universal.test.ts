import type { AIGatewayUniversalRequest } from '@cloudflare/workers-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAI } from '../../clients/workers-ai/create-ai.ts';
import { errorOf, messageStart, wholeStream } from '../support/event-stream.ts';
import type { Answer, GatewayHost, HostQuestion } from '../support/gateway-host.ts';
import {
  messageM,
  messagesBody,
  providersError,
  startGatewayHost,
} from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';

/** Several steps in one request; Workers reference §3.1, §3.7. */

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost();
  await host.makeGateway('limited', { rate_limiting_limit: 2, rate_limiting_interval: 3600 });
  await host.makeGateway('g');
});
afterAll(async () => {
  await host.stop();
});
beforeEach(() => {
  host.answers({ status: 200 });
});

const jsonIn = ({ body }: RawAnswer): unknown => JSON.parse(body.toString());
const step = { provider: 'anthropic', endpoint: 'v1/messages', query: messagesBody };
const version = { 'anthropic-version': '2023-06-01' };

function universal(body: unknown, more: Partial<HostQuestion> = {}): Promise<RawAnswer> {
  return host.ask('', { body, ...more });
}

const overloaded = { status: 529, body: providersError('overloaded_error', 'Overloaded') };
const invalid = { status: 400, body: providersError('invalid_request_error', 'no such thing') };
const cutEarly = {
  status: 200,
  body: messageStart + errorOf('overloaded_error', 'Overloaded'),
  contentType: 'text/event-stream',
};

describe('the first success', () => {
  test.each<[string, readonly Answer[]]>([
    ['W-G01 after an error', [overloaded, { status: 200 }]],
    ['W-G01 after any error, those of the request too', [invalid, { status: 200 }]],
    ['after a stream that failed before its first content', [cutEarly, { status: 200 }]],
  ])('%s: 200 from step 1', async (_name, answers) => {
    host.answers(...answers);
    const first = answers[0] === cutEarly ? { ...messagesBody, stream: true } : messagesBody;
    const reply = await universal([
      { ...step, query: first, headers: { ...version, 'x-api-key': 'sk-first' } },
      { ...step, headers: { ...version, authorization: 'Bearer sk-second' } },
    ]);
    expect([reply.status, reply.headers['cf-aig-step'], jsonIn(reply)]).toEqual([
      200,
      '1',
      messageM,
    ]);
    const keys = host.upstream.received.map(
      ({ headers }) => headers['x-api-key'] ?? headers.authorization,
    );
    expect(keys).toEqual(['sk-first', 'Bearer sk-second']);
  });

  test('ends it: nothing else is asked', async () => {
    const reply = await universal([step, step]);
    expect([reply.status, reply.headers['cf-aig-step']]).toEqual([200, '0']);
    expect(host.upstream.received).toHaveLength(1);
  });

  test('one step may stand without a list', async () => {
    const reply = await universal(step);
    expect([reply.status, reply.headers['cf-aig-step']]).toEqual([200, '0']);
    expect(reply.headers['cf-aig-request-id']).toBe(reply.headers['cf-aig-log-id']);
  });

  test('each step in its provider’s form', async () => {
    host.answers(overloaded, { status: 200, body: wholeStream, contentType: 'text/event-stream' });
    const query = { ...messagesBody, model: 'anthropic/claude-sonnet-4.6' };
    const reply = await universal([
      step,
      { provider: 'nobody', endpoint: 'x', query: {} },
      { provider: 'compat', endpoint: '/chat/completions', query },
    ]);
    expect([reply.status, reply.headers['cf-aig-step']]).toEqual([200, '2']);
    expect(jsonIn(reply)).toMatchObject({ object: 'chat.completion' });
  });

  test('W-G23 a run', async () => {
    host.answers({ status: 200, body: wholeStream, contentType: 'text/event-stream' });
    const { model: _, ...query } = messagesBody;
    const endpoint = 'anthropic/claude-sonnet-4.6';
    const reply = await universal([{ provider: 'workers-ai', endpoint, query }]);
    expect(jsonIn(reply)).toMatchObject({ success: true, result: { type: 'message' } });
  });

  test('a stream is passed on as it comes', async () => {
    host.answers(overloaded, { status: 200, body: wholeStream, contentType: 'text/event-stream' });
    const streaming = { ...step, query: { ...messagesBody, stream: true } };
    const reply = await universal([step, streaming]);
    expect(reply.headers['content-type']).toContain('text/event-stream');
    expect([reply.body.toString(), reply.headers['cf-aig-step']]).toEqual([wholeStream, '1']);
  });
});

describe('no success', () => {
  test('W-G02 the last provider’s error stands, and each step has a log', async () => {
    host.answers(overloaded, invalid);
    const headers = { 'cf-aig-event-id': 'event-7' };
    const reply = await universal([step, step], { gateway: 'g', headers });
    expect([reply.status, reply.body.toString()]).toEqual([400, invalid.body]);
    expect(reply.headers['cf-aig-step']).toBe('1');
    expect(reply.headers['cf-aig-event-id']).toBe('event-7');
    const logs = await logsOf('g');
    expect(logs.map(({ step: at, status_code, success }) => [at, status_code, success])).toEqual([
      [0, 529, false],
      [1, 400, false],
    ]);
    expect(logs[1]?.id).toBe(reply.headers['cf-aig-log-id']);
    expect(logs[0]?.id).not.toBe(logs[1]?.id);
  });

  test.each<[string, unknown, number]>([
    ['no steps', [], 7003],
    ['a step without a provider', [{ endpoint: 'v1/messages', query: {} }], 7003],
  ])('%s: 400, and nobody is asked', async (_name, body, code) => {
    const reply = await universal(body);
    expect(reply.status).toBe(400);
    expect(jsonIn(reply)).toMatchObject({ success: false, error: [{ code }], internalCode: code });
    expect(host.upstream.received).toEqual([]);
  });
});

interface Logged {
  readonly id: string;
  readonly step: number;
  readonly status_code: number;
  readonly success: boolean;
}

/** The logs of a gateway in the order of their steps, once they are there. */
async function logsOf(id: string): Promise<readonly Logged[]> {
  const url = `${host.url}/client/v4/accounts/a/ai-gateway/gateways/${id}/logs`;
  const headers = { authorization: `Bearer ${host.key}` };
  let logs: readonly Logged[] = [];
  await expect
    .poll(async () => {
      const { result } = jsonIn(await sendRaw(url, { headers })) as {
        readonly result: readonly Logged[];
      };
      logs = result;
      return logs.length;
    })
    .toBeGreaterThanOrEqual(2);
  return logs.toSorted((one, other) => one.step - other.step);
}

describe('what is asked of a gateway', () => {
  test('once for all steps: they count as one request', async () => {
    host.answers(overloaded);
    const both = [step, step];
    expect((await universal(both, { gateway: 'limited' })).status).toBe(529);
    expect((await universal(both, { gateway: 'limited' })).status).toBe(529);
    const third = await universal(both, { gateway: 'limited' });
    expect(third.status).toBe(429);
    expect(jsonIn(third)).toMatchObject({ success: false, error: [{ code: 2003 }] });
    expect(host.upstream.received).toHaveLength(4);
  });

  test('a step’s own options go before those of the request', async () => {
    host.answers(overloaded);
    const headers = { 'cf-aig-max-attempts': '2', 'cf-aig-retry-delay': '1' };
    await universal([{ ...step, config: { maxAttempts: 3 } }, step], { headers });
    expect(host.upstream.received).toHaveLength(3 + 2);
  });

  test('W-G14 a step that does not begin in time gives way', async () => {
    host.upstream.received.length = 0;
    host.upstream.script = ({ headers }, response) => {
      if (headers['x-api-key'] === 'sk-slow') return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(messageM));
    };
    const reply = await universal([
      { ...step, headers: { 'x-api-key': 'sk-slow' }, config: { requestTimeout: 50 } },
      step,
    ]);
    expect([reply.status, reply.headers['cf-aig-step']]).toEqual([200, '1']);
  });

  test.each<[string, Readonly<Record<string, string | undefined>>]>([
    ['W-G12 a token in the headers of a step alone', { 'cf-aig-authorization': undefined }],
    ['W-G11 another token', { 'cf-aig-authorization': 'Bearer nobodys' }],
  ])('%s: 401 with a hint', async (_name, headers) => {
    const token = { 'cf-aig-authorization': `Bearer ${host.key}` };
    const reply = await universal([{ ...step, headers: token }], { headers });
    expect(reply.status).toBe(401);
    const { error } = jsonIn(reply) as { readonly error: readonly object[] };
    expect(error).toMatchObject([
      { code: 2009, message: expect.stringContaining('of the request itself') as string },
    ]);
    expect(host.upstream.received).toEqual([]);
  });

  test('W-G12 a key that stands in a provider’s place is not enough either', async () => {
    const headers = { 'cf-aig-authorization': undefined, authorization: `Bearer ${host.key}` };
    const reply = await universal([step], { headers });
    expect([reply.status, jsonIn(reply)]).toMatchObject([401, { internalCode: 2009 }]);
  });

  test('the gateway’s own key does not travel', async () => {
    await universal([{ ...step, headers: { 'x-api-key': host.key } }]);
    expect(host.upstream.received[0]?.headers['x-api-key']).toBe('sk-own');
  });

  test('W-R08 a gateway that is not there', async () => {
    const reply = await universal([step], { gateway: 'nobodys' });
    expect([reply.status, jsonIn(reply)]).toMatchObject([400, { error: [{ code: 2001 }] }]);
  });
});

describe('the binding', () => {
  const runOn = (id: string, ...steps: readonly object[]): Promise<Response> =>
    createAI({ baseURL: host.url, apiKey: host.key })
      .gateway(id)
      .run(steps as AIGatewayUniversalRequest[], {
        gateway: { id, skipCache: false, cacheTtl: 123, eventId: 'event-8' },
        extraHeaders: { 'x-custom': 's' },
      });

  test('W-B33 gateway(id).run: its response as it is', async () => {
    host.answers(overloaded, { status: 200 });
    const own = { ...step, headers: { ...version, 'x-api-key': 'sk-mine' } };
    const response = await runOn('g', own, own);
    expect([response.status, response.headers.get('cf-aig-step')]).toEqual([200, '1']);
    expect(response.headers.get('cf-aig-event-id')).toBe('event-8');
    expect(await response.json()).toEqual(messageM);
    expect(host.upstream.received[0]?.headers['x-api-key']).toBe('sk-mine');
  });

  test('W-B33 what fails is a response, too', async () => {
    host.answers(invalid);
    const failed = await runOn('g', { ...step, headers: version });
    expect([failed.status, await failed.text()]).toEqual([400, invalid.body]);
    const unknown = await runOn('nobodys', { ...step, headers: version });
    expect([unknown.status, await unknown.json()]).toMatchObject([
      400,
      { success: false, error: [{ code: 2001 }] },
    ]);
  });
});
