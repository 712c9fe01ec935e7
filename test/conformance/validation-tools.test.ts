import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from '../support/conformance.ts';
import { askMessage, expectCase } from '../support/conformance.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §13.4: tools. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const weather = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const clock = { name: 'get_time', input_schema: { type: 'object' } };
const both = { tools: [weather, clock], max_tokens: 1024 };
const search = { type: 'web_search_20250305', name: 'web_search' };

const cases: readonly Case[] = [
  {
    name: '#79 no input_schema',
    change: { tools: [{ name: 'f' }] },
    says: 'tools.0.custom.input_schema: Field required',
  },
  {
    name: '#80 a tool of another form',
    change: { tools: [{ type: 'function', function: weather }] },
    says: "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', …",
  },
  {
    name: '#81 one name for two tools',
    change: { tools: [weather, weather] },
    says: 'tools: Tool names must be unique.',
  },
  {
    name: '#82 a name with a space',
    change: { tools: [{ ...weather, name: 'a b' }] },
    says: "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  },
  {
    name: '#83 anyOf at the top of a schema',
    change: { tools: [{ ...weather, input_schema: { type: 'object', anyOf: [{}] } }] },
    says: 'tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
  },
  {
    name: '#84 a keyword of the wrong type',
    change: { tools: [{ ...weather, input_schema: { type: 'object', required: 'city' } }] },
    says: 'tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview.',
  },
  {
    name: '#85 any tool of none',
    change: { tool_choice: { type: 'any' } },
    says: 'tool_choice.any may only be specified while providing tools',
  },
  {
    name: '#86 a tool that is not there',
    change: { tools: [weather], tool_choice: { type: 'tool', name: 'x' } },
    says: "Tool 'x' not found in provided tools",
  },
  { name: '#87 auto without tools', change: { tool_choice: { type: 'auto' } } },
  { name: '#87 none without tools', change: { tool_choice: { type: 'none' } } },
  { name: '#87 an empty list of tools', change: { tools: [], tool_choice: { type: 'auto' } } },
  {
    name: '#88 a choice as text',
    change: { tools: [weather], tool_choice: 'auto' },
    says: 'tool_choice: Input should be an object',
  },
  {
    name: '#89 a choice that is none',
    change: { tools: [weather], tool_choice: { type: 'required' } },
    says: "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
  },
  {
    name: '#93 a strict tool with an open object',
    change: { tools: [{ ...weather, strict: true }] },
    says: "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
  },
  {
    name: '#94 every tool deferred',
    change: { tools: [{ ...weather, defer_loading: true }] },
    says: 'At least one tool must have defer_loading=false. All tools cannot be deferred.',
  },
  {
    name: '#97 domains that are allowed and others that are blocked',
    change: { tools: [{ ...search, allowed_domains: ['a.com'], blocked_domains: ['b.com'] }] },
    says: 'tools.0.web_search_20250305: Only one of allowed_domains and blocked_domains may be specified',
  },
];

test.each(cases)('$name', (wanted) => expectCase(gateway, wanted));

describe('calls', () => {
  const callsIn = async (change: object): Promise<number> => {
    const message = await askMessage(gateway, { change: { ...both, ...change } });
    return message.content.filter(({ type }) => type === 'tool_use').length;
  };

  test('#78 a call has an id, an input and ends the turn', async () => {
    const message = await askMessage(gateway, {
      change: { tools: [weather], tool_choice: { type: 'any' }, max_tokens: 1024 },
    });
    expect(message.stop_reason).toBe('tool_use');
    const call = message.content.find(({ type }) => type === 'tool_use');
    expect(call?.name).toBe('get_weather');
    expect(typeof call?.input?.['city']).toBe('string');
    expect(call?.id).toMatch(/^toolu_/);
  });

  test('#90 at most one where parallel calls are switched off', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const messages = [{ role: 'user', content: `Weather and time in city ${String(turn)}?` }];
      const tool_choice = { type: 'auto', disable_parallel_tool_use: true };
      expect(await callsIn({ messages, tool_choice })).toBeLessThanOrEqual(1);
    }
  });

  test('#91 exactly one where one is forced beside that', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const messages = [{ role: 'user', content: `Weather and time in city ${String(turn)}?` }];
      const tool_choice = { type: 'any', disable_parallel_tool_use: true };
      expect(await callsIn({ messages, tool_choice })).toBe(1);
    }
  });

  test('#92 none where none may be made', async () => {
    const message = await askMessage(gateway, {
      change: { ...both, tool_choice: { type: 'none' } },
    });
    expect(message.stop_reason).toBe('end_turn');
    expect(message.content.some(({ type }) => type === 'tool_use')).toBe(false);
  });
});

test('#98b a paused turn is taken back and goes on with the result that it waits for', async () => {
  const paused = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
  const message = await askMessage(gateway, {
    change: {
      tools: [search],
      max_tokens: 1024,
      messages: [
        { role: 'user', content: 'Search' },
        { role: 'assistant', content: [paused] },
      ],
    },
  });
  expect(message.content[0]).toMatchObject({
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
  });
});
