import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What the official SDK makes of a stream is what it gets in one piece, for requests of any kind. */

let gateway: TestGateway;
let twin: TestGateway;
let client: Anthropic;
let twinClient: Anthropic;
beforeAll(async () => {
  [gateway, twin] = [await startTestGateway(), await startTestGateway()];
  client = clientOf(gateway);
  twinClient = clientOf(twin);
});
afterAll(async () => {
  await gateway.stop();
  await twin.stop();
});

function clientOf({ url, key }: TestGateway): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
}

type Params = Anthropic.MessageCreateParamsNonStreaming;

const word = fc.constantFrom('Lisbon', 'weather', '🌍', 'ação', 'so far', 'https://example.org/a');
const sentence = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
const scalar = fc.constantFrom<object>(
  { type: 'string' },
  { type: 'integer' },
  { type: 'number' },
  { type: 'boolean' },
  { type: ['string', 'null'] },
  { enum: ['a', 'b', 3, null] },
  { type: 'string', format: 'date-time' },
);
const property = fc.oneof(
  scalar,
  scalar.map((items) => ({ type: 'array', items })),
  scalar.map((inner) => ({
    type: 'object',
    properties: { inner },
    required: ['inner'],
    additionalProperties: false,
  })),
);
const schema = fc
  .dictionary(fc.constantFrom('city', 'days', 'why', 'list', 'deep'), property, { maxKeys: 5 })
  .map((properties) => ({
    type: 'object' as const,
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  }));
const customTool = fc.record({
  name: fc.constantFrom('one', 'two', 'three'),
  input_schema: schema,
  eager_input_streaming: fc.boolean(),
});
const serverTool = fc.constantFrom<Anthropic.ToolUnion>(
  { type: 'web_search_20250305', name: 'web_search', max_uses: 1 },
  { type: 'web_fetch_20250910', name: 'web_fetch', citations: { enabled: true } },
  { type: 'code_execution_20250825', name: 'code_execution' },
);
const anyTool: fc.Arbitrary<Anthropic.ToolUnion> = fc.oneof(customTool, customTool, serverTool);
const tools = fc.uniqueArray(anyTool, {
  selector: (tool) => ('name' in tool ? tool.name : tool.type),
  maxLength: 3,
});
const document = fc.record({
  type: fc.constant('document' as const),
  source: fc.record({
    type: fc.constant('text' as const),
    media_type: fc.constant('text/plain' as const),
    data: sentence.map((said) => `${said}. And more. ${said}!`),
  }),
  citations: fc.constant({ enabled: true }),
});

interface Wish {
  readonly said: string;
  readonly model: string;
  readonly tools: readonly Anthropic.ToolUnion[];
  readonly choice: 'auto' | 'any' | 'none' | undefined;
  readonly thinking: boolean;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly extra: 'format' | 'document' | 'nothing';
  readonly format: Readonly<Record<string, unknown>>;
  readonly document: Anthropic.DocumentBlockParam;
}

const wishes: fc.Arbitrary<Wish> = fc.record({
  said: sentence,
  model: fc.constantFrom('claude-sonnet-4-6', 'claude-haiku-4-5', 'claude-sonnet-5'),
  tools,
  choice: fc.constantFrom('auto', 'any', 'none', undefined),
  thinking: fc.boolean(),
  maxTokens: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constant(4000)),
  stop: fc.subarray(['e', 'emulat', 'Lisbon', '"', 'zzz'], { maxLength: 2 }),
  extra: fc.constantFrom('format', 'document', 'nothing'),
  format: schema,
  document,
});

/** A request that the API takes: wishes that do not go together are left out. */
function paramsOf(wish: Wish): Params {
  const isForced = wish.choice === 'any' && wish.tools.length > 0;
  const thinks = wish.thinking && !isForced && wish.model !== 'claude-sonnet-5';
  const content: Anthropic.ContentBlockParam[] = [{ type: 'text', text: wish.said }];
  if (wish.extra === 'document') content.unshift(wish.document);
  return {
    model: wish.model,
    max_tokens: thinks ? wish.maxTokens + 1024 : wish.maxTokens,
    messages: [{ role: 'user', content }],
    stop_sequences: [...wish.stop],
    ...(wish.tools.length > 0 ? { tools: [...wish.tools] } : {}),
    ...(wish.choice !== undefined && wish.tools.length > 0
      ? { tool_choice: { type: wish.choice } }
      : {}),
    ...(thinks ? { thinking: { type: 'enabled' as const, budget_tokens: 1024 } } : {}),
    ...(wish.extra === 'format'
      ? { output_config: { format: { type: 'json_schema' as const, schema: wish.format } } }
      : {}),
  };
}

const plain = (message: Anthropic.Message): unknown => JSON.parse(JSON.stringify(message));

describe('the official SDK', () => {
  test('accumulates from a stream what it gets in one piece', { timeout: 120_000 }, async () => {
    const reasons = new Set<string | null>();
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(wishes, async (wish) => {
        const params = paramsOf(wish);
        const whole = await client.messages.create(params);
        const streamed = await client.messages.stream(params).finalMessage();
        const { parsed_output: _parsed, ...accumulated } = plain(streamed) as Record<
          string,
          unknown
        >;
        expect(accumulated).toEqual(plain(whole));
        reasons.add(whole.stop_reason);
        for (const { type } of whole.content) kinds.add(type);
      }),
      { numRuns: 150 },
    );
    expect([...reasons]).toEqual(
      expect.arrayContaining(['end_turn', 'tool_use', 'max_tokens', 'stop_sequence']),
    );
    expect([...kinds]).toEqual(expect.arrayContaining(['text', 'tool_use', 'thinking']));
  });

  test(
    'gets the same bytes from another gateway with the same seed',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(wishes, fc.boolean(), async (wish, stream) => {
          const params = { ...paramsOf(wish), stream };
          const [one, other] = await Promise.all(
            [client, twinClient].map(async (asked) =>
              (await asked.messages.create(params).asResponse()).text(),
            ),
          );
          expect(one).toBe(other);
        }),
        { numRuns: 60 },
      );
    },
  );
});
