import { describe, expect, test } from 'vitest';
import {
  askedUpstream,
  decodeChat,
  membersOf,
  modelM,
} from '../../../../test/support/decode-chat.ts';

const empty = { type: 'object', properties: {} };
const marker = { type: 'ephemeral', ttl: '1h' };

function F(name: string, more: object = {}): object {
  return { type: 'function', function: { name, parameters: empty, ...more } };
}

function native(name: string): object {
  return { name, input_schema: empty };
}

const named = (name: string): object => ({ type: 'function', function: { name } });
const allowed = (mode: string, ...names: readonly string[]): object => ({
  type: 'allowed_tools',
  allowed_tools: { mode, tools: names.map((name) => named(name)) },
});
const custom = (format?: object): object => ({
  type: 'custom',
  custom: { name: 'grep', description: 'Searches.', ...(format === undefined ? {} : { format }) },
});
const textArgument = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
};
const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 };

describe('tools and the choice among them', () => {
  test.each<[string, object, object]>([
    ['C01', { tools: [F('f')] }, { tools: [native('f')] }],
    [
      'C02',
      { tools: [{ type: 'function', function: { name: 'f', description: 'd' } }] },
      { tools: [{ ...native('f'), description: 'd' }] },
    ],
    ['null for parameters', { tools: [F('f', { parameters: null })] }, { tools: [native('f')] }],
    ['no parameters', { tools: [F('f', { parameters: {} })] }, { tools: [native('f')] }],
    [
      'null for what a schema says, but for a value that may be one',
      { tools: [F('f', { parameters: { type: null, properties: null, default: null } })] },
      { tools: [{ name: 'f', input_schema: { type: 'object', default: null } }] },
    ],
    [
      'C03',
      {
        tools: [
          F('f', {
            parameters: {
              $defs: { A: { type: 'string' } },
              properties: { a: { $ref: '#/$defs/A' } },
              required: null,
              additionalProperties: { oneOf: [{ type: 'string' }] },
            },
          }),
        ],
      },
      {
        tools: [
          {
            name: 'f',
            input_schema: {
              type: 'object',
              $defs: { A: { type: 'string' } },
              properties: { a: { $ref: '#/$defs/A' } },
              additionalProperties: { oneOf: [{ type: 'string' }] },
            },
          },
        ],
      },
    ],
    [
      'C04',
      { tools: [F('f')], tool_choice: 'auto' },
      { tools: [native('f')], tool_choice: { type: 'auto' } },
    ],
    [
      'C05',
      { tools: [F('f')], tool_choice: 'required' },
      { tools: [native('f')], tool_choice: { type: 'any' } },
    ],
    [
      'C06',
      { tools: [F('f')], tool_choice: 'none', parallel_tool_calls: false },
      { tools: [native('f')], tool_choice: { type: 'none' } },
    ],
    [
      'C07',
      { tools: [F('f')], tool_choice: named('f') },
      { tools: [native('f')], tool_choice: { type: 'tool', name: 'f' } },
    ],
    [
      'C09',
      { tools: [F('f')], parallel_tool_calls: false },
      {
        tools: [native('f')],
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      },
    ],
    [
      'C10',
      { tools: [F('f')], tool_choice: named('f'), parallel_tool_calls: false },
      {
        tools: [native('f')],
        tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
      },
    ],
    [
      'C11',
      { tools: [F('f'), F('g')], tool_choice: allowed('required', 'f') },
      { tools: [native('f')], tool_choice: { type: 'any' } },
    ],
    [
      'some of them allowed',
      { tools: [F('f'), F('g'), F('h')], tool_choice: allowed('auto', 'h', 'f', 'other') },
      { tools: [native('f'), native('h')], tool_choice: { type: 'auto' } },
    ],
    ['C14', { parallel_tool_calls: true }, {}],
    ['one at a time of none', { parallel_tool_calls: false }, {}],
    ['no choice of none', { tool_choice: 'none' }, {}],
    ['any choice of none', { tool_choice: 'auto' }, {}],
    ['C15', { tools: [] }, {}],
    [
      'C18',
      { tools: [custom({ type: 'text' })] },
      { tools: [{ name: 'grep', description: 'Searches.', input_schema: textArgument }] },
    ],
    [
      'a text tool that is chosen',
      { tools: [custom()], tool_choice: { type: 'custom', custom: { name: 'grep' } } },
      {
        tools: [{ name: 'grep', description: 'Searches.', input_schema: textArgument }],
        tool_choice: { type: 'tool', name: 'grep' },
      },
    ],
    [
      'C20',
      { functions: [{ name: 'f' }] },
      {
        tools: [native('f')],
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      },
    ],
    [
      'C20 that must be called',
      { functions: [{ name: 'f' }], function_call: { name: 'f' } },
      {
        tools: [native('f')],
        tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
      },
    ],
    [
      'C20 that must not be called',
      { functions: [{ name: 'f' }], function_call: 'none' },
      { tools: [native('f')], tool_choice: { type: 'none' } },
    ],
    [
      'a mark on the tool',
      { tools: [{ ...F('f'), cache_control: marker }] },
      { tools: [{ ...native('f'), cache_control: marker }] },
    ],
    [
      'a mark on the function',
      { tools: [F('f', { cache_control: marker })] },
      { tools: [{ ...native('f'), cache_control: marker }] },
    ],
    [
      'tools of the Messages form',
      {
        tools: [
          search,
          { name: 'g', input_schema: empty, strict: true, next_year: 1 },
          { type: 'custom', name: 'h', input_schema: empty },
        ],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      },
      {
        tools: [
          search,
          { name: 'g', input_schema: empty, strict: true, next_year: 1 },
          { type: 'custom', name: 'h', input_schema: empty },
        ],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      },
    ],
    [
      'no choice, in the Messages form',
      { tools: [F('f')], tool_choice: { type: 'none', disable_parallel_tool_use: true } },
      { tools: [native('f')], tool_choice: { type: 'none' } },
    ],
    [
      'a choice within a toolset',
      {
        tools: [{ type: 'mcp_toolset', mcp_server_name: 's' }],
        tool_choice: { type: 'tool', name: 'its-own' },
      },
      {
        tools: [{ type: 'mcp_toolset', mcp_server_name: 's' }],
        tool_choice: { type: 'tool', name: 'its-own' },
      },
    ],
  ])('%s: %j', (_name, change, expected) => {
    expect(membersOf(askedUpstream(change), 'tools', 'tool_choice')).toEqual(expected);
  });
});

describe('refused', () => {
  test.each<[string, object, string]>([
    ['C08', { tools: [F('f')], tool_choice: named('g') }, 'tool_choice'],
    ['C12', { tools: [F('f')], tool_choice: allowed('auto') }, 'tool_choice'],
    [
      'none of those there are',
      { tools: [F('f')], tool_choice: allowed('auto', 'g') },
      'tool_choice',
    ],
    ['C13', { tool_choice: 'required' }, 'tool_choice'],
    ['a name of none', { tool_choice: named('f') }, 'tool_choice'],
    ['any of none', { tools: [], tool_choice: { type: 'any' } }, 'tool_choice'],
    ['allowed of none', { tool_choice: allowed('auto', 'f') }, 'tool_choice'],
    ['a word there is not', { tools: [F('f')], tool_choice: 'any' }, 'tool_choice'],
    ['a kind there is not', { tools: [F('f')], tool_choice: { type: 'some' } }, 'tool_choice'],
    ['a kind of objects', { tools: [F('f')], tool_choice: { type: 'constructor' } }, 'tool_choice'],
    ['no name', { tools: [F('f')], tool_choice: { type: 'function' } }, 'tool_choice.function'],
    [
      'a mode there is not',
      { tools: [F('f')], tool_choice: allowed('some', 'f') },
      'tool_choice.allowed_tools.mode',
    ],
    ['C16', { tools: [F('a b')] }, 'tools[0].function.name'],
    ['a long name', { tools: [F('f'), F('x'.repeat(65))] }, 'tools[1].function.name'],
    ['no name', { tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    ['no function', { tools: [{ type: 'function' }] }, 'tools[0].function'],
    ['no kind', { tools: [{ function: { name: 'f' } }] }, 'tools[0].type'],
    ['a list', { tools: [F('f', { parameters: [] })] }, 'tools[0].function.parameters'],
    ['a word', { tools: [F('f', { strict: 'yes' })] }, 'tools[0].function.strict'],
    ['a number', { tools: [F('f', { description: 1 })] }, 'tools[0].function.description'],
    [
      'a mark of another kind',
      { tools: [F('f', { cache_control: { type: 'ephemeral', ttl: '2h' } })] },
      'tools[0].function.cache_control.ttl',
    ],
    ['C17', { tools: [F('f'), F('f')] }, 'tools[1].function.name'],
    ['C17 in two forms', { tools: [F('f'), native('f')] }, 'tools[1].name'],
    ['C17 as functions', { functions: [{ name: 'f' }, { name: 'f' }] }, 'functions[1].name'],
    [
      'C19',
      { tools: [custom({ type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } })] },
      'tools[0].custom.format.type',
    ],
    ['functions that are none', { functions: [{}] }, 'functions[0].name'],
    [
      'a function there is not',
      { functions: [{ name: 'f' }], function_call: { name: 'g' } },
      'function_call',
    ],
    ['a function of none', { functions: [{ name: 'f' }], function_call: {} }, 'function_call.name'],
  ])('%s: %j names %s', (_name, change, param) => {
    expect(decodeChat(change).refused).toMatchObject({ param });
  });
});

test('C18 a call of a text tool is one of its own kind in the answer', () => {
  expect(decodeChat({ tools: [custom(), F('f')] }).shape?.customTools).toEqual(new Set(['grep']));
});

test('C20 functions are called in their own way, and tools are not', () => {
  expect(decodeChat({ functions: [{ name: 'f' }] }).shape?.callsAs).toBe('function_call');
  expect(decodeChat({ tools: [F('f')] }).shape?.callsAs).toBe('tool_calls');
  const both = { tools: [F('f')], functions: [{ name: 'g' }], function_call: 'auto' };
  expect(decodeChat(both)).toMatchObject({
    up: { tools: [native('f')] },
    shape: { callsAs: 'tool_calls', ignored: ['functions', 'function_call'] },
  });
});

describe('strict tools', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string', maxLength: 3 } } };

  test('keep to a schema that the API can hold', () => {
    expect(askedUpstream({ tools: [F('f', { strict: true, parameters })] })['tools']).toEqual([
      {
        name: 'f',
        strict: true,
        input_schema: {
          type: 'object',
          properties: { a: { type: 'string', description: 'Must fulfil maxLength: 3.' } },
          additionalProperties: false,
        },
      },
    ]);
  });

  test.each<[string, object]>([
    ['false', { strict: false }],
    ['null', { strict: null }],
  ])('%s says nothing', (_name, strict) => {
    const { up, shape } = decodeChat({ tools: [F('f', { ...strict, parameters })] });
    expect(up?.['tools']).toEqual([{ name: 'f', input_schema: parameters }]);
    expect(shape?.ignored).toEqual([]);
  });

  test.each<[string, string, object]>([
    ['a model that cannot', 'claude-sonnet-4-20250514', parameters],
    ['a schema that cannot', modelM, { type: 'object', additionalProperties: { type: 'string' } }],
  ])('%s: the flag is left out and named', (_name, model, schema) => {
    const tools = [F('g'), F('f', { strict: true, parameters: schema })];
    const { up, shape } = decodeChat({ model, tools });
    expect(up?.['tools']).toEqual([native('g'), { name: 'f', input_schema: schema }]);
    expect(shape?.ignored).toEqual(['tools[1].function.strict']);
  });
});

describe('a conversation that calls tools, and a request that offers none', () => {
  const call = (id: string, name: string): object => ({
    id,
    type: 'function',
    function: { name, arguments: '{}' },
  });
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: null, tool_calls: [call('1', 'f'), call('2', 'g')] },
    { role: 'tool', tool_call_id: '1', content: 'x' },
    { role: 'tool', tool_call_id: '2', content: 'y' },
    { role: 'user', content: 'go on' },
  ];

  test('C35 it is offered their names, and not to call them', () => {
    for (const more of [{}, { tools: [] }, { tool_choice: 'auto' }]) {
      const up = askedUpstream({ messages, ...more });
      expect(membersOf(up, 'tools', 'tool_choice')).toEqual({
        tools: [native('f'), native('g')],
        tool_choice: { type: 'none' },
      });
    }
  });

  test('its own tools are enough where it offers some', () => {
    const up = askedUpstream({ messages, tools: [F('g')] });
    expect(membersOf(up, 'tools', 'tool_choice')).toEqual({ tools: [native('g')] });
  });
});
