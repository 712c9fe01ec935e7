import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { becomesSo } from '../support/own-time.ts';
import { sendRaw } from '../support/post.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import type { TwoGateways } from '../support/start-two-gateways.ts';
import { startTwoGateways } from '../support/start-two-gateways.ts';

/** A gateway in front of a gateway: Messages in, Chat Completions between them, the emulator behind. */

const model = 'claude-sonnet-4-6';
const hello: Anthropic.MessageCreateParamsNonStreaming = {
  model,
  max_tokens: 2000,
  messages: [{ role: 'user', content: 'Hello, Claude' }],
};
const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
    required: ['city'],
  },
};
const asking: Anthropic.MessageCreateParamsNonStreaming = {
  ...hello,
  tools: [weather],
  messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
};
const thinking = { type: 'enabled', budget_tokens: 1024 } as const;

function clientOf({ url, key }: TestGateway): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
}

function openaiOf({ url, key }: TestGateway): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
}

describe('@anthropic-ai/sdk', () => {
  let gateways: TwoGateways;
  let client: Anthropic;
  let direct: Anthropic;
  beforeAll(async () => {
    gateways = await startTwoGateways();
    client = clientOf(gateways.front);
    direct = clientOf(gateways.back);
  });
  afterAll(() => gateways.stop());

  const image: Anthropic.ImageBlockParam = {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: pngOf(300, 200) },
  };
  const pdf: Anthropic.DocumentBlockParam = {
    type: 'document',
    title: 'a.pdf',
    source: { type: 'base64', media_type: 'application/pdf', data: pdfOf(2) },
  };
  const text: Anthropic.DocumentBlockParam = {
    type: 'document',
    title: 'a.txt',
    source: { type: 'text', media_type: 'text/plain', data: 'A short text.' },
  };

  test.each<readonly [string, Partial<Anthropic.MessageCreateParamsNonStreaming>]>([
    ['words', {}],
    ['a system prompt', { system: 'Be brief.' }],
    [
      'a system prompt in parts',
      {
        system: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ],
    [
      'a picture',
      { messages: [{ role: 'user', content: [image, { type: 'text', text: 'See?' }] }] },
    ],
    [
      'documents',
      { messages: [{ role: 'user', content: [pdf, text, { type: 'text', text: 'See?' }] }] },
    ],
    [
      'a conversation',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: 'c' },
        ],
      },
    ],
    ['tools', { tools: [weather], tool_choice: { type: 'tool', name: 'get_weather' } }],
    ['thinking', { thinking }],
    ['a stop', { stop_sequences: ['emulat'] }],
    ['a short answer', { max_tokens: 5 }],
    [
      'a schema',
      {
        output_config: {
          effort: 'low',
          format: {
            type: 'json_schema',
            schema: {
              type: 'object',
              properties: { a: { type: 'integer' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        },
      },
    ],
  ])('%s: the same answer as without a gateway between', async (_name, change) => {
    const request = { ...hello, ...change };
    const [through, wanted] = await Promise.all([
      client.messages.create(request),
      direct.messages.create(request),
    ]);
    expect(through.usage.input_tokens).toBe(wanted.usage.input_tokens);
    expect(through).toMatchObject({
      model,
      type: 'message',
      stop_reason: wanted.stop_reason,
      stop_sequence: wanted.stop_sequence,
    });
    expect(through.content.map(({ type }) => type)).toEqual(wanted.content.map(({ type }) => type));
  });

  test('a stream gives what one piece gives', async () => {
    const request = { ...asking, thinking };
    const whole = await client.messages.create(request);
    const stream = client.messages.stream(request);
    const events: string[] = [];
    stream.on('streamEvent', ({ type }) => events.push(type));
    const final = await stream.finalMessage();
    expect(final.content).toEqual(whole.content);
    expect(final.stop_reason).toBe('tool_use');
    expect(final.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
    expect([events[0], events.at(-1)]).toEqual(['message_start', 'message_stop']);
    expect(events.filter((type) => type === 'content_block_start')).toHaveLength(
      whole.content.length,
    );
  });

  describe('thinking in a tool loop', () => {
    async function answered(
      change: (block: Anthropic.ContentBlock) => Anthropic.ContentBlockParam,
    ): Promise<Anthropic.Message> {
      const request = { ...asking, thinking };
      const first = await client.messages.create(request);
      const called = first.content.find((block) => block.type === 'tool_use');
      expect(first.content[0]).toMatchObject({
        type: 'thinking',
        signature: expect.stringMatching(/.{20}/) as string,
      });
      const result: Anthropic.ToolResultBlockParam = {
        type: 'tool_result',
        tool_use_id: called?.id ?? '',
        content: [{ type: 'text', text: '18 °C' }, image],
      };
      return client.messages.create({
        ...request,
        messages: [
          ...request.messages,
          { role: 'assistant', content: first.content.map((block) => change(block)) },
          { role: 'user', content: [result, { type: 'text', text: 'Well?' }] },
        ],
      });
    }

    test('comes back as it was', async () => {
      const last = await answered((block) => block);
      expect(last.stop_reason).toBe('end_turn');
    });

    test('is refused where it was touched', async () => {
      const touched = answered((block) =>
        block.type === 'thinking' ? { ...block, thinking: `${block.thinking}!` } : block,
      );
      await expect(touched).rejects.toThrow(/cannot be modified/);
    });
  });

  test('tokens are counted as they are behind', async () => {
    const { max_tokens: _bound, ...counted } = asking;
    expect(await client.messages.countTokens(counted)).toEqual(
      await direct.messages.countTokens(counted),
    );
  });

  test('the models are those behind', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list({ limit: 2 })) ids.push(id);
    expect(ids).toContain(model);
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, type: 'model' });
  });

  test.each<readonly [string, object, RegExp]>([
    ['what the other side refuses', { temperature: 1.5 }, /temperature/],
    ['what it cannot be told', { container: 'container_1' }, /container: .*no equivalent/],
  ])('400: %s', async (_name, change, message) => {
    const failed = client.messages.create({ ...hello, ...change });
    await expect(failed).rejects.toThrow(Anthropic.BadRequestError);
    await expect(failed).rejects.toThrow(message);
  });

  test('what was used is in the log of both', async () => {
    const { usage } = await client.messages.create(hello);
    const logged = (gateway: TestGateway): unknown => readRequestLog(gateway.dataDir).at(-1);
    const row = { input_tokens: usage.input_tokens, output_tokens: usage.output_tokens };
    for (const gateway of [gateways.front, gateways.back]) {
      await expect
        .poll(() => logged(gateway), { timeout: 10_000 })
        .toMatchObject({ ...row, usage_is_final: 1, status: 200 });
    }
  });
});

describe('what goes wrong behind', () => {
  test('429 with its time, then an answer', async () => {
    const faults =
      'emulator: { faults: [{ error: rate_limit_error, times: 1, retry_after_ms: 7000 }] }\n';
    const gateways = await startTwoGateways(faults);
    try {
      const client = clientOf(gateways.front);
      const failed = client.messages.create(hello);
      await expect(failed).rejects.toThrow(Anthropic.RateLimitError);
      await expect(failed).rejects.toMatchObject({ status: 429 });
      const { headers } = (await failed.catch((error: unknown) => error)) as { headers: Headers };
      expect(headers.get('retry-after')).toBe('7');
      expect((await client.messages.create(hello)).stop_reason).toBe('end_turn');
    } finally {
      await gateways.stop();
    }
  });

  test('an error in the midst of a stream is an event', async () => {
    const faults =
      'emulator: { faults: [{ error: overloaded_error, times: 1, after_events: 4 }] }\n';
    const gateways = await startTwoGateways(faults);
    try {
      const stream = clientOf(gateways.front).messages.stream(hello);
      await expect(stream.finalMessage()).rejects.toThrow(/overloaded/i);
    } finally {
      await gateways.stop();
    }
  });

  test('an abort reaches the other side', async () => {
    const gateways = await startTwoGateways('emulator: { tokens_per_second: 20 }\n');
    try {
      const stream = clientOf(gateways.front).messages.stream(hello);
      stream.on('text', () => {
        stream.abort();
      });
      await expect(stream.finalMessage()).rejects.toThrow(Anthropic.APIUserAbortError);
      for (const { adminUrl } of [gateways.front, gateways.back]) {
        const inFlight = async (): Promise<string | undefined> =>
          /^quatrain_requests_in_flight (\d+)/m.exec(
            await (await fetch(`${adminUrl}/metrics`)).text(),
          )?.[1];
        expect(await becomesSo(async () => (await inFlight()) === '0', 1500)).toBe(true);
      }
    } finally {
      await gateways.stop();
    }
  });
});

describe('openai, on the verbatim lane', () => {
  let gateways: TwoGateways;
  beforeAll(async () => {
    gateways = await startTwoGateways();
  });
  afterAll(() => gateways.stop());

  const messages = [{ role: 'user' as const, content: 'Hello, Claude' }];
  const request = { model: 'anthropic/claude-sonnet-4.6', messages };

  /** Without what is new in every answer. */
  const steady = (body: string): string =>
    body
      .replaceAll(/chatcmpl-[A-Za-z0-9]{29}/g, 'chatcmpl-x')
      .replaceAll(/"created":\d+/g, '"created":0');

  async function raw(gateway: TestGateway, body: object): Promise<string> {
    const answer = await sendRaw(`${gateway.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([answer.status, answer.headers['x-quatrain-edits']]).toEqual([200, undefined]);
    return steady(answer.body.toString());
  }

  test.each<readonly [string, object]>([
    ['one piece', request],
    ['a stream with usage', { ...request, stream: true, stream_options: { include_usage: true } }],
    [
      'tools',
      {
        ...request,
        tools: [{ type: 'function', function: { name: 'f', parameters: weather.input_schema } }],
        tool_choice: 'required',
      },
    ],
  ])('%s: the bytes of the other side', async (_name, body) => {
    expect(await raw(gateways.front, body)).toBe(await raw(gateways.back, body));
  });

  test('the client understands both of them', async () => {
    const [through, direct] = await Promise.all(
      [gateways.front, gateways.back].map((gateway) =>
        openaiOf(gateway).chat.completions.create(request),
      ),
    );
    expect(through?.choices).toEqual(direct?.choices);
    expect(through?.usage).toEqual(direct?.usage);
  });

  test('errors of the other side', async () => {
    const client = openaiOf(gateways.front);
    const failed = client.chat.completions.create({ ...request, max_tokens: -1 });
    await expect(failed).rejects.toThrow(OpenAI.BadRequestError);
  });

  test('translated there and back, it is the same answer', async () => {
    const translating = await startTwoGateways('', '    verbatim: false\n');
    try {
      const [through, direct] = await Promise.all([
        openaiOf(translating.front).chat.completions.create(request),
        openaiOf(gateways.back).chat.completions.create(request),
      ]);
      expect(through.choices[0]?.message.content).toBe(direct.choices[0]?.message.content);
      expect(through.usage).toEqual(direct.usage);
    } finally {
      await translating.stop();
    }
  });
});
