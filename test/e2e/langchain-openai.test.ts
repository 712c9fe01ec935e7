import { AIMessage, ChatMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { StructuredOutputParser } from '@langchain/core/output_parsers';
import type { ChatOpenAIFields } from '@langchain/openai';
import { ChatOpenAI } from '@langchain/openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { StartedEmulator } from '../../src/start-emulator.ts';
import { startEmulator } from '../../src/start-emulator.ts';
import { gathered, usageOf } from '../support/langchain-models.ts';
import { resultsOf, tools } from '../support/langchain-tools.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What ChatOpenAI has of its own, and what its requests become on their way to Claude. */

const model = 'anthropic/claude-sonnet-4.6';

let emulator: StartedEmulator;
let gateway: TestGateway;
beforeAll(async () => {
  emulator = await startEmulator();
  gateway = await startTestGateway(
    `upstreams:\n  claude:\n    kind: anthropic\n    base_url: ${emulator.baseURL}\n    api_key: env:KEY\n`,
    { KEY: emulator.apiKey },
  );
});
beforeEach(() => {
  emulator.clearRequests();
});
afterAll(async () => {
  await gateway.stop();
  await emulator.stop();
});

function modelOf(options: ChatOpenAIFields = {}): ChatOpenAI {
  return new ChatOpenAI({
    model,
    apiKey: gateway.key,
    maxRetries: 0,
    configuration: { baseURL: `${gateway.url}/v1` },
    ...options,
  });
}

/** What the upstream was asked last. */
function asked(): Record<string, unknown> {
  return emulator.requests.at(-1)?.body as Record<string, unknown>;
}

describe('how an answer ended', () => {
  test.each([
    ['stop', {}],
    ['length', { maxTokens: 5 }],
    ['stop', { stop: ['emulator', 'emulated', 'Emulated'] }],
  ])('%s with %j', async (reason, options) => {
    const chat = modelOf(options);
    const message = await chat.invoke('Hello');
    expect(message.id).toMatch(/^chatcmpl-\w{29}$/);
    expect(message.response_metadata).toMatchObject({ finish_reason: reason, model_name: model });
    const { message: streamed } = await gathered(await chat.stream('Hello'));
    expect(streamed.response_metadata).toMatchObject({ finish_reason: reason, model_name: model });
    expect(streamed.content).toBe(message.content);
    expect(usageOf(streamed)).toEqual(usageOf(message));
  });

  test('tool_calls', async () => {
    const message = await modelOf().bindTools(tools, { tool_choice: 'any' }).invoke('Weather?');
    expect(message.response_metadata).toMatchObject({ finish_reason: 'tool_calls' });
  });

  test('no usage where a stream asks for none', async () => {
    const { message } = await gathered(await modelOf({ streamUsage: false }).stream('Hello'));
    expect(message.usage_metadata).toBeUndefined();
  });
});

describe('what the upstream is asked', () => {
  test('system messages in several places come first, in their order', async () => {
    await modelOf().invoke([
      new SystemMessage('One.'),
      new HumanMessage('Hi'),
      new AIMessage('Hello'),
      new ChatMessage({ role: 'developer', content: 'Two.' }),
      new HumanMessage({ content: 'Go on', name: 'bob' }),
      new SystemMessage({ content: [{ type: 'text', text: 'Three.' }] }),
    ]);
    expect(asked()).toMatchObject({
      model: 'claude-sonnet-4-6',
      max_tokens: 32_000,
      system: ['One.', 'Two.', 'Three.'].map((text) => ({ type: 'text', text })),
    });
    const roles = (asked()['messages'] as readonly { role: string }[]).map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(asked())).not.toContain('bob');
  });

  test.each([
    [
      'a picture in a data URL',
      {
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${pngOf(9, 9)}`, detail: 'low' },
      },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pngOf(9, 9) } },
    ],
    [
      'a picture elsewhere',
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ],
    [
      'a document',
      {
        type: 'file',
        file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdfOf(1)}` },
      },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: pdfOf(1) },
        title: 'a.pdf',
      },
    ],
    [
      'a text that ends a prefix to cache',
      { type: 'text', text: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ],
    [
      'a breakpoint in the words of its own API',
      { type: 'text', text: 'Long.', extras: { prompt_cache_breakpoint: { mode: 'explicit' } } },
      { type: 'text', text: 'Long.', cache_control: { type: 'ephemeral' } },
    ],
  ])('%s', async (_what, part, block) => {
    await modelOf().invoke([new HumanMessage({ content: [{ type: 'text', text: 'See:' }, part] })]);
    expect(asked()['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'See:' }, block] },
    ]);
  });

  test('a turn of tools', async () => {
    const bound = modelOf().bindTools(tools, { parallel_tool_calls: false, tool_choice: 'any' });
    const called = await bound.invoke('Weather?');
    expect(asked()).toMatchObject({
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      tools: [{ name: 'get_weather', input_schema: { type: 'object' } }, { name: 'get_time' }],
    });
    expect(called.tool_calls).toHaveLength(1);
    const [call] = called.tool_calls ?? [];
    await modelOf()
      .bindTools(tools)
      .invoke([new HumanMessage('Weather?'), called, ...(await resultsOf(called.tool_calls))]);
    const messages = asked()['messages'] as readonly { readonly content: unknown }[];
    expect(messages.map(({ content }) => content).slice(1)).toMatchObject([
      [{ type: 'tool_use', id: call?.id, name: call?.name, input: call?.args }],
      [{ type: 'tool_result', tool_use_id: call?.id, content: expect.anything() as unknown }],
    ]);
  });

  test('samplers, stops and who asks', async () => {
    await modelOf({ temperature: 0.2, stop: ['END'], user: 'u-1', maxTokens: 100 }).invoke('Hello');
    expect(asked()).toMatchObject({
      temperature: 0.2,
      stop_sequences: ['END'],
      max_tokens: 100,
      metadata: { user_id: 'u-1' },
    });
  });

  test('what has no equal is left out', async () => {
    const chat = modelOf({ frequencyPenalty: 0.5, presencePenalty: 0.5, logprobs: true, n: 1 });
    expect((await chat.invoke('Hello', { seed: 7, verbosity: 'low' })).text).not.toBe('');
    expect(Object.keys(asked()).toSorted()).toEqual(['max_tokens', 'messages', 'model', 'stream']);
  });
});

describe('structured output', () => {
  const recipe = z.object({
    name: z.string(),
    portions: z.number().int().min(1).max(12),
    level: z.enum(['easy', 'hard']),
    steps: z
      .array(z.object({ text: z.string(), minutes: z.number().nullable() }))
      .min(1)
      .max(4),
    source: z.union([z.object({ kind: z.literal('book'), page: z.number() }), z.null()]),
  });

  test.each(['functionCalling', 'jsonSchema'] as const)('by %s, streamed too', async (method) => {
    const structured = modelOf().withStructuredOutput(recipe, { method, name: 'recipe' });
    expect(recipe.safeParse(await structured.invoke('A soup'))).toMatchObject({ success: true });
    let last: unknown;
    for await (const piece of await structured.stream('A soup')) last = piece;
    expect(recipe.safeParse(last)).toMatchObject({ success: true });
  });

  test.each(['functionCalling', 'jsonSchema'] as const)('strict, by %s', async (method) => {
    const structured = modelOf().withStructuredOutput(recipe, { method, strict: true });
    expect(recipe.safeParse(await structured.invoke('A soup'))).toMatchObject({ success: true });
  });

  test('by a JSON Schema, with tools beside it', async () => {
    const chat = modelOf().bindTools(tools, {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'recipe', schema: z.toJSONSchema(recipe) },
      },
      tool_choice: 'none',
    });
    const message = await chat.invoke('A soup');
    expect(recipe.safeParse(JSON.parse(message.text))).toMatchObject({ success: true });
    expect(asked()).toMatchObject({
      tools: [{ name: 'get_weather' }, { name: 'get_time' }],
      output_config: { format: { type: 'json_schema' } },
    });
  });

  test('by the mode of any JSON, with a schema that only the prompt shows', async () => {
    const whole = await startTestGateway();
    try {
      const structured = modelOf({
        apiKey: whole.key,
        configuration: { baseURL: `${whole.url}/v1` },
      }).withStructuredOutput(recipe, { method: 'jsonMode' });
      const prompt = StructuredOutputParser.fromZodSchema(recipe).getFormatInstructions();
      const asked = [new SystemMessage(prompt), new HumanMessage('A soup')];
      expect(recipe.safeParse(await structured.invoke(asked))).toMatchObject({ success: true });
      let last: unknown;
      for await (const piece of await structured.stream(asked)) last = piece;
      expect(recipe.safeParse(last)).toMatchObject({ success: true });
    } finally {
      await whole.stop();
    }
  });

  test('the mode of any JSON asks for it in words', async () => {
    const chat = modelOf().withConfig({ response_format: { type: 'json_object' } });
    emulator.useScenario({
      name: 'fenced',
      match: { last_user_text: 'A soup' },
      respond: { content: '```json\n{"name":"soup"}\n```' },
      times: 2,
    });
    const message = await chat.invoke('A soup');
    expect(JSON.parse(message.text)).toEqual({ name: 'soup' });
    expect(JSON.stringify(asked()['system'])).toMatch(/JSON/);
    expect(asked()['output_config']).toBeUndefined();
    const { message: streamed } = await gathered(await chat.stream('A soup'));
    expect(JSON.parse(streamed.text)).toEqual({ name: 'soup' });
  });
});

describe('reasoning', () => {
  const chat = (): ChatOpenAI => modelOf({ modelKwargs: { reasoning_effort: 'high' } });

  test.each([
    ['invoked', (reasons: ChatOpenAI) => reasons.invoke('Why is the sea salty?')],
    [
      'streamed',
      async (reasons: ChatOpenAI) =>
        (await gathered(await reasons.stream('Why is the sea salty?'))).message,
    ],
  ])('by an effort, %s', async (_how, ask) => {
    const message = await ask(chat());
    expect(asked()).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
    expect(message.text).not.toBe('');
    expect(message.additional_kwargs['reasoning_content']).toMatch(/thinking/);
    expect(usageOf(message).output_token_details?.reasoning).toBeGreaterThan(0);
  });

  test('a loop of tools goes on where the client keeps no thinking', async () => {
    const bound = chat().bindTools(tools);
    const question = new HumanMessage('What is the weather in Oslo?');
    const called = await bound.invoke([question]);
    expect(called.tool_calls).not.toEqual([]);
    const results = await resultsOf(called.tool_calls);
    const answered = await bound.invoke([question, called, ...results]);
    expect(answered.text).toContain('get_');
  });

  test('an effort where a tool is forced', async () => {
    const message = await chat().bindTools(tools, { tool_choice: 'any' }).invoke('Weather?');
    expect(message.tool_calls).not.toEqual([]);
    expect(asked()['thinking']).toBeUndefined();
  });
});
