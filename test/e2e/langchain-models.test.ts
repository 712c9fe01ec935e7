import type { BaseMessage } from '@langchain/core/messages';
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ChatModel } from '../support/langchain-models.ts';
import { chatModels, gathered, usageOf } from '../support/langchain-models.ts';
import { resultsOf, toolSchemas, tools } from '../support/langchain-tools.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What LangChain's chat models have in common, through both forms of the wire. */

const book = z.object({
  title: z.string(),
  pages: z.number().int().min(10).max(20),
  kind: z.enum(['novel', 'essay']),
  isOpen: z.boolean(),
  authors: z.array(z.object({ name: z.string(), born: z.number().nullable() })),
  subtitle: z.union([z.string(), z.null()]),
});

const question = { type: 'text', text: 'What is this?' } as const;

async function failureOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each(Object.entries(chatModels))('%s', (_name, modelOf) => {
  let gateway: TestGateway;
  let model: ChatModel;
  beforeAll(async () => {
    gateway = await startTestGateway();
    model = modelOf(gateway);
  });
  afterAll(() => gateway.stop());

  test('invoke: text and usage', async () => {
    const message = await model.invoke('Hello, Claude');
    expect(message.text).toMatch(/emulat/i);
    expect(message.text).toContain('Hello, Claude');
    expect(message.tool_calls).toEqual([]);
    const usage = usageOf(message);
    expect(usage.input_tokens).toBeGreaterThan(0);
    expect(usage.output_tokens).toBeGreaterThan(0);
    expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens);
    expect(usage.input_token_details).toMatchObject({ cache_read: 0, cache_creation: 0 });
  });

  test('stream: the same text in pieces, and its usage', async () => {
    const whole = await model.invoke('Hello, Claude');
    const { message, count } = await gathered(await model.stream('Hello, Claude'));
    expect(count).toBeGreaterThan(4);
    expect(message.content).toBe(whole.content);
    expect(usageOf(message).input_tokens).toBe(usageOf(whole).input_tokens);
    expect(usageOf(message).output_tokens).toBeGreaterThanOrEqual(usageOf(whole).output_tokens);
  });

  test('typed events: text, usage and the whole message', async () => {
    const whole = await model.invoke('Hello, Claude');
    const stream = model.streamEvents('Hello, Claude');
    let text = '';
    for await (const delta of stream.text) text += delta;
    expect(text).toBe(whole.text);
    expect((await stream.output).text).toBe(whole.text);
    expect(await stream.usage).toMatchObject({ input_tokens: usageOf(whole).input_tokens });
  });

  test('batch: every answer to its question', async () => {
    const questions = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'];
    const answers = await model.batch(questions, { maxConcurrency: 3 });
    const answered = answers.map(({ text }) => questions.filter((asked) => text.includes(asked)));
    expect(answered).toEqual(questions.map((asked) => [asked]));
  });

  test.each([
    ['any', ['get_weather', 'get_time']],
    ['get_time', ['get_time']],
    ['none', []],
  ])('tool_choice %s', async (choice, allowed) => {
    const bound = model.bindTools(tools, { tool_choice: choice });
    const message = await bound.invoke('Weather and time in Oslo?');
    const calls = message.tool_calls ?? [];
    expect(calls.length > 0).toBe(allowed.length > 0);
    expect(message.text === '').toBe(allowed.length > 0);
    for (const { id, name, args } of calls) {
      expect(allowed).toContain(name);
      expect(id).toMatch(/^[\w-]+$/);
      const schema = toolSchemas[name as keyof typeof toolSchemas];
      expect(schema.safeParse(args)).toMatchObject({ success: true });
    }
  });

  test('a streamed call comes in pieces that make the whole one', async () => {
    const bound = model.bindTools(tools, { tool_choice: 'get_weather' });
    const whole = await bound.invoke('Weather in Oslo?');
    const { message, count } = await gathered(await bound.stream('Weather in Oslo?'));
    expect(count).toBeGreaterThan(4);
    expect(message.tool_calls).toEqual(whole.tool_calls);
    expect(message.invalid_tool_calls).toEqual([]);
    expect(message.tool_call_chunks).toHaveLength(1);
  });

  test('a loop of tools ends in words', async () => {
    const forced = model.bindTools(tools, { tool_choice: 'any' });
    const bound = model.bindTools(tools);
    const history: BaseMessage[] = [
      new SystemMessage('Be brief.'),
      new HumanMessage('What is the weather in Oslo?'),
    ];
    const called = await forced.invoke(history);
    const results = await resultsOf(called.tool_calls);
    expect(results.length).toBeGreaterThan(0);
    history.push(called, ...results);
    const answered = await bound.invoke(history);
    expect(answered.tool_calls).toEqual([]);
    expect(answered.text).toContain(results[0]?.text ?? 'nothing');
    history.push(answered, new HumanMessage('And what time is it there?'));
    const { message: again } = await gathered(await forced.stream(history));
    const later = await resultsOf(again.tool_calls);
    expect(later.length).toBeGreaterThan(0);
    history.push(again, ...later);
    const last = await gathered(await bound.stream(history));
    expect(last.message.text).toContain(later[0]?.text ?? 'nothing');
  });

  test.each(['functionCalling', 'jsonSchema'] as const)(
    'structured output by %s',
    async (method) => {
      const structured = model.withStructuredOutput(book, {
        method,
        name: 'book',
        includeRaw: true,
      });
      const { raw, parsed } = await structured.invoke('Describe a book about the sea');
      expect(book.parse(parsed)).toEqual(parsed);
      expect(usageOf(raw as AIMessage).output_tokens).toBeGreaterThan(0);
    },
  );

  test('structured output, streamed', async () => {
    const structured = model.withStructuredOutput(book, { method: 'jsonSchema', name: 'book' });
    let last: unknown;
    for await (const piece of await structured.stream('Describe a book')) last = piece;
    expect(book.parse(last)).toEqual(last);
  });

  test.each([
    [
      'a picture in a data URL',
      new HumanMessage({
        content: [
          question,
          { type: 'image_url', image_url: { url: `data:image/png;base64,${pngOf(200, 200)}` } },
        ],
      }),
    ],
    [
      'a picture elsewhere',
      new HumanMessage({
        content: [question, { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
      }),
    ],
    [
      'a picture in a block of the library',
      new HumanMessage({
        contentBlocks: [question, { type: 'image', mimeType: 'image/png', data: pngOf(200, 200) }],
      }),
    ],
    [
      'a document in a block of the library',
      new HumanMessage({
        contentBlocks: [
          question,
          {
            type: 'file',
            mimeType: 'application/pdf',
            data: pdfOf(2),
            metadata: { filename: 'a.pdf' },
          },
        ],
      }),
    ],
  ])('%s is part of the question', async (_kind, asked) => {
    const plain = await model.invoke(question.text);
    const seen = await model.invoke([asked]);
    expect(usageOf(seen).input_tokens).toBeGreaterThan(usageOf(plain).input_tokens + 20);
  });

  test('several system messages', async () => {
    const turns = [new HumanMessage('Hi'), new AIMessage('Hello'), new HumanMessage('Go on')];
    const bare = await model.invoke(turns);
    const message = await model.invoke([
      new SystemMessage('You are terse.'),
      new SystemMessage({ content: [{ type: 'text', text: 'Speak of the sea.' }] }),
      ...turns,
    ]);
    expect(message.text).toContain('Go on');
    expect(usageOf(message).input_tokens).toBeGreaterThan(usageOf(bare).input_tokens + 6);
  });

  test('stop', async () => {
    const message = await model.invoke('Hello, Claude', { stop: ['emulat', 'Emulat'] });
    expect(message.text).not.toMatch(/emulat/i);
  });

  test('max tokens', async () => {
    const message = await modelOf(gateway, { maxTokens: 5 }).invoke('Hello, Claude');
    expect(usageOf(message).output_tokens).toBe(5);
  });

  test.each([
    ['a wrong key', { apiKey: 'wrong' }, { status: 401, lc_error_code: 'MODEL_AUTHENTICATION' }],
    ['an unknown model', { model: 'no-such' }, { status: 404, lc_error_code: 'MODEL_NOT_FOUND' }],
    ['too many tokens', { maxTokens: 64_001 }, { status: 400 }],
  ])('%s is that error', async (_what, options, wanted) => {
    const refused = modelOf(gateway, options);
    const failure = await failureOf(refused.stream('Hello').then((stream) => gathered(stream)));
    expect(failure).toMatchObject(wanted);
  });

  test('a result without its call is refused as such', async () => {
    const failure = await failureOf(
      model.invoke([
        new HumanMessage('Hi'),
        new ToolMessage({ tool_call_id: 'call_1', content: 'nobody asked' }),
      ]),
    );
    expect(failure).toMatchObject({ status: 400, lc_error_code: 'INVALID_TOOL_RESULTS' });
  });
});
