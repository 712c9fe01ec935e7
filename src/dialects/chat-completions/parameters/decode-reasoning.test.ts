import { describe, expect, test } from 'vitest';
import type { ChatDecoding } from '../../../../test/support/decode-chat.ts';
import { askedUpstream, decodeChat, membersOf } from '../../../../test/support/decode-chat.ts';

const ga: ChatDecoding = { profile: 'ga-2026-08' };
const interleaved: ChatDecoding = {
  headers: { 'anthropic-beta': 'interleaved-thinking-2025-05-14' },
};
const tools = [{ type: 'function', function: { name: 'f' } }];
const forced = { tools, tool_choice: 'required' };
const sonnet4 = 'claude-sonnet-4-20250514';
const opus45 = 'claude-opus-4-5';
const opus5 = 'claude-opus-5';
const fable5 = 'claude-fable-5';
const haiku3 = 'claude-3-haiku-20240307';
const adaptive = { type: 'adaptive' };
const shown = { type: 'adaptive', display: 'summarized' };

function enabled(budget: number): object {
  return { type: 'enabled', budget_tokens: budget };
}

function effort(level: string): object {
  return { output_config: { effort: level } };
}

describe('what thinking a request gets', () => {
  test.each<[string, object, object, ChatDecoding?]>([
    ['nothing', {}, {}],
    ['C26', { reasoning_effort: 'low' }, { thinking: adaptive, ...effort('low') }],
    ['minimal', { reasoning_effort: 'minimal' }, { thinking: adaptive, ...effort('low') }],
    ['medium', { reasoning_effort: 'medium' }, { thinking: adaptive, ...effort('medium') }],
    ['C27', { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['C28', { reasoning_effort: 'xhigh' }, { thinking: adaptive, ...effort('max') }, ga],
    ['at launch', { reasoning_effort: 'xhigh' }, { thinking: adaptive, ...effort('high') }],
    ['the most', { reasoning_effort: 'max' }, { thinking: adaptive, ...effort('max') }, ga],
    ['the most at launch', { reasoning_effort: 'max' }, { thinking: adaptive, ...effort('high') }],
    ['as an object', { reasoning: { effort: 'high' } }, { thinking: adaptive, ...effort('high') }],
    ['off', { reasoning: { enabled: false } }, { thinking: { type: 'disabled' } }],
    ['on', { reasoning: { enabled: true } }, { thinking: adaptive }],
    ['nothing said', { reasoning: { effort: null } }, {}],
    ['hidden', { reasoning: { exclude: true } }, { thinking: adaptive }],
    ['C29', { reasoning: { max_tokens: 2000 }, max_tokens: 4000 }, { thinking: enabled(2000) }],
    ['a small budget', { reasoning: { max_tokens: 1 } }, { thinking: enabled(1024) }],
    [
      'native',
      { thinking: { ...enabled(2000), display: 'omitted' } },
      { thinking: { ...enabled(2000), display: 'omitted' } },
    ],
    [
      'native and an effort',
      { thinking: enabled(2000), reasoning_effort: 'high' },
      { thinking: enabled(2000), ...effort('high') },
    ],
    [
      'next year’s members',
      { thinking: { type: 'adaptive', kind: 'refusal' } },
      { thinking: { type: 'adaptive', kind: 'refusal' } },
    ],
    [
      'an effort of the Messages form',
      { output_config: { effort: 'low' }, reasoning_effort: 'high' },
      { thinking: adaptive, ...effort('low') },
    ],
    [
      'a budget for the whole turn',
      { tools, thinking: enabled(9000), max_tokens: 4000 },
      { thinking: enabled(9000) },
      interleaved,
    ],
    ['C32', { reasoning_effort: 'high', ...forced }, effort('high')],
    ['a budget and a forced tool', { reasoning: { max_tokens: 2000 }, ...forced }, {}],
    [
      'a forced tool, where that is no obstacle',
      { reasoning_effort: 'high', ...forced },
      { thinking: adaptive, ...effort('high') },
      ga,
    ],
    [
      'native thinking, where that is no obstacle',
      { thinking: adaptive, ...forced },
      { thinking: adaptive },
      ga,
    ],
    [
      'no thinking and a forced tool',
      { thinking: { type: 'disabled' }, ...forced },
      { thinking: { type: 'disabled' } },
    ],
  ])('%s: %j', (_name, change, expected, decoding) => {
    const up = askedUpstream(change, decoding);
    expect(membersOf(up, 'thinking', 'output_config')).toEqual(expected);
  });
});

describe('models that think otherwise', () => {
  test.each<[string, object, object]>([
    [sonnet4, { reasoning_effort: 'low' }, { thinking: enabled(6400) }],
    [sonnet4, { reasoning_effort: 'high', max_tokens: 10_000 }, { thinking: enabled(8000) }],
    [sonnet4, { reasoning_effort: 'minimal', max_tokens: 2000 }, { thinking: enabled(1024) }],
    [sonnet4, { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    [sonnet4, { reasoning: { enabled: true } }, { thinking: enabled(16_000) }],
    [opus45, { reasoning_effort: 'max' }, { thinking: enabled(30_400), ...effort('high') }],
    [opus5, { reasoning_effort: 'xhigh' }, { thinking: shown, ...effort('xhigh') }],
    [opus5, { reasoning: { max_tokens: 5000 } }, { thinking: shown, ...effort('medium') }],
    [opus5, { reasoning: { max_tokens: 25_000 } }, { thinking: shown, ...effort('xhigh') }],
    [
      opus5,
      { reasoning: { effort: 'low', exclude: true } },
      { thinking: adaptive, ...effort('low') },
    ],
    [opus5, { thinking: adaptive }, { thinking: adaptive }],
    ['engine/own', { reasoning_effort: 'xhigh' }, { thinking: adaptive, ...effort('xhigh') }],
    ['engine/own', { reasoning_effort: 'minimal' }, { thinking: adaptive, ...effort('low') }],
    ['engine/own', { reasoning: { max_tokens: 3000 } }, { thinking: enabled(3000) }],
  ])('%s: %j', (model, change, expected) => {
    const { up, shape } = decodeChat({ model, ...change });
    expect(membersOf(up ?? {}, 'thinking', 'output_config')).toEqual(expected);
    expect(shape?.ignored).toEqual([]);
  });

  test.each<[string, object, readonly string[]]>([
    [sonnet4, { reasoning_effort: 'low', max_tokens: 1024 }, ['reasoning_effort']],
    [sonnet4, { reasoning_effort: 'low', ...forced }, ['reasoning_effort']],
    [sonnet4, { reasoning: { effort: 'low' }, ...forced }, ['reasoning']],
    [sonnet4, { thinking: enabled(2000), reasoning_effort: 'low' }, ['reasoning_effort']],
    [
      haiku3,
      { reasoning_effort: 'high', reasoning: { effort: 'high' } },
      ['reasoning_effort', 'reasoning'],
    ],
    [fable5, { reasoning_effort: 'none' }, ['reasoning_effort']],
  ])('%s: %j has no effect and is named', (model, change, expected) => {
    const { up, shape } = decodeChat({ model, ...change });
    expect(up).not.toHaveProperty('output_config');
    expect(up?.['thinking']).toEqual((change as { thinking?: object }).thinking);
    expect(shape?.ignored).toEqual(expected);
  });

  test('a tool loop that lacks its thinking goes on without a budget', () => {
    const called = { id: '1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: null, tool_calls: [called] },
      { role: 'tool', tool_call_id: '1', content: 'x' },
    ];
    const change = { messages, tools, reasoning_effort: 'low' };
    expect(decodeChat({ model: sonnet4, ...change }).shape?.ignored).toEqual(['reasoning_effort']);
    expect(askedUpstream({ model: sonnet4, ...change })).not.toHaveProperty('thinking');
    expect(askedUpstream(change)).toMatchObject({ thinking: adaptive });
  });

  test('an answer that is to be continued is not thought about', () => {
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Once' },
    ];
    const change = { model: sonnet4, messages, reasoning_effort: 'low' };
    expect(askedUpstream(change)).not.toHaveProperty('thinking');
  });
});

describe('refused', () => {
  test.each<[string, object, string, ChatDecoding?]>([
    ['C30', { reasoning: { max_tokens: 5000 }, max_tokens: 4000 }, 'reasoning.max_tokens'],
    [
      'no room for any',
      { reasoning: { max_tokens: 10 }, max_tokens: 1024 },
      'reasoning.max_tokens',
    ],
    ['C31', { thinking: enabled(512) }, 'thinking.budget_tokens'],
    [
      'as much as the answer',
      { thinking: enabled(4000), max_tokens: 4000 },
      'thinking.budget_tokens',
    ],
    [
      'interleaved without tools',
      { thinking: enabled(4000), max_tokens: 4000 },
      'thinking.budget_tokens',
      interleaved,
    ],
    ['no budget', { thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [
      'a budget too many',
      { thinking: { type: 'adaptive', budget_tokens: 2000 } },
      'thinking.budget_tokens',
    ],
    ['C33', { thinking: enabled(2000), ...forced }, 'tool_choice'],
    ['C33 adaptive', { thinking: adaptive, ...forced }, 'tool_choice'],
    [
      'C33 where adaptive is no obstacle',
      { thinking: enabled(2000), ...forced },
      'tool_choice',
      ga,
    ],
    [
      'a forced function',
      { thinking: adaptive, functions: [{ name: 'f' }], function_call: { name: 'f' } },
      'function_call',
    ],
  ])('%s: %j names %s', (_name, change, param, decoding) => {
    expect(decodeChat(change, decoding).refused).toMatchObject({ param });
  });
});

describe('samplers that thinking rules out', () => {
  test.each<[string, object, object, readonly string[]]>([
    ['C34', { reasoning_effort: 'high', temperature: 0.2 }, {}, ['temperature']],
    ['the others', { reasoning_effort: 'high', top_p: 0.9, top_k: 5 }, {}, ['top_p', 'top_k']],
    [
      'two at once',
      { thinking: adaptive, temperature: 0.2, top_p: 0.9 },
      {},
      ['temperature', 'top_p'],
    ],
    ['those that are taken', { reasoning_effort: 'high', top_p: 0.95 }, { top_p: 0.95 }, []],
    ['no thinking', { reasoning_effort: 'none', temperature: 0.2 }, { temperature: 0.2 }, []],
    [
      'thinking that was left out',
      { reasoning_effort: 'high', ...forced, temperature: 0.2 },
      { temperature: 0.2 },
      [],
    ],
  ])('%s: %j', (_name, change, expected, ignored) => {
    const { up, shape } = decodeChat(change);
    expect(membersOf(up ?? {}, 'temperature', 'top_p', 'top_k')).toEqual(expected);
    expect(shape?.ignored).toEqual(ignored);
  });
});

test.each<[object, string]>([
  [{}, 'content-and-blocks'],
  [{ reasoning_effort: 'low' }, 'content-and-blocks'],
  [{ reasoning: { effort: 'low' } }, 'content-blocks-and-details'],
  [{ reasoning: { exclude: true } }, 'excluded'],
  [{ thinking: adaptive, reasoning: { exclude: true } }, 'excluded'],
])('thinking is returned in the way it was asked for: %j', (change, expected) => {
  expect(decodeChat(change).shape?.reasoning).toBe(expected);
});
