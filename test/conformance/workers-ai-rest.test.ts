import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatCompletion } from '../../src/chat-form/chat-response.ts';
import type { Message } from '../../src/messages/response.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { eventsIn } from '../support/read-stream.ts';
import { SONNET, expectSeedOutput, plainInputs, runOverRest } from '../support/run-workers-ai.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The account's API in front of the emulator; Workers reference §2, §7 R. Its catalog is tested by itself. */

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway.stop();
});

interface Envelope {
  readonly result: unknown;
  readonly success: boolean;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly messages: readonly unknown[];
}

const envelopeIn = ({ body }: RawAnswer): Envelope => JSON.parse(body.toString()) as Envelope;

function expectResult(answer: RawAnswer): void {
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
  const { result, ...rest } = envelopeIn(answer);
  expect(rest).toEqual({ success: true, errors: [], messages: [] });
  expect(result).toMatchObject({ type: 'message', gatewayMetadata: { keySource: 'Unified' } });
  expectSeedOutput(result);
}

function expectRefused(answer: RawAnswer, status: number, code: number, text: string): void {
  const { result, success, errors, messages } = envelopeIn(answer);
  expect([answer.status, result, success, messages]).toEqual([status, null, false, []]);
  expect(errors).toEqual([{ code, message: expect.stringContaining(text) as string }]);
}

const withOptions = { ...plainInputs, options: { rejectIfBusy: true } };

describe('runs', () => {
  test.each<[string, string, unknown]>([
    ['W-R03 a body that names the model', '/run', { model: SONNET, input: plainInputs }],
    ['W-R03 with options', '/run', { model: SONNET, input: plainInputs, options: {} }],
    ['W-R04 a path that names it', `/run/${SONNET}`, plainInputs],
    ['W-R04 with an escaped slash', `/run/${SONNET.replace('/', '%2F')}`, plainInputs],
    ['W-R04 with options in the body', `/run/${SONNET}`, withOptions],
    ['with options in the query', `/run/${SONNET}?rejectIfBusy=true`, plainInputs],
    ['W-R12 dashes in the name', '/run/anthropic/claude-sonnet-4-6', plainInputs],
    [
      'W-R12 dashes in the body',
      '/run',
      { model: 'anthropic/claude-sonnet-4-6', input: plainInputs },
    ],
  ])('%s', async (_name, path, body) => {
    expectResult(await runOverRest(gateway, path, body));
  });

  test('any account stands for the key’s own', async () => {
    const answer = await sendRaw(`${gateway.url}/client/v4/accounts/0123abcd/ai/run/${SONNET}`, {
      headers: { authorization: `Bearer ${gateway.key}` },
      body: JSON.stringify(plainInputs),
    });
    expectResult(answer);
  });

  test('a stream is not in the envelope', async () => {
    const body = { ...plainInputs, stream: true };
    const answer = await runOverRest(gateway, `/run/${SONNET}`, body);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(eventsIn(answer.body.toString()).at(-1)).toEqual({ type: 'message_stop' });
  });

  test.each<[string, string, unknown, readonly [number, number, string]]>([
    ['an unknown model', '/run/anthropic/nope', plainInputs, [404, 7003, 'Model not found']],
    ['a hosted model', '/run/@cf/nope', plainInputs, [400, 5007, 'No such model @cf/nope or task']],
    [
      'inputs that do not fit',
      `/run/${SONNET}`,
      {},
      [400, 7003, 'Invalid value at messages: required'],
    ],
    ['only options', `/run/${SONNET}`, { options: {} }, [400, 7003, 'Invalid value at messages']],
    ['no model', '/run', { input: {} }, [400, 7003, 'Invalid value at model']],
    [
      'a model that is none',
      '/run',
      { model: 1, input: {} },
      [400, 7003, 'Invalid value at model'],
    ],
    ['no input', '/run', { model: SONNET }, [400, 7003, 'Invalid value at input: required']],
    ['no object', '/run', [], [400, 7003, 'Invalid value at the top level']],
    [
      'the model’s side',
      `/run/${SONNET}`,
      { ...plainInputs, messages: [] },
      [400, 8001, 'messages'],
    ],
    [
      'a queue',
      `/run/${SONNET}`,
      { ...plainInputs, options: { queueRequest: true } },
      [400, 7003, 'queueRequest'],
    ],
    ['a form that is not served', '/v1/responses', {}, [400, 7000, 'Responses form']],
    ['a path that nobody knows', '/nope', {}, [404, 7003, 'Not Found']],
  ])('%s is refused in the envelope', async (_name, path, body, refused) => {
    expectRefused(await runOverRest(gateway, path, body), ...refused);
  });

  test('what is no JSON is refused in the envelope', async () => {
    const answer = await sendRaw(`${gateway.url}/client/v4/accounts/a/ai/run/${SONNET}`, {
      headers: { authorization: `Bearer ${gateway.key}` },
      body: '{"messages":',
    });
    expectRefused(answer, 400, 5006, 'not valid JSON');
  });
});

const paths = [`/run/${SONNET}`, '/run', '/v1/messages', '/v1/chat/completions'] as const;
const bodyFor = (path: string): object =>
  path === '/run' ? { model: SONNET, input: plainInputs } : { model: SONNET, ...plainInputs };

describe.each(paths)('what %s asks of its caller', (path) => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['no credential', {}],
    ['a wrong one', { authorization: 'Bearer x' }],
    ['one that is none', { authorization: 'Basic eDp5' }],
    ['a wrong key', { 'x-api-key': 'x' }],
  ])('W-R06 %s', async (_name, headers) => {
    const answer = await runOverRest(gateway, path, bodyFor(path), headers);
    expectRefused(answer, 401, 10_000, 'Authentication error');
  });

  test('W-R08 a gateway that is there', async () => {
    const own = { authorization: `Bearer ${gateway.key}` };
    const nope = { ...own, 'cf-aig-gateway-id': 'nope' };
    expectRefused(await runOverRest(gateway, path, bodyFor(path), nope), 400, 2001, 'nope');
    const there = { ...own, 'cf-aig-gateway-id': 'default' };
    expect((await runOverRest(gateway, path, bodyFor(path), there)).status).toBe(200);
  });

  test('an event’s id comes back, and the request has one', async () => {
    const headers = { authorization: `Bearer ${gateway.key}`, 'cf-aig-event-id': 'E' };
    const answer = await runOverRest(gateway, path, bodyFor(path), headers);
    expect(answer.headers['cf-aig-event-id']).toBe('E');
    expect(answer.headers['cf-ai-req-id']).toMatch(/^req_\w{24}$/);
  });
});

describe('the Messages form', () => {
  test('W-R01 needs no version, and answers without an envelope', async () => {
    const answer = await runOverRest(gateway, '/v1/messages', { model: SONNET, ...plainInputs });
    const message = JSON.parse(answer.body.toString()) as Message;
    expect([answer.status, message.type, message.model]).toEqual([
      200,
      'message',
      'claude-sonnet-4-6',
    ]);
    expect(answer.headers['x-quatrain-edits']).toBe('model-renamed');
  });

  test('W-R02 streams', async () => {
    const body = { model: SONNET, ...plainInputs, stream: true };
    const answer = await runOverRest(gateway, '/v1/messages', body);
    expect(answer.headers['content-type']).toContain('text/event-stream');
    expect(eventsIn(answer.body.toString()).at(0)?.type).toBe('message_start');
  });

  test('W-R07 takes a key in x-api-key, and the path that the SDK makes of its base URL', async () => {
    const key = { 'x-api-key': gateway.key };
    const body = { model: 'anthropic/claude-sonnet-4-6', ...plainInputs };
    for (const path of ['/v1/messages', '/v1/v1/messages']) {
      const answer = await runOverRest(gateway, path, body, key);
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });

  test('counts tokens at both paths, by any name of the model', async () => {
    const { max_tokens: _, ...asked } = plainInputs;
    for (const path of ['/v1/messages/count_tokens', '/v1/v1/messages/count_tokens']) {
      const answer = await runOverRest(gateway, path, { model: SONNET, ...asked });
      const counted = JSON.parse(answer.body.toString()) as { readonly input_tokens: number };
      expect([path, answer.status]).toEqual([path, 200]);
      expect(counted.input_tokens).toBeGreaterThan(0);
      expect(answer.headers['cf-aig-log-id']).toBeDefined();
    }
    const refused = await runOverRest(gateway, '/v1/messages/count_tokens', { messages: [] });
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      type: 'error',
      success: false,
      errors: [{ code: 7003 }],
    });
  });

  test('errors of the gateway can be read in both forms', async () => {
    const answer = await runOverRest(gateway, '/v1/messages', { messages: [] });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'model: Field required' },
      request_id: answer.headers['request-id'],
      success: false,
      errors: [{ code: 7003, message: 'model: Field required' }],
    });
  });

  test('the SDK of that form works with the account’s base URL', async () => {
    const client = new Anthropic({
      baseURL: `${gateway.url}/client/v4/accounts/a/ai/v1`,
      apiKey: gateway.key,
      maxRetries: 0,
    });
    const asked = {
      model: SONNET,
      max_tokens: 5,
      messages: [{ role: 'user', content: 'hi' }],
    } as const;
    const message = await client.messages.create({ ...asked, messages: [...asked.messages] });
    expect(message.usage.output_tokens).toBe(5);
    const wrong = new Anthropic({ baseURL: client.baseURL, apiKey: 'x', maxRetries: 0 });
    const refused = wrong.messages.create({ ...asked, messages: [...asked.messages] });
    await expect(refused).rejects.toThrow(Anthropic.AuthenticationError);
  });
});

describe('Chat Completions', () => {
  test('W-R05 answers in its form, with its usage', async () => {
    const body = { model: SONNET, messages: plainInputs['messages'], max_tokens: 5 };
    const answer = await runOverRest(gateway, '/v1/chat/completions', body);
    const { object, usage } = JSON.parse(answer.body.toString()) as ChatCompletion;
    expect([answer.status, object]).toEqual([200, 'chat.completion']);
    expect(usage).toMatchObject({
      completion_tokens: 5,
      prompt_tokens: expect.any(Number) as number,
    });
  });

  test('errors of the gateway can be read in both forms', async () => {
    const answer = await runOverRest(gateway, '/v1/chat/completions', { model: SONNET });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: { type: 'invalid_request_error', param: 'messages' },
      success: false,
      errors: [{ code: 7003 }],
    });
  });
});
