import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../test/support/model-facts.ts';
import type { RequestBlock } from '../../messages/content-blocks.ts';
import type { Tool } from '../../messages/request.ts';
import { collect } from '../../std/byte-stream.ts';
import { CancellationSource } from '../../std/cancellation.ts';
import { ManualClock } from '../../std/manual-clock.ts';
import { createEmulator } from '../create-emulator.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { countInput } from './count-input.ts';

const sonnet46 = factsOf('claude-sonnet-4-6');
const haiku45 = factsOf('claude-haiku-4-5');
const sonnet5 = factsOf('claude-sonnet-5');

const capital = 'What is the capital of France?';

function ask(content: string | readonly RequestBlock[], more: object = {}): CheckedRequest {
  return { model: 'any', messages: [{ role: 'user', content }], ...more };
}

function totalOf(request: CheckedRequest, facts = haiku45): number {
  return countInput(request, facts).total;
}

const weather: Tool = {
  name: 'weather',
  description: 'Gets current weather for a location',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};

describe('the whole prompt', () => {
  // What the API counted for such questions; test/recordings/tokens.test.ts has the recorded ones.
  test.each([
    ['a question', ask(capital), haiku45, 14],
    ['thinking', ask(capital, { thinking: { type: 'enabled', budget_tokens: 2048 } }), haiku45, 43],
    [
      'adaptive thinking',
      ask('Three words for a tame heron, in short', { thinking: { type: 'adaptive' } }),
      sonnet46,
      35,
    ],
    ['a system prompt', ask("What's 2 + 2?", { system: 'Answer questions clearly.' }), haiku45, 20],
    ['a newer model', ask("What's the current date?"), sonnet5, 12],
    [
      'its system prompt',
      ask("What's the current date?", { system: 'Answer succinctly' }),
      sonnet5,
      20,
    ],
  ] as const)('%s', (_kind, request, facts, tokens) => {
    expect(totalOf(request, facts)).toBe(tokens);
  });

  test('#51 a system prompt counts the same as a string and as a block', () => {
    const blocks = [{ type: 'text', text: 'Be brief.' }];
    expect(totalOf(ask(capital, { system: blocks }))).toBe(
      totalOf(ask(capital, { system: 'Be brief.' })),
    );
  });

  test('words that the assistant is to go on with add no turn', () => {
    const started = totalOf({
      model: 'any',
      messages: [
        { role: 'user', content: 'Very short function about a gray heron' },
        { role: 'assistant', content: '```python' },
      ],
    });
    expect(started).toBe(17);
  });

  test('a schema for the answer is told to the model', () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
      required: ['name', 'age'],
      additionalProperties: false,
    };
    const format = { type: 'json_schema', schema };
    const request = ask('Generate a person named Bob', { output_config: { format } });
    expect(totalOf(request)).toBe(174);
  });

  test('citations are explained once', () => {
    const document = (enabled: boolean): RequestBlock => ({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'One. Two.' },
      citations: { enabled },
    });
    const plain = totalOf(ask([document(false), document(false)]));
    expect(totalOf(ask([document(true), document(true)]))).toBe(plain + 540 + 2 * 2 * 14);
  });
});

describe('tools', () => {
  test('bring a prompt of their own, which the first one carries', () => {
    const [first = 0, second = 0] = countInput(
      ask(capital, { tools: [weather, { ...weather, name: 'climate' }] }),
      haiku45,
    ).positions;
    expect(first - second).toBe(haiku45.toolsPromptTokens.free);
  });

  test.each([
    ['forced', { type: 'any' }, 589 - 497],
    ['left out', { type: 'none' }, 0],
    ['one at a time', { type: 'auto', disable_parallel_tool_use: true }, -208],
    ['named', { type: 'tool', name: 'weather' }, 589 - 497 + 3],
  ])('%s', (_kind, choice, more) => {
    const request = ask(capital, { tools: [weather] });
    const chosen = { ...request, tool_choice: choice as never };
    expect(totalOf(chosen) - totalOf(request)).toBe(more);
  });

  test('that are loaded on demand count nothing, but have their place', () => {
    const deferred = { ...weather, name: 'rare', defer_loading: true };
    const { positions, total } = countInput(ask(capital, { tools: [weather, deferred] }), haiku45);
    expect(positions[1]).toBe(0);
    expect(total).toBe(totalOf(ask(capital, { tools: [weather] })));
  });
});

const thinking: RequestBlock = { type: 'thinking', thinking: 'A long thought.', signature: 's' };
const call: RequestBlock = { type: 'tool_use', id: 't', name: 'weather', input: { city: 'Rome' } };
const result: RequestBlock = { type: 'tool_result', tool_use_id: 't', content: 'warm' };

describe('thinking that comes back (API reference §7.4)', () => {
  const earlier: CheckedRequest = {
    model: 'any',
    messages: [
      { role: 'user', content: capital },
      { role: 'assistant', content: [thinking, { type: 'text', text: 'Paris.' }] },
      { role: 'user', content: 'And of Spain?' },
    ],
  };
  const loop: CheckedRequest = {
    model: 'any',
    messages: [
      { role: 'user', content: capital },
      { role: 'assistant', content: [thinking, call] },
      { role: 'user', content: [result] },
    ],
  };

  test.each([
    ['an earlier turn', earlier, haiku45, 0],
    ['an earlier turn of a newer model', earlier, sonnet46, 4 + 7],
    ['the tool loop under way', loop, haiku45, 4 + 7],
  ] as const)('%s', (_kind, request, facts, tokens) => {
    const turn = facts.tokenizer.turnTokens;
    expect((countInput(request, facts).positions[1] ?? 0) - turn).toBe(tokens);
  });
});

const block: fastCheck.Arbitrary<RequestBlock> = fastCheck.oneof(
  fastCheck.string({ minLength: 1 }).map((text) => ({ type: 'text', text: `${text}.` }) as const),
  fastCheck.constant<RequestBlock>({
    type: 'image',
    source: { type: 'url', url: 'https://example.com/a.png' },
  }),
  fastCheck.string({ minLength: 1 }).map((data): RequestBlock => ({
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: `${data}.` },
    title: 'Notes',
  })),
);
const asked = fastCheck.record({
  content: fastCheck.array(block, { minLength: 1, maxLength: 4 }),
  system: fastCheck.option(fastCheck.string({ minLength: 1 }), { nil: undefined }),
  tools: fastCheck.constantFrom<readonly Tool[] | undefined>(undefined, [weather]),
});

describe('every request', () => {
  test('has a place for each tool and block, and their sum is within the total', () => {
    fastCheck.assert(
      fastCheck.property(asked, ({ content, ...more }) => {
        const { positions, total } = countInput(ask(content, more), sonnet46);
        const places = (more.tools?.length ?? 0) + (more.system === undefined ? 0 : 1);
        expect(positions.length).toBe(places + content.length);
        expect(positions.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(total);
        expect(positions.every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      }),
    );
  });

  test('has as many input tokens when it is counted as when it is answered', async () => {
    const emulator = createEmulator({
      clock: new ManualClock(),
      seed: 'seed',
      pace: { firstTokenMs: 0, tokensPerSecond: 0, pingEveryMs: 0 },
      faults: [],
      models: { describe: () => undefined, list: () => [] },
      findModel: () => sonnet46,
    });
    const send = async (operation: 'messages.create' | 'messages.count_tokens', body: object) => {
      const answer = await emulator.send(
        {
          operation,
          method: 'POST',
          path: '/v1/messages',
          headers: ['anthropic-version', '2023-06-01'],
          body: Buffer.from(JSON.stringify(body)),
          stream: false,
          requestId: 'req_test',
          account: 'test',
        },
        new CancellationSource(),
      );
      if (answer.kind === 'refusal') throw new Error(answer.detail ?? answer.code);
      const collected = await collect(answer.body, 10_000_000, new CancellationSource());
      if (collected.kind === 'fault') throw new Error(collected.fault.detail);
      return JSON.parse(Buffer.from(collected.bytes).toString()) as Record<string, unknown>;
    };
    await fastCheck.assert(
      fastCheck.asyncProperty(asked, async ({ content, ...more }) => {
        const request = ask(content, { ...more, model: 'claude-sonnet-4-6' });
        const counted = await send('messages.count_tokens', request);
        const answered = await send('messages.create', { ...request, max_tokens: 16 });
        expect(answered['usage']).toMatchObject(counted);
      }),
      { numRuns: 40 },
    );
  });
});
