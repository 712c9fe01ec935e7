import type { OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessagesEvent } from '../../src/messages/events.ts';
import { errorOf, messageStart, opening, wholeStream } from '../support/event-stream.ts';
import { eventsIn } from '../support/read-stream.ts';
import {
  SONNET,
  plainInputs,
  refusedAs,
  resultIn,
  run,
  runOverRest,
  user,
} from '../support/run-workers-ai.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What a run becomes for an upstream, and what its answer becomes for the caller; Workers reference §1.9. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => response.end());
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

function upstreamSays(status: number, body: string, headers: OutgoingHttpHeaders = {}): void {
  upstream.received.length = 0;
  upstream.script = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

function upstreamStreams(body: string): void {
  upstreamSays(200, body, { 'content-type': 'text/event-stream' });
}

/** The message of the reference's cases. */
const M = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'hi' }],
  model: 'claude-sonnet-4-6',
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
};

const bodyAsked = (): string => upstream.received.at(-1)?.body.toString() ?? '';

describe('what the upstream is asked', () => {
  const block = {
    type: 'text',
    text: 'x',
    cache_control: { type: 'ephemeral', ttl: '1h' },
    extra: 1,
  };
  const tools = [{ name: 'f', input_schema: { type: 'object' } }];

  test.each<[string, object, object]>([
    ['W-B02 a plain run', {}, {}],
    ['W-B14 blocks with more members', { messages: [{ role: 'user', content: [block] }] }, {}],
    ['W-B15 tools, but not what no such request has', { tools, foo: 1 }, { tools, foo: undefined }],
    ['W-B17 system as a list of blocks', { system: [block] }, {}],
    ['W-B18 metadata of the inputs', { metadata: { user_id: 'u' } }, {}],
    ['W-B10 a length that is no whole number', { max_tokens: 0.5 }, { max_tokens: 1 }],
    ['a choice that is none either', { top_k: 1.5 }, { top_k: 2 }],
    ['a model in the inputs, which is not the one', { model: 'x' }, { model: 'claude-sonnet-4-6' }],
  ])('%s', async (_name, change, becomes) => {
    upstreamStreams(wholeStream);
    await run(gateway, { change });
    expect(JSON.parse(bodyAsked())).toEqual({
      ...JSON.parse(JSON.stringify({ ...plainInputs, ...change, ...becomes })),
      model: 'claude-sonnet-4-6',
      stream: true,
    });
  });

  test('values go on as they were written', async () => {
    upstreamStreams(wholeStream);
    const tool = '[ { "name":"f", "input_schema":{"maximum":12345678901234567890, "x":1.0} } ]';
    const inputs = `{"messages":[{"role":"user","content":"\\u00e4"}],"max_tokens":5,"tools":${tool}}`;
    const answer = await fetch(`${gateway.url}/run?version=3`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'cf-consn-model-id': SONNET },
      body: `{"inputs":${inputs},"options":{}}`,
    });
    await answer.text();
    expect(bodyAsked()).toContain(`"tools":${tool}`);
    expect(bodyAsked()).toContain(String.raw`"content":"\u00e4"`);
  });

  test('a run that asks for betas may have members that are newer than the gateway', async () => {
    upstreamStreams(wholeStream);
    const headers = { 'anthropic-beta': 'next-2027-01-01' };
    const answer = await run(gateway, { change: { next: { a: 1 } }, headers });
    expect(JSON.parse(bodyAsked())).toMatchObject({ next: { a: 1 } });
    expect(answer.headers['x-ignored-params']).toBeUndefined();
    expect(upstream.received.at(-1)?.headers['anthropic-beta']).toBe('next-2027-01-01');
  });

  test('what had no effect is named', async () => {
    upstreamStreams(wholeStream);
    const answer = await run(gateway, { change: { foo: 1, lora: 'x', tools } });
    expect(answer.headers['x-ignored-params']).toBe('foo, lora');
  });

  test('with a version, and without anything of the binding or a credential', async () => {
    upstreamStreams(wholeStream);
    await run(gateway, { headers: { 'cf-aig-zdr': 'true', 'cf-aig-authorization': 'Bearer t' } });
    const headers = upstream.received.at(-1)?.headers ?? {};
    expect(headers['anthropic-version']).toBe('2023-06-01');
    expect(headers['content-type']).toBe('application/json');
    const names = Object.keys(headers).filter((name) => /^cf-|authorization|x-api-key/.test(name));
    expect(names).toEqual([]);
  });
});

describe('the upstream’s answer', () => {
  const streamed = { change: { stream: true } };

  test('W-B04 W-R02 a stream comes byte for byte', async () => {
    const body = wholeStream.replace('"index":0', '"index":0, "next":"years"');
    upstreamStreams(body);
    expect((await run(gateway, streamed)).body.toString()).toBe(body);
    const rest = await runOverRest(gateway, `/run/${SONNET}`, { ...plainInputs, stream: true });
    expect(rest.body.toString()).toBe(body);
  });

  test('W-B01 one piece is the fold of it', async () => {
    upstreamStreams(wholeStream);
    expect(resultIn(await run(gateway))).toMatchObject({
      id: 'msg_1',
      content: [{ type: 'text', text: 'Hello, wörld 🌍' }],
      usage: { input_tokens: 11, output_tokens: 42 },
      gatewayMetadata: { keySource: 'Unified', usage: { cache_read_input_tokens: 3 } },
    });
  });

  test('W-R03 an upstream that gives one piece', async () => {
    upstreamSays(200, JSON.stringify(M));
    const { usage, ...rest } = M;
    const expected = { ...rest, usage, gatewayMetadata: { keySource: 'Unified' } };
    expect(resultIn(await run(gateway))).toEqual(expected);
    const answer = await runOverRest(gateway, '/run', { model: SONNET, input: plainInputs });
    expect(JSON.parse(answer.body.toString())).toEqual({
      result: expected,
      success: true,
      errors: [],
      messages: [],
    });
  });

  test('one piece becomes a stream for who asked for one', async () => {
    upstreamSays(200, JSON.stringify(M));
    const answer = await run(gateway, streamed);
    expect(answer.headers['content-type']).toBe('text/event-stream');
    const events: readonly MessagesEvent[] = eventsIn(answer.body.toString());
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });
});

const errorBody = (type: string, message: string): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_up' });

describe('the upstream’s no', () => {
  test.each<[number, string, readonly [number, string, RegExp]]>([
    [400, 'invalid_request_error', [400, 'AiError', /^8001: why$/]],
    [
      401,
      'authentication_error',
      [503, 'AiGatewayError', /^2005: .*account that the gateway uses/],
    ],
    [403, 'permission_error', [502, 'AiGatewayError', /^2005: /]],
    [404, 'not_found_error', [502, 'AiGatewayError', /^2005: .*does not have/]],
    [413, 'request_too_large', [413, 'AiError', /^3006: why$/]],
    [429, 'rate_limit_error', [429, 'AiError', /^3021: why$/]],
    [500, 'api_error', [500, 'AiGatewayError', /^7000: why$/]],
    [529, 'overloaded_error', [429, 'AiError', /^3040: Capacity temporarily exceeded/]],
  ])('W-B07 %i is told in this form, to streams too', async (status, type, expected) => {
    upstreamSays(status, errorBody(type, 'why'), { 'retry-after': '7' });
    const [wanted, name, message] = expected;
    for (const change of [{}, { stream: true }]) {
      const answer = await run(gateway, { change });
      expect(refusedAs(answer)).toEqual([wanted, name, expect.stringMatching(message)]);
      expect(answer.headers['content-type']).toBe('application/json');
    }
  });

  test('how long to wait is passed on', async () => {
    upstreamSays(429, errorBody('rate_limit_error', 'why'), { 'retry-after': '7' });
    expect((await run(gateway)).headers['retry-after']).toBe('7');
  });

  test('W-R06 an upstream’s credential is not the caller’s', async () => {
    upstreamSays(401, errorBody('authentication_error', 'invalid x-api-key sk-ant-secret-1234'));
    const answer = await runOverRest(gateway, `/run/${SONNET}`, plainInputs);
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).not.toContain('sk-ant');
  });

  test('an error before the first content is a status', async () => {
    for (const body of [
      errorOf('overloaded_error', 'x'),
      messageStart + errorOf('overloaded_error', 'x'),
    ]) {
      upstreamStreams(body);
      for (const change of [{}, { stream: true }]) {
        expect(refusedAs(await run(gateway, { change }))[0]).toBe(429);
      }
    }
  });

  test('one after it is an event, and for one piece a status', async () => {
    const body = opening + errorOf('overloaded_error', 'x');
    upstreamStreams(body);
    expect((await run(gateway, { change: { stream: true } })).body.toString()).toBe(body);
    expect(refusedAs(await run(gateway))[0]).toBe(429);
  });

  test('a stream that is cut says so, and gets no end', async () => {
    upstreamStreams(opening);
    const answer = await run(gateway, { change: { stream: true } });
    const events = eventsIn(answer.body.toString());
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    expect(refusedAs(await run(gateway))).toEqual([
      502,
      'AiGatewayError',
      expect.stringMatching(/^2005: /),
    ]);
  });
});

describe('a caller who leaves', () => {
  test.each([
    ['while a stream runs', true],
    ['while one piece is made', false],
  ])('W-B26 %s: the upstream is let go', async (_name, stream) => {
    const arrived = Promise.withResolvers<undefined>();
    const closed = new Promise<void>((resolve) => {
      upstream.script = (_request, response, raw) => {
        arrived.resolve(undefined);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(opening);
        raw.socket.once('close', () => {
          resolve();
        });
      };
    });
    const asked = request(`${gateway.url}/run?version=3`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'cf-consn-model-id': SONNET },
    });
    asked.on('error', () => {});
    asked.end(
      JSON.stringify({ inputs: { ...plainInputs, messages: [user], stream }, options: {} }),
    );
    if (stream) {
      await new Promise((resolve) => {
        asked.once('response', (response) => response.once('data', resolve));
      });
    } else {
      await arrived.promise;
    }
    asked.destroy();
    await expect(closed).resolves.toBeUndefined();
  });
});

describe('an answer of the emulator that breaks on purpose', () => {
  const scenario = `
scenarios:
  - name: breaks
    match: { header: { x-scenario: breaks } }
    respond: { content: one two three }
    faults: [{ kind: close_without_message_stop }]
`;

  test('comes as it is, under this form’s head', async () => {
    const yaml = 'emulator: { scenarios_file: s.yaml }';
    const emulated = await startTestGateway(yaml, {}, { 's.yaml': scenario });
    const headers = { 'x-scenario': 'breaks' };
    const streamed = await run(emulated, { change: { stream: true, max_tokens: 50 }, headers });
    const one = await run(emulated, { change: { max_tokens: 50 }, headers });
    await emulated.stop();
    expect([streamed.status, streamed.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(eventsIn(streamed.body.toString()).at(-1)?.type).toBe('message_delta');
    expect(refusedAs(one)).toEqual([502, 'AiGatewayError', expect.stringMatching(/^2005: /)]);
  });
});
