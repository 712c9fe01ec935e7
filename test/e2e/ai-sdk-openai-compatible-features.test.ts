import {
  APICallError,
  generateObject,
  generateText,
  isStepCount,
  Output,
  streamObject,
  streamText,
  tool,
} from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AiSdkConnection } from '../support/ai-sdk-face.ts';
import { collect, failureOf } from '../support/ai-sdk-face.ts';
import { connectCompatible } from '../support/ai-sdk-openai-compatible-face.ts';
import { aiSdkScenarios } from '../support/ai-sdk-scenarios.ts';
import { weather } from '../support/ai-sdk-tools.ts';
import { opening, textDelta } from '../support/event-stream.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What only the Chat Completions provider of the Vercel AI SDK has, and its settings. */

const files = { 's.yaml': aiSdkScenarios };
let gateway: TestGateway;
let connection: AiSdkConnection;
beforeAll(async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  gateway = await startTestGateway('emulator: { scenarios_file: s.yaml }', {}, files);
  connection = connectCompatible(gateway);
});
afterAll(() => gateway.stop());

const model: AiSdkConnection['model'] = (name) => connection.model(name);

describe('@ai-sdk/openai-compatible: objects without a schema on the wire', () => {
  const schema = z.object({ city: z.string(), degrees: z.number() });

  test.each([Output.object({ schema }), Output.json()])(
    'JSON in a fence is read',
    async (output) => {
      const plain = connectCompatible(gateway, {}, { supportsStructuredOutputs: false });
      const asked = { model: plain.model(), prompt: 'Give me JSON', output };
      const whole = await generateText(asked);
      expect(plain.bodies.at(-1)).toMatchObject({ response_format: { type: 'json_object' } });
      expect(whole.output).toEqual({ city: 'Lisbon', degrees: 21 });
      const stream = streamText(asked);
      expect((await collect(stream.partialOutputStream)).at(-1)).toEqual(whole.output);
      expect(await stream.output).toEqual(whole.output);
    },
  );

  test.each<[string, z.ZodType]>([
    ['scalars', schema],
    [
      'arrays',
      z.object({ tags: z.array(z.string()).min(2).max(3), grid: z.array(z.array(z.int())) }),
    ],
    ['choices', z.object({ kind: z.enum(['soup', 'cake']), one: z.literal('one') })],
    [
      'objects in objects',
      z.object({
        author: z.object({ home: schema.nullable() }),
        places: z.array(schema).length(2),
      }),
    ],
    [
      'one of several forms',
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('city'), city: z.string() }),
        z.object({ kind: z.literal('none') }),
      ]),
    ],
    [
      'what a schema says of strings and numbers',
      z.object({ id: z.uuid(), age: z.int().min(7).max(9) }),
    ],
  ])('an object fits the schema that only the prompt shows: %s', async (_what, wanted) => {
    const plain = connectCompatible(gateway, {}, { supportsStructuredOutputs: false });
    const system = `What you say has to fit this:\n${JSON.stringify(z.toJSONSchema(wanted), null, 2)}`;
    const asked = { model: plain.model(), prompt: 'Something to eat', system, schema: wanted };
    const { object, finishReason } = await generateObject(asked);
    expect(wanted.parse(object)).toEqual(object);
    expect(finishReason).toBe('stop');
    expect(plain.bodies.at(-1)).toMatchObject({ response_format: { type: 'json_object' } });
    const stream = streamObject(asked);
    expect((await collect(stream.partialObjectStream)).at(-1)).toEqual(object);
    expect(await stream.object).toEqual(object);
  });

  test('tools first, the object that the prompt shows last', async () => {
    const plain = connectCompatible(gateway, {}, { supportsStructuredOutputs: false });
    const { steps, output } = await generateText({
      model: plain.model(),
      system: `Answer with what fits ${JSON.stringify(z.toJSONSchema(schema))}, nothing else.`,
      prompt: 'What is the weather like in the city of Lisbon today?',
      tools: { weather },
      stopWhen: isStepCount(5),
      output: Output.object({ schema }),
    });
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
    expect(schema.parse(output)).toEqual(output);
  });

  test('without any schema it is some object', async () => {
    const plain = connectCompatible(gateway, {}, { supportsStructuredOutputs: false });
    const asked = { model: plain.model(), prompt: 'A person', output: Output.json() };
    const { output } = await generateText(asked);
    expect(output).toMatchObject({ emulated: true });
    expect(await streamText(asked).output).toEqual(output);
  });

  test('a schema that is not strict is taken', async () => {
    const output = Output.object({ schema, name: 'place', description: 'A place' });
    const providerOptions = { quatrain: { strictJsonSchema: false } };
    const result = await generateText({
      model: model(),
      prompt: 'A city',
      output,
      providerOptions,
    });
    expect(schema.parse(result.output)).toEqual(result.output);
    expect(connection.bodies.at(-1)).toMatchObject({
      response_format: { json_schema: { strict: false, name: 'place', description: 'A place' } },
    });
  });

  test('a strict tool is called with what its schema says', async () => {
    const strict = tool({ inputSchema: schema, strict: true, execute: () => 'noted' });
    const { toolCalls } = await generateText({
      model: model(),
      prompt: 'Note it',
      tools: { strict },
      toolChoice: 'required',
    });
    expect(connection.bodies.at(-1)).toMatchObject({ tools: [{ function: { strict: true } }] });
    expect(schema.parse(toolCalls[0]?.input)).toEqual(toolCalls[0]?.input);
  });
});

describe('@ai-sdk/openai-compatible: usage', () => {
  test('a stream reports none where it was not asked for', async () => {
    const quiet = connectCompatible(gateway, {}, { includeUsage: false });
    const stream = streamText({ model: quiet.model(), prompt: 'Hello, Claude' });
    expect(await stream.text).toMatch(/emulat/i);
    expect((await stream.usage).inputTokens).toBeUndefined();
    const whole = await generateText({ model: quiet.model(), prompt: 'Hello, Claude' });
    expect(whole.usage.inputTokens).toBeGreaterThan(0);
  });

  test('with credits it is reported unasked, with what it cost', async () => {
    const yaml = 'chat_completions: { credits: { markup_percent: 30 } }';
    const credits = await startTestGateway(yaml);
    try {
      const quiet = connectCompatible(credits, {}, { includeUsage: false });
      const asked = { model: quiet.model(), prompt: 'Hello, Claude' };
      const whole = await generateText({ ...asked, include: { responseBody: true } });
      const spent = whole.finalStep.response.headers?.['x-aimlapi-credits-used'];
      expect(Number(spent)).toBeGreaterThan(0);
      expect(whole.finalStep.response.body).toMatchObject({
        meta: { usage: { credits_used: Number(spent) } },
      });
      const stream = streamText({ ...asked, include: { rawChunks: true } });
      const raw = (await collect(stream.stream)).filter((part) => part.type === 'raw');
      expect(raw.at(-1)?.rawValue).toMatchObject({
        choices: [],
        meta: { usage: { credits_used: Number(spent) } },
      });
      const { inputTokens, outputTokens } = await stream.usage;
      expect({ inputTokens, outputTokens }).toEqual({
        inputTokens: whole.usage.inputTokens,
        outputTokens: whole.usage.outputTokens,
      });
    } finally {
      await credits.stop();
    }
  });

  test('the counts of the Messages form are beside those of the client', async () => {
    const { usage } = await generateText({ model: model(), prompt: 'Hello, Claude' });
    expect(usage.raw).toMatchObject({
      prompt_tokens: usage.inputTokens,
      total_tokens: usage.totalTokens,
      cache_read_input_tokens: 0,
    });
  });
});

describe('@ai-sdk/openai-compatible: parameters', () => {
  test('what has no meaning here is left out, and said', async () => {
    const result = await generateText({
      model: model(),
      prompt: 'Hello, Claude',
      frequencyPenalty: 0.5,
      presencePenalty: 0.5,
      seed: 7,
      providerOptions: { quatrain: { user: 'u-1', textVerbosity: 'low', logprobs: true } },
    });
    expect(result.finishReason).toBe('stop');
    const ignored = result.finalStep.response.headers?.['x-ignored-params'];
    for (const name of ['frequency_penalty', 'presence_penalty', 'seed', 'verbosity', 'logprobs'])
      expect(ignored).toContain(name);
    expect(ignored).not.toContain('user');
  });

  test('parameters of the Messages form pass through the options', async () => {
    const { text, finalStep } = await generateText({
      model: model(),
      prompt: 'Count to ten',
      include: { responseBody: true },
      providerOptions: { quatrain: { stop_sequences: ['three'], top_k: 5, system: 'Be brief.' } },
    });
    expect(text.trim()).toBe('one two');
    expect(finalStep.response.body).toMatchObject({
      choices: [{ finish_reason: 'stop', native_finish_reason: 'stop_sequence' }],
    });
  });

  test.each(['claude-sonnet-4-6', 'anthropic/claude-sonnet-4-6-20260218'])(
    'the model answers to another of its names, and by it: %s',
    async (name) => {
      const whole = await generateText({ model: model(name), prompt: 'Hello' });
      expect(whole.finalStep.response.modelId).toBe(name);
      const streamed = await streamText({ model: model(name), prompt: 'Hello' }).finalStep;
      expect(streamed.response.modelId).toBe(name);
    },
  );

  test('the path without a version answers too', async () => {
    const bare = connectCompatible(gateway, {}, { baseURL: gateway.url });
    const { text } = await generateText({ model: bare.model(), prompt: 'Hello' });
    expect(text).toMatch(/emulat/i);
  });

  test('a temperature of two significant settings is refused, with the name of one', async () => {
    const both = { model: model(), prompt: 'Hello', temperature: 0.2, topP: 0.9 };
    expect(await errorOf(generateText(both))).toMatchObject({ param: 'top_p' });
    const hot = { model: model(), prompt: 'Hello', temperature: 1.5 };
    expect(await errorOf(generateText(hot))).toMatchObject({
      param: 'temperature',
      type: 'invalid_request_error',
    });
  });

  test('errors have the codes of this form', async () => {
    const unknown = generateText({ model: model('claude-nope'), prompt: 'Hello' });
    expect(await errorOf(unknown)).toMatchObject({ code: 'model_not_found' });
    const stranger = connectCompatible(gateway, { apiKey: 'sk-wrong' });
    const closed = generateText({ model: stranger.model(), prompt: 'Hello' });
    expect(await errorOf(closed)).toMatchObject({ code: 'invalid_api_key' });
  });

  test('sound is refused, and told where it stands', async () => {
    const file = { type: 'file' as const, data: 'UklGRg==', mediaType: 'audio/wav' };
    const messages = [{ role: 'user' as const, content: [file] }];
    expect(await errorOf(generateText({ model: model(), messages }))).toMatchObject({
      param: 'messages[0].content[0].type',
    });
  });
});

describe('@ai-sdk/openai-compatible: conversations', () => {
  test('a PDF keeps its name, and a text file is text', async () => {
    const pdf = {
      type: 'file' as const,
      data: pdfOf(1),
      mediaType: 'application/pdf',
      filename: 'accounts.pdf',
    };
    const note = { type: 'file' as const, data: Buffer.from('A note'), mediaType: 'text/plain' };
    const question = { type: 'text' as const, text: 'What do you find in what is attached here?' };
    const { text } = await generateText({
      model: model(),
      messages: [{ role: 'user', content: [pdf, note, question] }],
    });
    expect(text).toContain('The last message carried 1 document, “accounts.pdf”.');
  });

  test('a tool may return a picture', async () => {
    const look = tool({
      inputSchema: z.object({}),
      execute: () => 'seen',
      toModelOutput: () => ({
        type: 'content',
        value: [
          { type: 'text', text: 'What the camera sees' },
          { type: 'file', data: { type: 'data', data: pngOf(20, 20) }, mediaType: 'image/png' },
        ],
      }),
    });
    const result = await generateText({
      model: model(),
      prompt: 'Look out of the window and tell me about it',
      tools: { look },
      stopWhen: isStepCount(3),
    });
    expect(result.steps).toHaveLength(2);
    expect(JSON.stringify(connection.bodies.at(-1))).toContain('data:image/png;base64,');
    expect(result.text).toContain('What the camera sees');
  });

  test('thinking in the words of the Messages form', async () => {
    const providerOptions = { quatrain: { thinking: { type: 'enabled', budget_tokens: 2000 } } };
    const asked = { model: model(), prompt: 'Think about it', providerOptions };
    const whole = await generateText(asked);
    expect(whole.finalStep.reasoningText).toBe('Let me think about it.');
    expect(await streamText(asked).text).toBe('I thought about it.');
  });

  test('a budget in those words asks for the thinking back, which this client does not send', async () => {
    const providerOptions = { quatrain: { thinking: { type: 'enabled', budget_tokens: 2000 } } };
    const loop = generateText({
      model: model(),
      prompt: 'Think and look',
      tools: { weather },
      stopWhen: isStepCount(5),
      providerOptions,
    });
    const failure = await failureOf(loop);
    expect(failure).toMatchObject({ statusCode: 400 });
    expect((failure as Error).message).toContain('must start with a thinking block');
    const adaptive = { quatrain: { thinking: { type: 'adaptive' } } };
    const result = await generateText({
      model: model(),
      prompt: 'Think and look',
      tools: { weather },
      stopWhen: isStepCount(5),
      providerOptions: adaptive,
    });
    expect(result.text).toBe('It is 21 degrees.');
  });

  test('a stream that the upstream ends too soon says so', async () => {
    const upstream = await startScriptedUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${opening}${textDelta('world')}`);
    });
    const fronted = await startTestGateway(upstreamYaml(upstream.url));
    try {
      const errors: unknown[] = [];
      const stream = streamText({
        model: connectCompatible(fronted).model(),
        prompt: 'Hello',
        onError: ({ error }) => void errors.push(error),
      });
      expect((await collect(stream.textStream)).join('')).toBe('Hello, world');
      expect(await stream.finishReason).toBe('error');
      expect(errors).toContainEqual(
        expect.objectContaining({ code: 'upstream_stream_truncated', type: 'server_error' }),
      );
    } finally {
      await fronted.stop();
      await upstream.stop();
    }
  });
});

/** The `error` of the envelope that a call is refused with. */
async function errorOf(call: PromiseLike<unknown>): Promise<unknown> {
  const failure = await failureOf(call);
  if (!APICallError.isInstance(failure)) throw failure;
  return (failure.data as { readonly error: unknown }).error;
}
