import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../support/run-workers-ai.ts';
import {
  SONNET,
  plainInputs,
  refusedAs,
  resultIn,
  run,
  thrownOf,
  user,
} from '../support/run-workers-ai.ts';
import { eventsIn } from '../support/read-stream.ts';
import { sendRaw } from '../support/post.ts';
import { ANY_METHOD, unservedRoutes } from '../../src/http/unserved-routes.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The routes that the class behind `env.AI` calls, in front of the emulator; Workers reference §7, B. */

let gateway: TestGateway;
let strict: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  strict = await startTestGateway('workers_ai: { content: strict }');
});
afterAll(async () => {
  await gateway.stop();
  await strict.stop();
});

describe('runs', () => {
  test.each<[string, Run]>([
    [
      'W-B01 with a gateway',
      { path: '/ai-gateway/run?version=3', options: { gateway: { id: 'default' } } },
    ],
    ['W-B02 without options', {}],
    ['W-B03 with a gateway that has no name', { options: { gateway: { id: '' } } }],
    ['W-B25 with a routing namespace', { model: `pp:${SONNET}` }],
    ['W-R12 with dashes in the name', { model: 'anthropic/claude-sonnet-4-6' }],
    ['with the version in the name', { model: 'anthropic/claude-sonnet-4-6-20260218' }],
    ['with the name that the API has', { model: 'claude-sonnet-4-6' }],
    ['with a model in the inputs, which means nothing', { change: { model: '@cf/other' } }],
  ])('%s', async (_name, asked) => {
    const result = resultIn(await run(gateway, asked));
    expect(result).toMatchObject({
      model: 'claude-sonnet-4-6',
      usage: { output_tokens: 5 },
      gatewayMetadata: { keySource: 'Unified' },
    });
  });

  test('W-B04 a stream has the canonical events in their order, and no [DONE]', async () => {
    const answer = await run(gateway, { change: { stream: true, max_tokens: 50 } });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
    const types = eventsIn(answer.body.toString()).map(({ type }) => type);
    const [head, tail] = [types.slice(0, 3), types.slice(-3)];
    expect(head).toEqual(['message_start', 'content_block_start', 'ping']);
    expect(tail).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    expect(new Set(types.slice(3, -3))).toEqual(new Set(['content_block_delta']));
  });

  test('W-B05 the type of what is no stream is JSON, and has no charset', async () => {
    const answers = await Promise.all([
      run(gateway),
      run(gateway, { model: 'anthropic/nope' }),
      run(gateway, { inputs: {} }),
      sendRaw(`${gateway.url}/run?version=3`, { body: '' }),
      sendRaw(`${gateway.url}/run?version=3`),
      sendRaw(`${gateway.url}/run/nope`),
    ]);
    const types = answers.map(({ status, headers }) => [status, headers['content-type']]);
    expect(types).toEqual(
      [200, 404, 400, 401, 400, 404].map((status) => [status, 'application/json']),
    );
  });

  test('the request’s id is where the binding looks for it', async () => {
    const [answered, refused] = await Promise.all([run(gateway), run(gateway, { inputs: {} })]);
    for (const { headers } of [answered, refused]) {
      expect(headers['cf-ai-req-id']).toMatch(/^req_\w{24}$/);
      expect(headers['cf-ai-req-id']).toBe(headers['x-quatrain-request-id']);
    }
  });

  test.each<[string, Run]>([
    ['as a header', { headers: { 'cf-aig-event-id': 'E' } }],
    ['as an option', { options: { gateway: { eventId: 'E' } } }],
    ['as both', { headers: { 'cf-aig-event-id': 'E' }, options: { gateway: { eventId: 'F' } } }],
  ])('the id of an event comes back: %s', async (_name, asked) => {
    expect((await run(gateway, asked)).headers['cf-aig-event-id']).toBe('E');
  });

  test('options without effect are named', async () => {
    const { headers } = await run(gateway, { options: { gateway: { eventId: 'a b' } } });
    expect(headers['x-quatrain-ignored-options']).toBe('gateway.eventId');
    expect((await run(gateway)).headers['x-quatrain-ignored-options']).toBeUndefined();
  });

  test('two runs have ids of their own', async () => {
    const [one, other] = await Promise.all([run(gateway), run(gateway)]);
    expect(one.headers['cf-ai-req-id']).not.toBe(other.headers['cf-ai-req-id']);
  });
});

describe('what names no model that is served', () => {
  test.each<[string, string, number, RegExp]>([
    ['W-B08 an unknown one', 'anthropic/nope', 404, /^7003: Model not found: anthropic\/nope\./],
    [
      'W-B08 one that the service would host',
      '@cf/nope',
      400,
      /^5007: No such model @cf\/nope or task/,
    ],
    [
      'one that is written wrong',
      'anthropic/claude-sonet-4.6',
      404,
      /^7003: .*Did you mean anthropic\/claude-sonnet-4\.6/,
    ],
    ['one that is retired', 'claude-3-5-haiku-20241022', 404, /^7003: /],
    ['another author’s', 'openai/gpt-4.1-nano', 404, /^7003: /],
    ['one in other letters', 'anthropic/clåude', 404, /^7003: Model not found: anthropic\/clåude/],
  ])('%s', async (_name, model, status, message) => {
    const asked = Buffer.from(model).toString('latin1');
    const answer = await run(gateway, { model: asked });
    expect(refusedAs(answer)).toEqual([status, 'AiError', expect.stringMatching(message)]);
  });

  test('a dynamic route that the gateway does not have is not there', async () => {
    const answer = await run(gateway, { model: 'dynamic/r', path: '/ai-gateway/run?version=3' });
    const message = expect.stringMatching(/^7003: .* has no route "r"/) as string;
    expect(refusedAs(answer)).toEqual([404, 'AiError', message]);
  });
});

const invalid = (place: string): RegExp => new RegExp(`^7003: Invalid value at ${place}: `);

describe('inputs that the published schema refuses', () => {
  test.each<[string, object, string]>([
    ['W-B09 no max_tokens', { max_tokens: undefined }, 'max_tokens'],
    ['W-B10 max_tokens 0', { max_tokens: 0 }, 'max_tokens'],
    ['W-B10 max_tokens -1', { max_tokens: -1 }, 'max_tokens'],
    ['W-B11 temperature 1.1', { temperature: 1.1 }, 'temperature'],
    ['W-B11 top_p -0.1', { top_p: -0.1 }, 'top_p'],
    ['W-B11 #39 top_k 0', { top_k: 0 }, 'top_k'],
    [
      'W-B12 a message of the role system',
      { messages: [{ role: 'system', content: 'x' }] },
      'messages/0/role',
    ],
    [
      'W-B13 a message with more members',
      { messages: [{ ...user, name: 'n' }] },
      'messages/0/name',
    ],
    ['no messages', { messages: undefined }, 'messages'],
    ['content of another type', { messages: [{ role: 'user', content: 1 }] }, 'messages/0/content'],
    [
      'a block without a type',
      { messages: [{ role: 'user', content: [{}] }] },
      'messages/0/content/0/type',
    ],
    ['a stream that is a text', { stream: 'true' }, 'stream'],
    ['metadata that is none', { metadata: [] }, 'metadata'],
    ['system that is a number', { system: 1 }, 'system'],
  ])('%s', async (_name, change, place) => {
    const message = expect.stringMatching(invalid(place)) as string;
    for (const at of [gateway, strict]) {
      expect(refusedAs(await run(at, { change }))).toEqual([400, 'AiError', message]);
    }
  });

  test.each<[string, object, string]>([
    [
      'W-B14 a block with more members',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', extra: 1 }] }] },
      'messages/0/content/0/extra',
    ],
    ['W-B17 system as a list of blocks', { system: [{ type: 'text', text: 'x' }] }, 'system'],
  ])('%s, where content is strict', async (_name, change, place) => {
    const message = expect.stringMatching(invalid(place)) as string;
    expect(refusedAs(await run(strict, { change }))).toEqual([400, 'AiError', message]);
  });

  test.each<[string, object]>([
    ['W-B10 max_tokens 0.5', { max_tokens: 0.5 }],
    ['W-B11 temperature 0', { temperature: 0 }],
    ['W-B11 temperature 1', { temperature: 1 }],
    ['W-B11 top_p 0', { top_p: 0 }],
    ['W-B11 top_p 1', { top_p: 1 }],
    ['W-B15 #35 further members', { foo: 1, tools: [], stop_sequences: ['x'] }],
    ['W-B18 metadata of the inputs', { metadata: { user_id: 'u' } }],
    ['top_k 0.5', { top_k: 0.5 }],
    ['blocks of text', { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }],
    ['W-B17 system as a list of blocks', { system: [{ type: 'text', text: 'x' }] }],
  ])('%s pass', async (name, change) => {
    const forBoth = name.includes('list of blocks') ? [gateway] : [gateway, strict];
    for (const at of forBoth) {
      expect(resultIn(await run(at, { change })).usage['output_tokens']).toBeGreaterThan(0);
    }
  });

  test('W-B16 no message at all passes the schema, and the model’s side refuses it', async () => {
    const [status, name, message] = refusedAs(await run(gateway, { change: { messages: [] } }));
    expect([status, name, message.slice(0, 6)]).toEqual([400, 'AiError', '8001: ']);
  });

  test.each<[string, object]>([
    ['a system message', { messages: [{ role: 'system', content: 'x' }, user] }],
    ['another name for the length', { max_tokens: undefined, max_completion_tokens: 5 }],
    ['calls of tools', { messages: [user, { role: 'assistant', content: '', tool_calls: [] }] }],
    ['tools of that form', { tools: [{ type: 'function', function: { name: 'f' } }] }],
  ])('what is in the form of Chat Completions is told so: %s', async (_name, change) => {
    const answer = await run(gateway, { change });
    expect(answer.status).toBe(400);
    expect(thrownOf(answer).message).toContain('This model takes those of Messages');
  });

  test('the samplers of a model that has none are no part of its schema, and go on', async () => {
    const change = { temperature: 1.1 };
    const answer = await run(gateway, { model: 'anthropic/claude-opus-5', change });
    expect(refusedAs(answer)).toEqual([400, 'AiError', expect.stringMatching(/^8001: /)]);
  });
});

describe('requests that are no run', () => {
  test.each<[string, Run & { readonly body?: string }, readonly [number, string, RegExp]]>([
    ['no model', { model: '' }, [400, 'AiError', /^3003: .*cf-consn-model-id/]],
    ['no JSON', { body: '{"inputs":' }, [400, 'AiError', /^5006: .*not valid JSON/]],
    [
      'half of one',
      { body: '{"inputs":{"messages":[1,,2]},"options":{}}' },
      [400, 'AiError', /^5006: /],
    ],
    ['no object', { body: '[]' }, [400, 'AiError', /^7003: Invalid value at inputs: /]],
    ['no inputs', { body: '{"options":{}}' }, [400, 'AiError', /^7003: Invalid value at inputs: /]],
    [
      'inputs that are none',
      { body: '{"inputs":[]}' },
      [400, 'AiError', /^7003: Invalid value at the top level: /],
    ],
    [
      'options that are none',
      { options: 1 },
      [400, 'AiError', /^7003: Invalid value at options: /],
    ],
    [
      'a queue',
      { options: { queueRequest: true } },
      [400, 'AiError', /^7003: Invalid value at options\/queueRequest: /],
    ],
    [
      'another gateway',
      { options: { gateway: { id: 'nope' } } },
      [400, 'AiGatewayError', /^2001: There is no gateway "nope"/],
    ],
    [
      'W-R08 the same in a header',
      { headers: { 'cf-aig-gateway-id': 'nope' } },
      [400, 'AiGatewayError', /^2001: /],
    ],
    [
      'inputs that are a stream',
      { path: '/run?version=3&userInputs=%7B%7D' },
      [400, 'AiGatewayError', /^7000: /],
    ],
    [
      'no key',
      { headers: { authorization: '' } },
      [401, 'AiGatewayError', /^2009: Authentication error/],
    ],
    ['a wrong key', { headers: { authorization: 'Bearer x' } }, [401, 'AiGatewayError', /^2009: /]],
    ['two keys', { headers: { 'x-api-key': 'x' } }, [401, 'AiGatewayError', /^2009: /]],
  ])('%s', async (_name, asked, [status, name, message]) => {
    const { body } = asked;
    const answer =
      body === undefined
        ? await run(gateway, asked)
        : await sendRaw(`${gateway.url}/run?version=3`, {
            headers: { 'x-api-key': gateway.key, 'cf-consn-model-id': SONNET },
            body,
          });
    expect(refusedAs(answer)).toEqual([status, name, expect.stringMatching(message)]);
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['x-api-key', 'x-api-key', {}],
    ['cf-aig-authorization', 'cf-aig-authorization', {}],
  ])('the key may stand in %s', async (_name, header) => {
    const value = header === 'x-api-key' ? gateway.key : `Bearer ${gateway.key}`;
    const answer = await sendRaw(`${gateway.url}/run?version=3`, {
      headers: { [header]: value, 'cf-consn-model-id': SONNET },
      body: JSON.stringify({ inputs: plainInputs, options: {} }),
    });
    expect(resultIn(answer).model).toBe('claude-sonnet-4-6');
  });

  const unserved = unservedRoutes.map(
    ({ method, path, why }) => [method === ANY_METHOD ? 'PUT' : method, path, why] as const,
  );

  test.each(unserved)('%s %s says that it is not served', async (method, path, why) => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    const headers: Record<string, string> = path === '/run' ? upgrade : {};
    const target = path.replaceAll(/\{[a-z]+…?\}/g, 'some-id');
    const answer = await sendRaw(`${gateway.url}${target}`, { method, headers });
    const { name, message } = thrownOf(answer);
    expect([answer.status, message]).toEqual([400, `7000: ${why}`]);
    // Whatever is not of the account's API is of the binding's, whose errors have a name.
    expect(name).toBe(path.startsWith('/client/') ? 'InferenceUpstreamError' : 'AiGatewayError');
  });

  test('a path that nobody knows is a 404 with a number, and another method a 405', async () => {
    const unknown = await sendRaw(`${gateway.url}/ai-gateway/nope`);
    expect(refusedAs(unknown)).toEqual([404, 'AiError', '7003: Not Found']);
    const wrong = await sendRaw(`${gateway.url}/ai-gateway/run`);
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST']);
  });
});
