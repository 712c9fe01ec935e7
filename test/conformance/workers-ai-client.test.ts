import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WorkersAi } from '../../clients/workers-ai/workers-ai.ts';
import { createAI, headOf } from '../../clients/workers-ai/workers-ai.ts';
import type { RecordingServer } from '../support/recording-server.ts';
import { startRecordingServer } from '../support/recording-server.ts';

/**
 * What `quatrain/workers-ai` sends and what it makes of the answers, over real sockets. The numbers
 * are those of the Workers reference §7.
 */

const model = 'anthropic/claude-sonnet-4.6';
const messages = [{ role: 'user' as const, content: 'hi' }];
const inputs = { messages, max_tokens: 5 };
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'hi' }],
  model: 'claude-sonnet-4-6',
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
};
const json = { 'content-type': 'application/json' };
const gateway = { id: 'default' };

let server: RecordingServer;
let ai: WorkersAi;
beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.answerWith({ headers: json, body: message });
  ai = createAI({ baseURL: server.url, apiKey: 'key' });
});

const thrownBy = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not throw an error');
};

describe('a run', () => {
  test('W-B01 with a gateway goes to the gateway', async () => {
    expect(await ai.run(model, inputs, { gateway })).toEqual(message);
    expect(server.request).toMatchObject({
      method: 'POST',
      path: '/ai-gateway/run',
      query: { version: '3' },
      headers: {
        ...json,
        authorization: 'Bearer key',
        'cf-consn-model-id': model,
        'cf-consn-sdk-version': '2.0.0',
      },
    });
    expect(JSON.parse(server.request.body)).toEqual({ inputs, options: { gateway } });
  });

  test('W-B02 without options goes to the plain route', async () => {
    expect(await ai.run(model, inputs)).toEqual(message);
    expect(server.request).toMatchObject({ path: '/run', query: { version: '3' } });
    expect(server.request.body).toBe(JSON.stringify({ inputs, options: {} }));
  });

  test('W-B03 with an empty gateway id goes to the plain route and says so', async () => {
    await ai.run(model, inputs, { gateway: { id: '' } });
    expect(server.request.path).toBe('/run');
    expect(JSON.parse(server.request.body)).toEqual({ inputs, options: { gateway: { id: '' } } });
  });

  test('W-B04 a stream comes back as one', async () => {
    const body = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
    server.answerWith({ headers: { 'content-type': 'text/event-stream' }, body });
    const stream = await ai.run(model, { ...inputs, stream: true });
    expect(stream).toBeInstanceOf(ReadableStream);
    expect(await new Response(stream).text()).toBe(body);
  });

  test.each([
    ['W-B05', 'application/json', false],
    ['W-B06', 'application/json; charset=utf-8', true],
    ['W-B06', 'Application/JSON', true],
    ['W-B06', 'image/png', true],
  ])('%s the type %s: a stream is %s', async (_number, type, isStream) => {
    server.answerWith({ headers: { 'content-type': type }, body: message });
    const result: unknown = await ai.run(model, inputs);
    expect(result instanceof ReadableStream).toBe(isStream);
  });

  test('W-B07 raw: a refusal is a Response and not thrown', async () => {
    server.answerWith({ status: 400, headers: json, body: { internalCode: 7003 } });
    const response = await ai.run(model, inputs, { returnRawResponse: true });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ internalCode: 7003 });
    expect(ai.lastRequestHttpStatusCode).toBe(400);
    expect(ai.lastRequestInternalStatusCode).toBeNull();
  });

  test('W-B24 extra headers are sent, and the fixed ones stay', async () => {
    const extraHeaders = {
      'x-a': 'b',
      'cf-aig-zdr': 'true',
      'Content-Type': 'x/y',
      'cf-consn-model-id': 'other',
      authorization: 'Bearer other',
    };
    const sessionOptions = { extraHeaders: { 'x-a': 'older', 'x-session': 's' } };
    await ai.run(model, inputs, { extraHeaders, sessionOptions });
    expect(server.request.headers).toMatchObject({
      'x-a': 'b',
      'x-session': 's',
      'cf-aig-zdr': 'true',
      'content-type': 'application/json',
      'cf-consn-model-id': model,
      authorization: 'Bearer key',
    });
  });

  test('W-B25 a prefix stands before the model, and what is for the client is not sent', async () => {
    const { signal } = new AbortController();
    const options = { prefix: 'pp', signal, extraHeaders: {}, sessionOptions: {}, example: 123 };
    await ai.run(model, inputs, options);
    expect(server.request.headers['cf-consn-model-id']).toBe(`pp:${model}`);
    expect(JSON.parse(server.request.body)).toEqual({ inputs, options: { example: 123 } });
  });

  test("a model's name that is not ASCII arrives as UTF-8", async () => {
    await ai.run('anthropic/clàude-猫', inputs);
    expect(server.request.headers['cf-consn-model-id']).toBe('anthropic/clàude-猫');
  });

  test('a bigint cannot be sent', async () => {
    const metadata = { count: 1n };
    const error = await thrownBy(ai.run(model, inputs, { gateway: { ...gateway, metadata } }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('BigInt');
    expect(server.requests).toEqual([]);
  });
});

describe('refusals', () => {
  test.each([
    {
      number: 'W-B19',
      body: { internalCode: 1001, name: 'InvalidInput', description: 'd' },
      name: 'InvalidInput',
      message: '1001: d',
      internal: 1001,
    },
    {
      number: 'W-B19 without a name',
      body: { internalCode: 1001, description: 'd' },
      name: 'InferenceUpstreamError',
      message: '1001: d',
      internal: 1001,
    },
    {
      number: 'W-B20',
      body: { errors: [{ code: 2009, message: 'Unauthorized' }] },
      name: 'InferenceUpstreamError',
      message: '2009: Unauthorized',
      internal: null,
    },
    {
      number: 'W-B21',
      body: 'Bad gateway, says the proxy',
      name: 'InferenceUpstreamError',
      message: 'Bad gateway, says the proxy',
      internal: null,
    },
    {
      number: 'W-B21 with errors of another form',
      body: '{"success":false,"error":[{"code":2009}]}',
      name: 'InferenceUpstreamError',
      message: '{"success":false,"error":[{"code":2009}]}',
      internal: null,
    },
  ])('$number: $message', async ({ body, name, message, internal }) => {
    server.answerWith({ status: 502, headers: { ...json, 'retry-after': '7' }, body });
    const error = await thrownBy(ai.run(model, inputs));
    expect(error.constructor.name).toBe('InferenceUpstreamError');
    expect({ name: error.name, message: error.message }).toEqual({ name, message });
    expect(ai.lastRequestInternalStatusCode).toBe(internal);
    expect(ai.lastRequestHttpStatusCode).toBe(502);
    expect(error).toMatchObject({ status: 502, headers: expect.any(Headers) as Headers });
    expect(Object.keys(error)).toEqual(['name']);
  });

  test('the code of the latest coded refusal stays when a run succeeds', async () => {
    server.answerWith({ status: 400, headers: json, body: { internalCode: 7003 } });
    expect(await thrownBy(ai.run(model, inputs))).toMatchObject({ code: 7003 });
    server.answerWith({ headers: json, body: message });
    await ai.run(model, inputs);
    expect(ai.lastRequestInternalStatusCode).toBe(7003);
  });

  test('W-B22 an answer without a body is an error without a message', async () => {
    server.answerWith({ status: 204 });
    const error = await thrownBy(ai.run(model, inputs));
    expect({ name: error.name, message: error.message }).toEqual({
      name: 'InferenceUpstreamError',
      message: '',
    });
  });

  test('JSON that is broken is a SyntaxError', async () => {
    server.answerWith({ headers: json, body: '{"id":' });
    expect(await thrownBy(ai.run(model, inputs))).toBeInstanceOf(SyntaxError);
  });

  test('a gateway that does not answer is named', async () => {
    const gone = await startRecordingServer();
    await gone.stop();
    const error = await thrownBy(createAI({ baseURL: gone.url, apiKey: 'k' }).run(model, inputs));
    expect(error.name).toBe('AiInternalError');
    expect(error.message).toContain(`No gateway answers at ${gone.url}`);
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});

describe('the head of an answer', () => {
  test('W-B23 is shown on the object, and null where it is silent', async () => {
    server.answerWith({
      headers: { ...json, 'cf-aig-log-id': 'L', 'cf-ai-req-id': 'R' },
      body: message,
    });
    const first = await ai.run(model, inputs);
    expect(ai).toMatchObject({
      aiGatewayLogId: 'L',
      lastRequestId: 'R',
      lastRequestHttpStatusCode: 200,
    });
    server.answerWith({ headers: json, body: message });
    await ai.run(model, inputs);
    expect(ai).toMatchObject({ aiGatewayLogId: null, lastRequestId: null });
    expect(headOf(first)).toMatchObject({ status: 200, logId: 'L', requestId: 'R' });
  });

  test('W-B37 runs at once each have their own', async () => {
    let count = 0;
    const numbered = createAI({
      baseURL: server.url,
      apiKey: 'key',
      fetch: async (input, init) => {
        count += 1;
        const logId = `log-${String(count)}`;
        const response = await fetch(input, init);
        return new Response(response.body, { headers: { ...json, 'cf-aig-log-id': logId } });
      },
    });
    const raw = { returnRawResponse: true } as const;
    const [first, second, third] = await Promise.all([
      numbered.run(model, inputs, raw),
      numbered.run(model, inputs, raw),
      numbered.run(model, inputs),
    ]);
    expect(first.headers.get('cf-aig-log-id')).toBe('log-1');
    expect(second.headers.get('cf-aig-log-id')).toBe('log-2');
    expect([first, second, third].map((result) => headOf(result)?.logId)).toEqual([
      'log-1',
      'log-2',
      'log-3',
    ]);
  });
});

describe('W-B26 a signal', () => {
  test('that is aborted already sends nothing', async () => {
    const error = await thrownBy(ai.run(model, inputs, { signal: AbortSignal.abort() }));
    expect(error.name).toBe('AbortError');
    expect(server.requests).toEqual([]);
  });
});

describe('a stream as an input', () => {
  const stream = (): ReadableStream<Uint8Array> => new Blob(['abc']).stream();

  test('W-B28 is the body, and all else the query', async () => {
    const audio = { body: stream(), contentType: 'audio/mpeg' };
    const asked = { audio, detect_language: true };
    await ai.run('@cf/openai/whisper', asked, { tags: ['a', 'b'], rejectIfBusy: true });
    expect(server.request).toMatchObject({
      method: 'POST',
      path: '/run',
      headers: { 'content-type': 'audio/mpeg', 'cf-consn-model-id': '@cf/openai/whisper' },
      body: 'abc',
    });
    expect(Object.entries(server.request.query)).toEqual([
      ['tags', 'a,b'],
      ['rejectIfBusy', 'true'],
      ['version', '3'],
      ['userInputs', '{"detect_language":true}'],
    ]);
  });

  test.each([
    {
      name: 'with a gateway',
      asked: { a: { body: stream(), contentType: 'x/y' } },
      options: { gateway },
      said: 'AI Gateway does not support ReadableStreams yet.',
    },
    {
      name: 'without a type',
      asked: { a: { body: stream() } },
      options: {},
      said: 'Content-Type is required with ReadableStream inputs',
    },
    {
      name: 'bare',
      asked: { a: new FormData() },
      options: {},
      said: 'Content-Type is required with ReadableStream inputs',
    },
    {
      name: 'beside another',
      asked: { a: stream(), n: 1, b: { body: new FormData() } },
      options: {},
      said: 'Multiple ReadableStreams are not supported. Found streams in keys: [a, b]',
    },
  ])('W-B27 $name is refused before anything is sent', async ({ asked, options, said }) => {
    const error = await thrownBy(ai.run('@cf/openai/whisper', asked, options));
    expect({ name: error.name, message: error.message }).toEqual({
      name: 'AiInternalError',
      message: said,
    });
    expect(server.requests).toEqual([]);
  });

  test('has no gateway by default', async () => {
    const withDefault = createAI({ baseURL: server.url, apiKey: 'key', gateway: 'g' });
    await withDefault.run('@cf/openai/whisper', { a: { body: stream(), contentType: 'x/y' } });
    expect(server.request).toMatchObject({ path: '/run', body: 'abc' });
  });
});

describe('a WebSocket', () => {
  test('W-B29 is asked for by an upgrade of the plain route', async () => {
    const asked: Request[] = [];
    const upgrading = createAI({
      baseURL: server.url,
      apiKey: 'key',
      fetch: async (input, init) => {
        asked.push(new Request(input, init));
        return new Response(null, { status: 426 });
      },
    });
    const response = await upgrading.run(model, inputs, { websocket: true, gateway });
    expect(response.status).toBe(426);
    expect(asked[0]?.method).toBe('GET');
    expect(asked[0]?.headers.get('upgrade')).toBe('websocket');
    expect(asked[0]?.headers.has('content-type')).toBe(false);
    const { pathname, searchParams } = new URL(asked[0]?.url ?? '');
    expect(pathname).toBe('/run');
    expect(searchParams.get('version')).toBe('3');
    expect(JSON.parse(searchParams.get('body') ?? '')).toEqual({
      inputs,
      options: { websocket: true, gateway },
    });
  });

  test('that this fetch cannot ask for is refused in words', async () => {
    const error = await thrownBy(ai.run(model, inputs, { websocket: true }));
    expect(error.name).toBe('AiInternalError');
    expect(error.message).toContain('cannot open a WebSocket');
  });
});
