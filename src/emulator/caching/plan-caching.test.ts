import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../test/support/model-facts.ts';
import { ManualClock } from '../../std/manual-clock.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import type { CachingPlan } from './plan-caching.ts';
import { planCaching } from './plan-caching.ts';
import { canonicalBlock } from './canonical-block.ts';
import type { PromptLevel } from './prompt-positions.ts';
import { promptPositions } from './prompt-positions.ts';
import { PromptCache } from './prompt-cache.ts';

const cached = { cache_control: { type: 'ephemeral' } };
const words = (name: string): string => Array.from({ length: 1200 }, () => name).join(' ');
const tool = { name: 'f', description: words('tool'), input_schema: { type: 'object' } };
const document = (enabled: boolean): object => ({
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data: 'Facts.' },
  citations: { enabled },
});
const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
const search = { type: 'web_search_20250305', name: 'web_search' };
const schema = { type: 'object', properties: {}, additionalProperties: false };

/** A breakpoint at the end of each level, and a question behind the last of them. */
function bodyWith(more: object, asked: object = { type: 'text', text: 'And?' }): object {
  return {
    model: 'claude-sonnet-4-6',
    max_tokens: 64,
    tools: [{ ...tool, ...cached }],
    system: [{ type: 'text', text: words('system'), ...cached }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: words('turn'), ...cached }, asked] },
    ],
    ...more,
  };
}

function planOf(body: object, model = 'claude-sonnet-4-6'): CachingPlan {
  const request = body as CheckedRequest;
  const facts = factsOf(model);
  // A letter is a token here: how tokens are counted is not what these tests are about.
  const positions = promptPositions(request).map(({ block }) => canonicalBlock(block).length);
  let total = 10;
  for (const count of positions) total += count;
  return planCaching({ request, facts, counted: { total, positions } }, 'one');
}

/** The last level that is still read after a request with another body. */
function readLevel(before: CachingPlan, after: CachingPlan): PromptLevel | 'none' {
  const cache = new PromptCache({ clock: new ManualClock() });
  cache.use(before, 0);
  const { readTokens } = cache.use(after, 0);
  const levels = ['tools', 'system', 'messages'] as const;
  const at = before.breakpoints.findIndex(({ tokens }) => tokens === readTokens);
  return levels[at] ?? 'none';
}

const text = { type: 'text', text: 'And?' };
const sameSystem = [{ type: 'text', text: words('system'), ...cached }];

describe('what a change leaves readable (API reference §6.5)', () => {
  test.each<[string, object, object, PromptLevel | 'none']>([
    ['nothing', {}, {}, 'messages'],
    ['max_tokens and samplers', {}, { max_tokens: 9, temperature: 0.5 }, 'messages'],
    ['a tool', {}, { tools: [{ ...tool, description: words('other'), ...cached }] }, 'none'],
    ['an option of a tool', {}, { tools: [{ ...tool, strict: true, ...cached }] }, 'none'],
    ['text of system', {}, { system: [{ ...sameSystem[0], text: words('other') }] }, 'tools'],
    ['speed', {}, { speed: 'fast' }, 'tools'],
    ['speed, said to be the usual', {}, { speed: 'standard' }, 'messages'],
    ['web search', {}, { tools: [search, { ...tool, ...cached }] }, 'tools'],
    [
      'an option of web search',
      { tools: [search, { ...tool, ...cached }] },
      {
        tools: [
          { ...search, max_uses: 3 },
          { ...tool, ...cached },
        ],
      },
      'tools',
    ],
    ['a format', {}, { output_config: { format: { type: 'json_schema', schema } } }, 'tools'],
    ['tool_choice', {}, { tool_choice: { type: 'none' } }, 'system'],
    ['tool_choice, said to be the usual', {}, { tool_choice: { type: 'auto' } }, 'messages'],
    [
      'one tool at a time',
      {},
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      'system',
    ],
    ['thinking', {}, { thinking: { type: 'adaptive' } }, 'system'],
    ['thinking, said to be off', {}, { thinking: { type: 'disabled' } }, 'messages'],
    [
      'the budget',
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      { thinking: { type: 'enabled', budget_tokens: 2048 } },
      'system',
    ],
    [
      'how thinking is shown',
      { thinking: { type: 'adaptive' } },
      { thinking: { type: 'adaptive', display: 'omitted' } },
      'messages',
    ],
    ['effort', {}, { output_config: { effort: 'low' } }, 'system'],
    ['effort, said to be the usual', {}, { output_config: { effort: 'high' } }, 'messages'],
  ])('%s', (_name, before, after, expected) => {
    expect(readLevel(planOf(bodyWith(before)), planOf(bodyWith(after)))).toBe(expected);
  });

  test.each<[string, object, object, PromptLevel]>([
    ['the question', text, { ...text, text: 'Or?' }, 'messages'],
    ['images, where there were none', text, image, 'system'],
    ['another image', image, { ...image, source: { type: 'url', url: 'b' } }, 'messages'],
    ['citations', document(false), document(true), 'tools'],
    ['a document without citations', text, document(false), 'messages'],
  ])('behind the last breakpoint: %s', (_name, before, after, expected) => {
    expect(readLevel(planOf(bodyWith({}, before)), planOf(bodyWith({}, after)))).toBe(expected);
  });
});

const user = (...content: object[]): object => ({ role: 'user', content });
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const long = { type: 'text', text: words('turn') };
const thought = { type: 'thinking', thinking: 'Hm, let me see.', signature: 'c2lnbmVk' };
const call = { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1, b: 2 } };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'Sunny.' };
const loop = [user(long), assistant(thought, call)];

/** How much of a conversation is read after an earlier one, each asking for the cache at its end. */
function readAfter(before: object[], after: object[], model = 'claude-sonnet-4-6'): number {
  const cache = new PromptCache({ clock: new ManualClock() });
  const body = { model, max_tokens: 64, cache_control: { type: 'ephemeral' } };
  const first = planOf({ ...body, messages: before }, model);
  cache.use(first, 0);
  const { readTokens } = cache.use(planOf({ ...body, messages: after }, model), 0);
  return readTokens === 0 ? 0 : readTokens / (first.breakpoints.at(-1)?.tokens ?? 1);
}

describe('equal prompts', () => {
  test.each<[string, object[], object[], number]>([
    ['a string is one block', [{ role: 'user', content: long.text }], [user(long)], 1],
    [
      'turns of one role are one turn',
      [user(long), user(text)],
      [user(long, text), assistant(text)],
      1,
    ],
    ['the role counts', [user(long), assistant(text)], [user(long, text)], 0],
    ['the order of members does not', [user(long)], [user({ text: long.text, type: 'text' })], 1],
    [
      'the order inside of an input does',
      [...loop, user(result)],
      [user(long), assistant(thought, { ...call, input: { b: 2, a: 1 } }), user(result)],
      0,
    ],
    [
      'data that is named like a cache mark is data',
      [user(long), assistant({ ...call, input: { cache_control: 1 } }), user(result)],
      [user(long), assistant({ ...call, input: { cache_control: 2 } }), user(result)],
      0,
    ],
    [
      'a mark inside of a result is none',
      [...loop, user({ ...result, content: [text] })],
      [...loop, user({ ...result, content: [{ ...text, ...cached }] })],
      1,
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(readAfter(before, after)).toBe(expected);
  });

  test.each<[string, string, object[], number]>([
    ['within the loop of tools', 'claude-sonnet-4-5', [text], 1],
    ['it is kept from 4.6 on', 'claude-sonnet-4-6', [text, user(text)], 1],
    ['a new question drops it before', 'claude-sonnet-4-5', [text, user(text)], 0],
  ])('thinking of an earlier turn: %s', (_name, model, [answer = text, ...next], expected) => {
    const before = [...loop, user(result)];
    expect(readAfter(before, [...before, assistant(answer), ...next], model)).toBe(expected);
  });

  test('a deferred tool is not in the prefix', () => {
    const found = { type: 'tool_search_tool_regex', name: 'tool_search_tool_regex' };
    const tools = (description: string): object => ({
      tools: [
        { ...tool, ...cached },
        { ...tool, name: 'g', description, defer_loading: true },
        found,
      ],
    });
    const [before, after] = [planOf(bodyWith(tools('a'))), planOf(bodyWith(tools('b')))];
    expect(readLevel(before, after)).toBe('messages');
  });
});

test('automatic caching walks back over what cannot be cached', () => {
  const messages = [user(long), assistant(text, thought)];
  const plan = planOf({ cache_control: { type: 'ephemeral' }, messages });
  const explicit = planOf({ messages: [user(long), assistant({ ...text, ...cached }, thought)] });
  expect(plan.breakpoints).toEqual(explicit.breakpoints);
  expect(plan.breakpoints).toHaveLength(1);
});

test('nothing to cache: neither a breakpoint nor an error', () => {
  expect(planOf({ messages: [user(text)] }).breakpoints).toEqual([]);
  const empty = planOf({ cache_control: { type: 'ephemeral' }, messages: [assistant(thought)] });
  expect(empty.breakpoints).toEqual([]);
});
