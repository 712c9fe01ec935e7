import { describe, expect, test } from 'vitest';
import {
  assistant,
  call,
  decodeConversation,
  refusedConversation,
  tool,
  user,
} from '../../../../test/support/decode-conversation.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';

const thinking = (text: string, signature = 'sig'): JsonObject => ({
  type: 'thinking',
  thinking: text,
  signature,
});
const redacted = (data: string): JsonObject => ({ type: 'redacted_thinking', data });
const detail = (text: string, signature: JsonValue, more: JsonObject = {}): JsonObject => ({
  type: 'reasoning.text',
  text,
  signature,
  ...more,
});
const text = (value: string): JsonObject => ({ type: 'text', text: value });
const use = { type: 'tool_use', id: 't1', name: 'f', input: {} };
const calls = { tool_calls: [call('t1')] };

/** What the assistant message becomes within a tool loop. */
function turnOf(message: JsonObject): JsonValue {
  const { messages } = decodeConversation([user('a'), message, tool('t1', 'r')]);
  return messages[1]?.content as unknown as JsonValue;
}

describe('thinking that comes back with its signature', () => {
  test.each<readonly [string, JsonObject, readonly JsonValue[]]>([
    [
      'B33 blocks of thinking stand before the call',
      assistant(null, { thinking_blocks: [thinking('t')], ...calls }),
      [thinking('t'), use],
    ],
    [
      'B34 details become blocks in their order',
      assistant(null, {
        reasoning_details: [
          detail('t', 'sig', { format: 'anthropic-claude-v1', index: 0 }),
          { type: 'reasoning.encrypted', data: 'x' },
          { type: 'reasoning.summary', summary: 's' },
        ],
        ...calls,
      }),
      [thinking('t'), redacted('x'), use],
    ],
    [
      'B36 a block without text and with a signature is kept',
      assistant('b', { thinking_blocks: [thinking('')], ...calls }),
      [thinking(''), text('b'), use],
    ],
    [
      'thinking in the content stays where it stands',
      assistant([thinking('t'), text('b'), thinking('u'), use]),
      [thinking('t'), text('b'), thinking('u'), use],
    ],
    [
      'thinking in the content goes before blocks, and these before details',
      assistant([thinking('content'), text('b')], {
        thinking_blocks: [thinking('blocks')],
        ...calls,
      }),
      [thinking('content'), text('b'), use],
    ],
    [
      'blocks go before details',
      assistant(null, {
        thinking_blocks: [thinking('blocks')],
        reasoning_details: [detail('details', 'sig')],
        ...calls,
      }),
      [thinking('blocks'), use],
    ],
    [
      'details count where blocks are not signed',
      assistant(null, {
        thinking_blocks: [{ type: 'thinking', thinking: 'blocks' }],
        reasoning_details: [detail('details', 'sig')],
        ...calls,
      }),
      [thinking('details'), use],
    ],
    [
      'blocks among the fields of a provider',
      assistant(null, {
        provider_specific_fields: { thinking_blocks: [thinking('t'), redacted('x')] },
        ...calls,
      }),
      [thinking('t'), redacted('x'), use],
    ],
    [
      'a signature in extra content',
      assistant(null, {
        reasoning: { content: 't' },
        extra_content: { anthropic: { signature: 'sig' } },
        ...calls,
      }),
      [thinking('t'), use],
    ],
    [
      'a signature beside the text',
      assistant(null, { reasoning_content: 't', reasoning_signature: 'sig', ...calls }),
      [thinking('t'), use],
    ],
    [
      'a signature beside the text, by its shorter name',
      assistant(null, { reasoning_content: 't', signature: 'sig', ...calls }),
      [thinking('t'), use],
    ],
    [
      'a block keeps nothing but what the form has',
      assistant(null, {
        thinking_blocks: [{ ...thinking('t'), cache_control: { type: 'ephemeral' }, index: 0 }],
        ...calls,
      }),
      [thinking('t'), use],
    ],
  ])('%s', (_name, message, blocks) => {
    expect(turnOf(message)).toEqual(blocks);
  });
});

describe('thinking that cannot go back is left out', () => {
  test.each<readonly [string, JsonObject, readonly JsonValue[]]>([
    [
      'B35 text of thinking alone',
      assistant('b', { reasoning_content: 'x', ...calls }),
      [text('b'), use],
    ],
    [
      'text of thinking in the content',
      assistant([{ type: 'thinking', thinking: 'x' }, text('b')], calls),
      [text('b'), use],
    ],
    [
      'details of another model',
      assistant('b', {
        reasoning_details: [
          { type: 'reasoning.encrypted', data: 'x', format: 'openai-responses-v1' },
        ],
        ...calls,
      }),
      [text('b'), use],
    ],
    [
      'blocks that are none',
      assistant('b', { thinking_blocks: [null, 'x', {}, { type: 'thinking' }], ...calls }),
      [text('b'), use],
    ],
  ])('%s', (_name, message, blocks) => {
    expect(turnOf(message)).toEqual(blocks);
  });

  test('an answer that was cut while it thought is dropped', () => {
    const cut = assistant('', { thinking_blocks: [thinking('t')] });
    expect(decodeConversation([user('a'), cut, user('b')]).messages).toEqual([
      user([text('a'), text('b')]),
    ]);
  });

  test.each(['thinking_blocks', 'reasoning_details'])('%s that are no list are refused', (name) => {
    const refused = refusedConversation([user('a'), assistant('b', { [name]: 'x' }), user('c')]);
    expect(refused?.param).toBe(`messages[1].${name}`);
  });
});

describe('a tool loop that goes on without its thinking is told', () => {
  const thought = assistant(null, { thinking_blocks: [thinking('t')], ...calls });
  const thoughtless = assistant('b', { reasoning_content: 'x', ...calls });
  const again = [assistant(null, { tool_calls: [call('t2')] }), tool('t2', 'r')];
  test.each<readonly [string, readonly JsonValue[], boolean]>([
    ['no loop', [user('a')], false],
    ['a loop with thinking', [user('a'), thought, tool('t1', 'r')], false],
    ['a loop without thinking', [user('a'), thoughtless, tool('t1', 'r')], true],
    [
      'a loop whose turn began with thinking',
      [user('a'), thought, tool('t1', 'r'), ...again],
      false,
    ],
    ['a loop whose turn began without', [user('a'), thoughtless, tool('t1', 'r'), ...again], true],
    [
      'a loop that has ended',
      [user('a'), thoughtless, tool('t1', 'r'), assistant('c'), user('d')],
      false,
    ],
    ['a loop that the user ends', [user('a'), thoughtless, tool('t1', 'r'), user('d')], false],
    [
      'a loop behind one of another turn',
      [user('a'), thought, tool('t1', 'r'), assistant('c'), user('d'), ...again],
      true,
    ],
    ['a loop without a beginning', again, true],
  ])('%s', (_name, messages, lacksThinking) => {
    expect(decodeConversation(messages).lacksThinking).toBe(lacksThinking);
  });
});
