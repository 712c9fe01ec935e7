import type { ChatAnthropicInput } from '@langchain/anthropic';
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseMessage, ContentBlock } from '@langchain/core/messages';
import { AIMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { gathered, usageOf } from '../support/langchain-models.ts';
import { resultsOf, tools } from '../support/langchain-tools.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What ChatAnthropic has of its own: thinking, cited documents, formats, the end of an answer. */

const scenarios = `
scenarios:
  - name: thinking that is not shown
    match: { last_user_text: Think in secret, turn: 1 }
    respond:
      content:
        - { type: redacted_thinking }
        - { type: tool_use, name: get_time, input: { zone: UTC } }
`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(
    'emulator: { scenarios_file: s.yaml }',
    {},
    {
      's.yaml': scenarios,
    },
  );
});
afterAll(() => gateway.stop());

function modelOf(options: Partial<ChatAnthropicInput> = {}): ChatAnthropic {
  return new ChatAnthropic({
    model: 'claude-sonnet-4-6',
    apiKey: gateway.key,
    anthropicApiUrl: gateway.url,
    maxRetries: 0,
    ...options,
  });
}

const kindsOf = (blocks: readonly ContentBlock[]): readonly string[] =>
  blocks.map(({ type }) => type);

describe('how an answer ended', () => {
  test.each([
    ['end_turn', {}],
    ['max_tokens', { maxTokens: 5 }],
    ['stop_sequence', { stopSequences: ['emulator', 'emulated', 'Emulated'] }],
  ])('%s', async (reason, options) => {
    const model = modelOf(options);
    const message = await model.invoke('Hello');
    expect(message.id).toMatch(/^msg_/);
    expect(message.response_metadata).toMatchObject({
      model: 'claude-sonnet-4-6',
      stop_reason: reason,
    });
    const { message: streamed } = await gathered(await model.stream('Hello'));
    expect(streamed.id).toBe(message.id);
    expect(streamed.additional_kwargs).toMatchObject({
      model: 'claude-sonnet-4-6',
      stop_reason: reason,
    });
  });
});

describe('thinking', () => {
  const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
  const question = new HumanMessage('Weather in Oslo, and the time?');

  async function callOf(model: ChatAnthropic, isStreamed: boolean): Promise<AIMessage> {
    const bound = model.bindTools(tools);
    return isStreamed
      ? (await gathered(await bound.stream([question]))).message
      : bound.invoke([question]);
  }

  test.each([
    ['invoked', false, 'v0'],
    ['streamed', true, 'v0'],
    ['invoked, in blocks of the library', false, 'v1'],
  ] as const)('signatures go back with the results, %s', async (_how, isStreamed, version) => {
    const model = modelOf({ thinking, maxTokens: 4096, outputVersion: version });
    const history: BaseMessage[] = [question];
    const called = await callOf(model, isStreamed);
    expect(called.tool_calls).not.toEqual([]);
    const [first] = called.contentBlocks;
    expect(first).toMatchObject({ type: 'reasoning' });
    history.push(called, ...(await resultsOf(called.tool_calls)));
    const answered = await model.bindTools(tools).invoke(history);
    expect(answered.text).toContain('get_');
    history.push(answered, new HumanMessage('Thank you'));
    expect((await model.invoke(history)).text).not.toBe('');
  });

  test('a signature that was tampered with is refused', async () => {
    const model = modelOf({ thinking, maxTokens: 4096 });
    const called = await callOf(model, false);
    const tampered = (called.content as ContentBlock[]).map((block) =>
      block.type === 'thinking'
        ? { ...block, signature: `A${String(block['signature']).slice(1)}` }
        : block,
    );
    const forged = new AIMessage({ content: tampered, tool_calls: called.tool_calls ?? [] });
    const results = await resultsOf(called.tool_calls);
    await expect(model.bindTools(tools).invoke([question, forged, ...results])).rejects.toThrow(
      /signature/i,
    );
  });

  test.each([
    ['invoked', false],
    ['streamed', true],
  ])('thinking that is not shown goes back too, %s', async (_how, isStreamed) => {
    const model = modelOf({ thinking, maxTokens: 4096 }).bindTools(tools);
    const asked = new HumanMessage('Think in secret');
    const called = isStreamed
      ? (await gathered(await model.stream([asked]))).message
      : await model.invoke([asked]);
    expect(kindsOf(called.content as ContentBlock[])).toContain('redacted_thinking');
    const answered = await model.invoke([asked, called, ...(await resultsOf(called.tool_calls))]);
    expect(answered.text).toContain('get_time');
  });

  test('adaptive thinking with an effort', async () => {
    const model = modelOf({ thinking: { type: 'adaptive' }, outputConfig: { effort: 'low' } });
    const message = await model.invoke('Why is the sea salty?');
    expect(message.text).not.toBe('');
    expect(usageOf(message).output_tokens).toBeGreaterThan(0);
  });

  test('thinking and a structured answer', async () => {
    const schema = z.object({ title: z.string(), year: z.number() });
    const model = modelOf({ thinking, maxTokens: 4096 });
    const structured = model.withStructuredOutput(schema, { method: 'jsonSchema' });
    expect(schema.safeParse(await structured.invoke('A book'))).toMatchObject({ success: true });
  });
});

test('strict tools', async () => {
  const strict = tools.filter(({ name }) => name === 'get_time');
  const bound = modelOf().bindTools(strict, { strict: true, tool_choice: 'any' });
  const message = await bound.invoke('What time is it?');
  expect(message.tool_calls).toMatchObject([
    { name: 'get_time', args: { zone: expect.any(String) as string } },
  ]);
});

test('cited documents', async () => {
  const message = await modelOf().invoke([
    new HumanMessage({
      content: [
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'The sea is salty. It is deep.' },
          title: 'The sea',
          citations: { enabled: true },
        },
        { type: 'text', text: 'How is the sea?' },
      ],
    }),
  ]);
  const cited = (message.content as ContentBlock[]).flatMap((block) =>
    Array.isArray(block['citations']) ? (block['citations'] as unknown[]) : [],
  );
  expect(cited[0]).toMatchObject({ type: 'char_location', document_title: 'The sea' });
});

test('a later system message is refused where the model has none', async () => {
  const turns = [new HumanMessage('Hi'), new SystemMessage('Be brief'), new HumanMessage('Go on')];
  await expect(modelOf().invoke(turns)).rejects.toMatchObject({ status: 400 });
});

test('betas travel', async () => {
  const model = modelOf({ betas: ['context-management-2025-06-27'] });
  expect((await model.invoke('Hello')).text).not.toBe('');
});
