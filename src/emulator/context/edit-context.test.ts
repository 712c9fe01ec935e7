import { describe, expect, test } from 'vitest';
import { assistant, user } from '../../../test/support/ask-rules.ts';
import { factsOf } from '../../../test/support/model-facts.ts';
import type { MessageParam } from '../../messages/request.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { editContext } from './edit-context.ts';

const words = 'lorem ipsum '.repeat(200);
const use = (id: string, name = 'f'): object => ({
  type: 'tool_use',
  id,
  name,
  input: { q: words },
});
const result = (id: string): object => ({ type: 'tool_result', tool_use_id: id, content: words });
const loop = (...ids: readonly string[]): readonly object[] =>
  ids.flatMap((id) => [assistant([use(id)]), user([result(id)])]);
const clear = (more: object = {}): object => ({
  type: 'clear_tool_uses_20250919',
  trigger: { type: 'tool_uses', value: 3 },
  ...more,
});

interface Applied {
  readonly cleared_tool_uses?: number;
  readonly cleared_thinking_turns?: number;
  readonly cleared_input_tokens: number;
}

const facts = factsOf('claude-sonnet-4-6');

interface Edited {
  readonly messages: readonly MessageParam[];
  readonly applied: readonly Applied[];
  readonly before: number;
  readonly after: number;
}

function edited(messages: readonly object[], ...edits: readonly object[]): Edited {
  const asked = { model: 'claude-sonnet-4-6', messages, context_management: { edits } };
  const request = asked as unknown as CheckedRequest;
  const context = editContext(request, request, facts);
  return {
    messages: context.request.messages,
    applied: context.appliedEdits as unknown as readonly Applied[],
    before: context.originalInputTokens,
    after: context.counted.total,
  };
}

describe('results of tools', () => {
  const conversation = [user('x'), ...loop('a', 'b', 'c', 'd', 'e')];

  test('the oldest go once there are too many, and three stay', () => {
    const { applied, after, before, messages } = edited(conversation, clear());
    expect(applied).toEqual([
      {
        type: 'clear_tool_uses_20250919',
        cleared_tool_uses: 2,
        cleared_input_tokens: before - after,
      },
    ]);
    expect(before - after).toBeGreaterThan(400);
    const results = messages
      .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
      .flatMap((block) => (block.type === 'tool_result' ? [block.content] : []));
    expect(results.map((content) => content === words)).toEqual([false, false, true, true, true]);
  });

  test.each<[string, object, number]>([
    ['not due by their number', { trigger: { type: 'tool_uses', value: 5 } }, 0],
    ['not due by the length of the prompt', { trigger: undefined }, 0],
    ['due by the length of the prompt', { trigger: { type: 'input_tokens', value: 500 } }, 2],
    ['fewer are kept', { keep: { type: 'tool_uses', value: 0 } }, 5],
    ['a tool is left out', { exclude_tools: ['f'] }, 0],
    ['too little would be won', { clear_at_least: { type: 'input_tokens', value: 90_000 } }, 0],
  ])('%s', (_name, more, uses) => {
    const { applied } = edited(conversation, clear(more));
    expect(applied.map((edit) => edit.cleared_tool_uses)).toEqual(uses === 0 ? [] : [uses]);
  });

  test('inputs go as well where that is asked for', () => {
    const plain = edited(conversation, clear()).after;
    const all = edited(conversation, clear({ clear_tool_inputs: true })).after;
    const named = edited(conversation, clear({ clear_tool_inputs: ['f'] })).after;
    expect(all).toBeLessThan(plain - 400);
    expect(named).toBe(all);
  });
});

describe('thinking', () => {
  const thought = { type: 'redacted_thinking', data: 'ABCDEFGH'.repeat(12) };
  const turn = (at: number): readonly object[] => [
    user(`question ${String(at)}`),
    assistant([thought, { type: 'text', text: `answer ${String(at)}` }]),
  ];
  const conversation = [...turn(1), ...turn(2), ...turn(3), user('last')];
  const looping = [
    ...turn(1),
    user('x'),
    ...loop('a', 'b').with(0, assistant([thought, use('a')])),
  ];
  const clearThinking = (keep?: unknown): object => ({ type: 'clear_thinking_20251015', keep });
  const thoughts = (messages: readonly { readonly content: unknown }[]): readonly boolean[] =>
    messages.map(({ content }) => JSON.stringify(content).includes('redacted_thinking'));

  test('of older turns goes, and that of the latest stays', () => {
    const { messages, applied } = edited(
      conversation,
      clearThinking({ type: 'thinking_turns', value: 1 }),
    );
    expect(thoughts(messages)).toEqual([false, false, false, false, false, true, false]);
    expect(applied).toMatchObject([{ cleared_thinking_turns: 2 }]);
  });

  test('that a loop of tools needs stays with it', () => {
    const { messages } = edited(looping, clearThinking({ type: 'thinking_turns', value: 1 }));
    expect(thoughts(messages)).toEqual([false, false, false, true, false, false, false]);
  });

  test.each([
    ['all of it by one word', 'all'],
    ['all of it where nothing is said, on Sonnet 4.6', undefined],
  ])('stays: %s', (_name, keep) => {
    const { messages, applied } = edited(conversation, clearThinking(keep));
    expect(thoughts(messages).filter(Boolean)).toHaveLength(3);
    expect(applied).toEqual([]);
  });
});

test('without edits the prompt is what was sent', () => {
  const { applied, after, before } = edited([user('x')]);
  expect([applied, after]).toEqual([[], before]);
});
