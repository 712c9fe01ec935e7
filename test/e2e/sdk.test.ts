import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { becomesSo } from '../support/own-time.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The official SDK over a real socket, gateway and emulator behind it. */

const model = 'claude-sonnet-4-6';
const hello = {
  model,
  max_tokens: 256,
  messages: [{ role: 'user' as const, content: 'Hello, Claude' }],
};

function clientOf(
  gateway: TestGateway,
  more: { maxRetries?: number; apiKey?: string } = {},
): Anthropic {
  return new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0, ...more });
}

describe('@anthropic-ai/sdk', () => {
  let gateway: TestGateway;
  let client: Anthropic;
  beforeAll(async () => {
    gateway = await startTestGateway();
    client = clientOf(gateway);
  });
  afterAll(() => gateway.stop());

  test('#1 create', async () => {
    const { data, response } = await client.messages.create(hello).withResponse();
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      model,
      stop_reason: 'end_turn',
      stop_sequence: null,
    });
    expect(data.content[0]).toMatchObject({
      type: 'text',
      text: expect.stringMatching(/emulat/i) as string,
    });
    expect(JSON.stringify(data.content)).toContain('Hello, Claude');
    expect(data.usage.input_tokens).toBeGreaterThan(0);
    expect(response.headers.get('request-id')).toMatch(/^req_/);
  });

  test('#135 #136 stream and finalMessage give what create gives', async () => {
    const whole = await client.messages.create(hello);
    const stream = client.messages.stream(hello);
    const events: string[] = [];
    let text = '';
    stream.on('streamEvent', (event) => events.push(event.type));
    stream.on('text', (delta) => {
      text += delta;
    });
    const final = await stream.finalMessage();
    expect(final.content).toEqual(whole.content);
    expect(final.usage).toEqual(whole.usage);
    expect(final.stop_reason).toBe(whole.stop_reason);
    expect(final.content[0]).toMatchObject({ type: 'text', text });
    expect(events.slice(0, 2)).toEqual(['message_start', 'content_block_start']);
    expect(events.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
  });

  test('same request, same answer', async () => {
    const [first, second] = [
      await client.messages.create(hello),
      await client.messages.create(hello),
    ];
    expect(first).toEqual(second);
  });

  test('#43 max_tokens', async () => {
    const message = await client.messages.create({ ...hello, max_tokens: 5 });
    expect(message.stop_reason).toBe('max_tokens');
    expect(message.usage.output_tokens).toBe(5);
  });

  test('#78 #137 tools: arguments satisfy the schema, streamed and not', async () => {
    const tools: Anthropic.Tool[] = [
      {
        name: 'get_weather',
        description: 'Weather of a city',
        input_schema: {
          type: 'object',
          properties: {
            city: { type: 'string' },
            days: { type: 'integer', minimum: 1, maximum: 7 },
          },
          required: ['city', 'days'],
        },
      },
    ];
    const asked = { ...hello, tools, tool_choice: { type: 'tool' as const, name: 'get_weather' } };
    const whole = await client.messages.create(asked);
    expect(whole.stop_reason).toBe('tool_use');
    const call = whole.content.find((block) => block.type === 'tool_use');
    expect(call?.id).toMatch(/^toolu_/);
    expect(call?.input).toEqual({
      city: expect.any(String) as string,
      days: expect.any(Number) as number,
    });
    const final = await client.messages.stream(asked).finalMessage();
    expect(final.content).toEqual(whole.content);
  });

  test('the tool runner runs a tool and comes to an end', async () => {
    const calls: unknown[] = [];
    const add = betaTool({
      name: 'add',
      description: 'Adds two numbers',
      inputSchema: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
      run: ({ a, b }) => {
        calls.push([a, b]);
        return `the sum is ${String(a + b)}`;
      },
    });
    const final = await client.beta.messages.toolRunner({
      ...hello,
      tools: [add],
      messages: [{ role: 'user', content: 'Add 17 and 25' }],
    });
    expect(calls.length).toBeGreaterThan(0);
    expect(final.stop_reason).toBe('end_turn');
    expect(JSON.stringify(final.content)).toContain('the sum is');
  });

  test('#99 thinking comes first and goes back in a tool loop', async () => {
    const asked = {
      ...hello,
      max_tokens: 4096,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
    };
    const message = await client.messages.create(asked);
    expect(message.content[0]).toMatchObject({
      type: 'thinking',
      signature: expect.stringMatching(/.{100}/) as string,
    });
    const next = await client.messages.create({
      ...asked,
      messages: [
        ...asked.messages,
        { role: 'assistant', content: message.content },
        { role: 'user', content: 'Go on' },
      ],
    });
    expect(next.stop_reason).toBe('end_turn');
  });

  test('#148 count_tokens agrees with usage', async () => {
    const counted = await client.messages.countTokens({ model, messages: hello.messages });
    const message = await client.messages.create(hello);
    expect(counted.input_tokens).toBe(message.usage.input_tokens);
  });

  test.each<[string, object, abstract new (...args: never[]) => Error, string]>([
    ['#27 an unknown model', { model: 'sonnet4' }, Anthropic.NotFoundError, 'model: sonnet4'],
    [
      '#32 too many tokens',
      { max_tokens: 64_001, stream: true },
      Anthropic.BadRequestError,
      'max_tokens: 64001 > 64000',
    ],
    [
      '#55 prefill',
      { messages: [...hello.messages, { role: 'assistant', content: 'Sure' }] },
      Anthropic.BadRequestError,
      'does not support assistant message prefill',
    ],
    [
      '#35 an unknown field',
      { foo: 1 },
      Anthropic.BadRequestError,
      'foo: Extra inputs are not permitted',
    ],
  ])('error: %s', async (_name, change, kind, text) => {
    const failure = await client.messages.create({ ...hello, ...change }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(kind);
    const { message, requestID, error } = failure as InstanceType<typeof Anthropic.APIError>;
    expect(message).toContain(text);
    expect(requestID).toMatch(/^req_/);
    expect((error as { request_id: string }).request_id).toBe(requestID);
  });

  test('#3 a wrong key', async () => {
    const stranger = clientOf(gateway, { apiKey: 'sk-ant-wrong' });
    await expect(stranger.messages.create(hello)).rejects.toThrow(Anthropic.AuthenticationError);
  });
});

describe('@anthropic-ai/sdk against faults', () => {
  test.each([
    ['rate_limit_error', Anthropic.RateLimitError],
    ['overloaded_error', Anthropic.InternalServerError],
  ])('%s is retried, and an SDK that does not retry sees its own error', async (error, kind) => {
    const gateway = await startTestGateway(
      `emulator:\n  faults:\n    - { error: ${error}, times: 3, retry_after_ms: 20 }\n`,
    );
    try {
      await expect(clientOf(gateway).messages.create(hello)).rejects.toThrow(kind);
      const message = await clientOf(gateway, { maxRetries: 2 }).messages.create(hello);
      expect(message.stop_reason).toBe('end_turn');
    } finally {
      await gateway.stop();
    }
  });

  test('#142 an error in the middle of a stream reaches the SDK as that error', async () => {
    const gateway = await startTestGateway(
      'emulator:\n  faults:\n    - { error: overloaded_error, times: 1, after_events: 5 }\n',
    );
    try {
      const stream = clientOf(gateway).messages.stream(hello);
      let text = '';
      stream.on('text', (delta) => {
        text += delta;
      });
      await expect(stream.finalMessage()).rejects.toThrow(/Overloaded/);
      expect(text).not.toBe('');
    } finally {
      await gateway.stop();
    }
  });

  test('an error event before any content is a status, so the SDK can retry', async () => {
    const gateway = await startTestGateway(
      'emulator:\n  faults:\n    - { error: overloaded_error, times: 1, after_events: 1 }\n',
    );
    try {
      await expect(clientOf(gateway).messages.stream(hello).finalMessage()).rejects.toMatchObject({
        status: 529,
      });
    } finally {
      await gateway.stop();
    }
  });

  test('#147 abort ends the stream on both sides', async () => {
    const gateway = await startTestGateway('emulator:\n  tokens_per_second: 20\n');
    try {
      const stream = clientOf(gateway).messages.stream(hello);
      stream.on('text', () => {
        stream.abort();
      });
      await expect(stream.finalMessage()).rejects.toThrow(Anthropic.APIUserAbortError);
      const inFlight = async (): Promise<string | undefined> =>
        /^quatrain_requests_in_flight (\d+)/m.exec(
          await (await fetch(`${gateway.adminUrl}/metrics`)).text(),
        )?.[1];
      expect(await becomesSo(async () => (await inFlight()) === '0', 1000)).toBe(true);
    } finally {
      await gateway.stop();
    }
  });
});
