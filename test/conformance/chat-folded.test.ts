import fc from 'fast-check';
import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chunksIn, expectChat } from '../support/chat-checks.ts';
import { comparable, foldChunks } from '../support/fold-chunks.ts';
import { openAiClient } from '../support/openai-client.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** For requests of any kind: what a stream says, put together, is what the answer in one piece says. */

let gateway: TestGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = openAiClient(gateway);
});
afterAll(() => gateway.stop());

const word = fc.constantFrom('Lisbon', 'weather', '🌍', 'ação', 'so far', '```', '{"a": 1}');
const sentence = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
const scalar = fc.constantFrom<object>(
  { type: 'string' },
  { type: 'integer', minimum: 1, maximum: 9 },
  { type: 'number' },
  { type: 'boolean' },
  { type: ['string', 'null'] },
  { enum: ['a', 'b', 3, null] },
  { type: 'string', format: 'date-time' },
  { oneOf: [{ type: 'string' }, { type: 'integer' }] },
);
const property = fc.oneof(
  scalar,
  scalar.map((items) => ({ type: 'array', items })),
  scalar.map((inner) => ({ type: 'object', properties: { inner }, required: ['inner'] })),
);
const schema = fc
  .dictionary(fc.constantFrom('city', 'days', 'why', 'list', 'deep'), property, { maxKeys: 5 })
  .map((properties) => ({ type: 'object', properties, required: Object.keys(properties) }));
const functionTool = fc.record({
  type: fc.constant('function' as const),
  function: fc.record({ name: fc.constantFrom('one', 'two', 'three'), parameters: schema }),
});
const customTool = fc.constantFrom('note', 'draw').map((name) => ({
  type: 'custom' as const,
  custom: { name },
}));
const serverTool = fc.constantFrom(
  { type: 'web_search_20250305', name: 'web_search', max_uses: 1 },
  { type: 'code_execution_20250825', name: 'code_execution' },
);
const tools = fc.uniqueArray(fc.oneof(functionTool, functionTool, customTool, serverTool), {
  selector: (tool) =>
    JSON.stringify('function' in tool ? tool.function.name : Object.values(tool)[1]),
  maxLength: 3,
});

interface Wish {
  readonly said: string;
  readonly model: string;
  readonly tools: readonly object[];
  readonly choice: 'auto' | 'required' | 'none' | undefined;
  readonly reasoning: object;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly format: object;
}

const wishes: fc.Arbitrary<Wish> = fc.record({
  said: sentence,
  model: fc.constantFrom('anthropic/claude-sonnet-4.6', 'claude-haiku-4-5'),
  tools,
  choice: fc.constantFrom('auto', 'required', 'none', undefined),
  reasoning: fc.constantFrom<object>(
    {},
    {},
    { reasoning_effort: 'low' },
    { thinking: { type: 'enabled', budget_tokens: 1024 } },
    { reasoning: { max_tokens: 1024 } },
    { reasoning: { max_tokens: 1024, exclude: true } },
  ),
  maxTokens: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constant(4000)),
  stop: fc.subarray(['e', 'emulat', 'Lisbon', '"', 'zzz'], { maxLength: 2 }),
  format: fc.oneof(
    fc.constant({}),
    fc.constant({ response_format: { type: 'json_object' } }),
    schema.map((one) => ({
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: one } },
    })),
  ),
});

/** A request that is taken: wishes that do not go together are left out. */
function bodyOf(wish: Wish): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const hasTools = wish.tools.length > 0;
  const isForced = hasTools && wish.choice === 'required';
  const { reasoning_effort: effort } = wish.reasoning as { reasoning_effort?: string };
  // Haiku 4.5 has no effort, and a forced tool rules out thinking that was asked for by name.
  const isOff = (effort !== undefined && wish.model === 'claude-haiku-4-5') || isForced;
  const reasoning = isOff ? {} : wish.reasoning;
  const budget = Object.keys(reasoning).length === 0 ? 0 : 1024;
  return {
    model: wish.model,
    max_tokens: wish.maxTokens + budget,
    messages: [{ role: 'user', content: wish.said }],
    stop: [...wish.stop],
    ...reasoning,
    ...wish.format,
    ...(hasTools ? { tools: wish.tools } : {}),
    ...(hasTools && wish.choice !== undefined ? { tool_choice: wish.choice } : {}),
  } as OpenAI.ChatCompletionCreateParamsNonStreaming;
}

test('a stream says what one piece says', { timeout: 120_000 }, async () => {
  const reasons = new Set<string>();
  const members = new Set<string>();
  await fc.assert(
    fc.asyncProperty(wishes, fc.boolean(), async (wish, includesUsage) => {
      const body = bodyOf(wish);
      const whole = await client.chat.completions.create(body);
      expectChat('CreateChatCompletionResponse', whole);
      const asked = {
        ...body,
        stream: true as const,
        ...(includesUsage ? { stream_options: { include_usage: true } } : {}),
      };
      const streamed = await client.chat.completions.create(asked).asResponse();
      const chunks = chunksIn(await streamed.text());
      expect(foldChunks(chunks)).toEqual(comparable(whole));
      const reported = chunks.at(-1)?.usage as { completion_tokens?: number } | undefined;
      const counted = includesUsage ? whole.usage?.completion_tokens : undefined;
      expect(reported?.completion_tokens).toBe(counted);
      for (const { finish_reason: reason, message } of whole.choices) {
        reasons.add(reason);
        for (const [name, value] of Object.entries(message)) if (value !== null) members.add(name);
      }
    }),
    { numRuns: 150 },
  );
  expect([...reasons].toSorted()).toEqual(['length', 'stop', 'tool_calls']);
  expect([...members]).toEqual(
    expect.arrayContaining(['content', 'tool_calls', 'reasoning_content', 'reasoning_details']),
  );
});
