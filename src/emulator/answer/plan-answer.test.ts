import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../test/support/model-facts.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import { planAnswer } from './plan-answer.ts';
import type { PlannedBlock } from './planned-block.ts';
import type { CheckedRequest } from '../rules/rule.ts';

const weather = { name: 'get_weather', input_schema: { type: 'object' } };
const clock = { name: 'get_time', input_schema: { type: 'object' } };
const question = { role: 'user', content: 'How is the weather in Lisbon today?' } as const;
const base: CheckedRequest = { model: 'm', max_tokens: 1024, messages: [question] };
const seeds = Array.from({ length: 40 }, (_, index) => `seed ${String(index)}`);

function plan(request: CheckedRequest, seed = 'seed'): readonly PlannedBlock[] {
  const facts = factsOf('claude-sonnet-4-6');
  const accepted = { request, facts, betas: new Set<string>(), wantsJsonObject: false };
  return planAnswer(accepted, new DeterministicRandom(seed), 0);
}

const kindsIn = (blocks: readonly PlannedBlock[]): readonly string[] =>
  blocks.map((block) => ('block' in block ? block.block.type : block.kind));

describe('the choice of tools', () => {
  test.each<[string, CheckedRequest['tool_choice'], readonly number[]]>([
    ['no choice given', undefined, [1, 2]],
    ['auto', { type: 'auto' }, [1, 2]],
    ['#90 auto without parallel calls', { type: 'auto', disable_parallel_tool_use: true }, [1]],
    ['any', { type: 'any' }, [1, 2]],
    ['#91 any without parallel calls', { type: 'any', disable_parallel_tool_use: true }, [1]],
    ['tool', { type: 'tool', name: 'get_time' }, [1]],
    ['#92 none', { type: 'none' }, [0]],
  ])('%s', (_name, tool_choice, counts) => {
    const choice = tool_choice === undefined ? {} : { tool_choice };
    const seen = seeds.map((seed) => {
      const blocks = plan({ ...base, tools: [weather, clock], ...choice }, seed);
      return blocks.filter(({ kind }) => kind === 'call').length;
    });
    expect([...new Set(seen)].toSorted((left, right) => left - right)).toEqual(counts);
  });

  test('a forced call comes without a word before it, a free one may have one', () => {
    const request: CheckedRequest = { ...base, tools: [weather] };
    const forced = seeds.map((seed) => plan({ ...request, tool_choice: { type: 'any' } }, seed));
    const free = seeds.map((seed) => plan(request, seed));
    expect(new Set(forced.map((blocks) => kindsIn(blocks).join()))).toEqual(new Set(['tool_use']));
    expect(new Set(free.map((blocks) => kindsIn(blocks).join()))).toEqual(
      new Set(['tool_use', 'text,tool_use']),
    );
  });

  test('a tool that the model does not see is called only when forced', () => {
    const tools = [{ ...weather, defer_loading: true }, clock];
    const names = seeds.flatMap((seed) =>
      plan({ ...base, tools }, seed).flatMap((block) =>
        block.kind === 'call' && 'name' in block.block ? [block.block.name] : [],
      ),
    );
    expect(new Set(names)).toEqual(new Set(['get_time']));
  });

  test('an example of the tool is used where it fits', () => {
    const tool = {
      name: 'f',
      input_schema: { type: 'object', properties: { city: { type: 'string' } } },
      input_examples: [{ city: 'Porto' }],
    };
    expect(plan({ ...base, tools: [tool] }).at(-1)).toMatchObject({
      block: { input: { city: 'Porto' } },
    });
  });

  test('results are answered in words, so that a loop ends', () => {
    const call = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} } as const;
    const content = 'Sunny, 21 degrees';
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content } as const;
    const blocks = plan({
      ...base,
      tools: [weather, clock],
      messages: [
        question,
        { role: 'assistant', content: [call] },
        { role: 'user', content: [result] },
      ],
    });
    expect(kindsIn(blocks)).toEqual(['text']);
    expect(blocks[0]).toHaveProperty('text', expect.stringContaining(content));
  });
});

describe('tools that the API defines', () => {
  test.each([
    ['bash_20250124', 'bash', 'command'],
    ['text_editor_20250728', 'str_replace_based_edit_tool', 'path'],
    ['computer_20250124', 'computer', 'action'],
    ['memory_20250818', 'memory', 'command'],
  ])('%s is called with its own input', (type, name, key) => {
    const call = plan({ ...base, tools: [{ type, name }] }).at(-1);
    expect(call).toMatchObject({ kind: 'call', block: { name } });
    expect(call).toHaveProperty(`block.input.${key}`);
  });

  test('a toolset is never called', () => {
    const tools = [{ type: 'mcp_toolset', mcp_server_name: 's' }];
    expect(kindsIn(plan({ ...base, tools, tool_choice: { type: 'any' } }))).toEqual(['text']);
  });
});
