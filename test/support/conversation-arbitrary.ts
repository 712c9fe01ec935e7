import fastCheck from 'fast-check';
import type {
  CacheControl,
  RequestBlock,
  TextBlock,
  ToolResultPart,
} from '../../src/messages/content-blocks.ts';
import type { CustomTool, MessageParam, MessagesRequest } from '../../src/messages/request.ts';
import type { Message } from '../../src/messages/response.ts';
import type { JsonObject } from '../../src/std/json.ts';

/**
 * Requests of the Messages form that say only what the Chat Completions form and its extensions can
 * carry, in the order that it keeps: thinking, text, then calls; results, then what else is said.
 */

const letters = 'abcÄ漢😀"\\\n ';
const words = fastCheck
  .string({ unit: fastCheck.constantFrom(...Array.from(letters)), maxLength: 12 })
  .map((text) => `w${text}w`);
const base64 = fastCheck
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const name = fastCheck.stringMatching(/^[a-z_]{1,8}$/);
const mark = fastCheck.constantFrom<CacheControl>(
  { type: 'ephemeral' },
  { type: 'ephemeral', ttl: '1h' },
);

const text: fastCheck.Arbitrary<TextBlock> = words.map((said) => ({ type: 'text', text: said }));
const image = fastCheck.oneof(
  fastCheck
    .record({
      type: fastCheck.constant('base64' as const),
      media_type: fastCheck.constantFrom('image/png', 'image/jpeg', 'image/gif', 'image/webp'),
      data: base64,
    })
    .map((source) => ({ type: 'image' as const, source })),
  fastCheck.webUrl({ withQueryParameters: true }).map((url) => ({
    type: 'image' as const,
    source: { type: 'url' as const, url },
  })),
);
const document = fastCheck.record({
  type: fastCheck.constant('document' as const),
  source: fastCheck.oneof(
    fastCheck.record({
      type: fastCheck.constant('base64' as const),
      media_type: fastCheck.constant('application/pdf'),
      data: base64,
    }),
    fastCheck.record({
      type: fastCheck.constant('text' as const),
      media_type: fastCheck.constant('text/plain'),
      data: words,
    }),
  ),
  title: words,
});

const said = fastCheck.array(fastCheck.oneof({ arbitrary: text, weight: 3 }, image, document), {
  minLength: 1,
  maxLength: 3,
}) as fastCheck.Arbitrary<readonly RequestBlock[]>;

const thinking = fastCheck.oneof(
  fastCheck.record({
    type: fastCheck.constant('thinking' as const),
    thinking: fastCheck.oneof(words, fastCheck.constant('')),
    signature: base64,
  }),
  fastCheck.record({ type: fastCheck.constant('redacted_thinking' as const), data: base64 }),
);

const resultPart = fastCheck.oneof(text, image) as fastCheck.Arbitrary<ToolResultPart>;
const result = fastCheck.record(
  {
    content: fastCheck.oneof(words, fastCheck.array(resultPart, { minLength: 1, maxLength: 2 })),
    is_error: fastCheck.constant(true),
  },
  { requiredKeys: [] },
);

interface Called {
  readonly name: string;
  readonly input: object;
  readonly result: object;
}

const call: fastCheck.Arbitrary<Called> = fastCheck.record({
  name,
  // JSON is written without a sign before 0, so no upstream can have said one.
  input: fastCheck
    .dictionary(name, fastCheck.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
    .map((input) => JSON.parse(JSON.stringify(input)) as typeof input),
  result,
});

interface Step {
  readonly thinking: readonly RequestBlock[];
  readonly text: readonly TextBlock[];
  readonly calls: readonly Called[];
  readonly next: readonly RequestBlock[];
}

/** An assistant's turn and the user's that follows. */
const step: fastCheck.Arbitrary<Step> = fastCheck.record({
  thinking: fastCheck.array(thinking, { maxLength: 2 }),
  text: fastCheck.array(text, { minLength: 1, maxLength: 2 }),
  calls: fastCheck.array(call, { maxLength: 3 }),
  next: said,
});

function turnsOf(step_: Step, at: number): readonly MessageParam[] {
  const calls = step_.calls.map(({ name: tool, input }, index) => ({
    type: 'tool_use' as const,
    id: `toolu_${String(at)}_${String(index)}`,
    name: tool,
    input,
  }));
  const results = step_.calls.map(({ result: given }, index) => ({
    type: 'tool_result' as const,
    tool_use_id: `toolu_${String(at)}_${String(index)}`,
    ...given,
  }));
  return [
    { role: 'assistant', content: [...step_.thinking, ...step_.text, ...calls] as RequestBlock[] },
    { role: 'user', content: [...results, ...step_.next] as RequestBlock[] },
  ];
}

const settings: fastCheck.Arbitrary<Partial<MessagesRequest>> = fastCheck.oneof(
  fastCheck.constant({}),
  fastCheck.record(
    { temperature: fastCheck.constantFrom(0, 0.5), top_k: fastCheck.integer({ min: 1, max: 99 }) },
    { requiredKeys: [] },
  ),
  fastCheck.record(
    {
      thinking: fastCheck.oneof(
        fastCheck.constant({ type: 'disabled' as const }),
        fastCheck.constant({ type: 'adaptive' as const }),
        fastCheck.record({
          type: fastCheck.constant('enabled' as const),
          budget_tokens: fastCheck.integer({ min: 1024, max: 3000 }),
        }),
      ),
      output_config: fastCheck.record({
        effort: fastCheck.constantFrom('low' as const, 'medium' as const, 'high' as const),
      }),
    },
    { requiredKeys: [] },
  ),
);

const schema = fastCheck.record({
  type: fastCheck.constant('object'),
  properties: fastCheck.dictionary(name, fastCheck.constant({ type: 'string' }), { maxKeys: 2 }),
});

/** A request whose tools are those that its conversation calls, and one more. */
export const carriedRequest: fastCheck.Arbitrary<MessagesRequest> = fastCheck
  .record({
    system: fastCheck.array(text, { maxLength: 2 }),
    first: said,
    steps: fastCheck.array(step, { maxLength: 3 }),
    settings,
    stops: fastCheck.uniqueArray(words, { maxLength: 3 }),
    user: fastCheck.option(name, { nil: undefined }),
    mark,
    isMarked: fastCheck.boolean(),
    isSingle: fastCheck.boolean(),
    schema,
  })
  .map((drawn) => {
    const called = drawn.steps.flatMap(({ calls }) => calls.map((one) => one.name));
    const tools = [...new Set([...called, 'spare'])].map((tool): CustomTool => ({
      name: tool,
      description: 'A tool',
      input_schema: drawn.schema,
    }));
    const marked = drawn.isMarked ? { cache_control: drawn.mark } : {};
    return {
      model: 'claude-sonnet-4-6',
      max_tokens: 4000,
      ...(drawn.system.length === 0
        ? {}
        : { system: drawn.system.map((block) => ({ ...block, ...marked })) }),
      messages: [
        { role: 'user' as const, content: drawn.first },
        ...drawn.steps.flatMap((one, at) => turnsOf(one, at)),
      ],
      tools: tools.map((tool, at) => (at === 0 ? { ...tool, ...marked } : tool)),
      ...(drawn.isSingle
        ? { tool_choice: { type: 'auto' as const, disable_parallel_tool_use: true } }
        : {}),
      ...(drawn.stops.length === 0 ? {} : { stop_sequences: drawn.stops }),
      ...(drawn.user === undefined ? {} : { metadata: { user_id: drawn.user } }),
      ...drawn.settings,
      stream: true,
    };
  });

const count = fastCheck.nat(99_999);

/** An answer that the form can carry: thinking, text, then calls. */
export const carriedAnswer: fastCheck.Arbitrary<Message> = fastCheck
  .record({
    thinking: fastCheck.array(thinking, { maxLength: 2 }),
    text: fastCheck.option(text, { nil: undefined }),
    calls: fastCheck.array(call, { maxLength: 3 }),
    isCut: fastCheck.boolean(),
    hasStopped: fastCheck.boolean(),
    usage: fastCheck.record({
      input_tokens: count,
      cache_creation_input_tokens: count,
      cache_read_input_tokens: count,
      output_tokens: count,
    }),
  })
  .map((drawn): Message => {
    const calls = drawn.calls.map(({ name: tool, input }, index) => ({
      type: 'tool_use' as const,
      id: `toolu_${String(index)}`,
      name: tool,
      input: input as JsonObject,
    }));
    const ended = drawn.hasStopped ? 'stop_sequence' : 'end_turn';
    const finished = calls.length > 0 ? 'tool_use' : ended;
    const reason = drawn.isCut ? 'max_tokens' : finished;
    return {
      model: 'claude-sonnet-4-6',
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [...drawn.thinking, ...(drawn.text === undefined ? [] : [drawn.text]), ...calls],
      stop_reason: reason,
      stop_sequence: reason === 'stop_sequence' ? 'END' : null,
      usage: drawn.usage,
    };
  });
