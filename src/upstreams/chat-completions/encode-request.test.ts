import { describe, expect, test } from 'vitest';
import type { EngineQuirks } from '../../config/engine-quirks.ts';
import { engineNames } from '../../config/engine-quirks.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import type { EngineRequest } from './engine-request.ts';
import { encodeRequest } from './encode-request.ts';
import { quirksOf } from './engines.ts';

const base: MessagesRequest = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};
const plain = {
  model: 'their-model',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};
const tool = { name: 'f', description: 'F', input_schema: { type: 'object' } };
const weather = { ...tool, name: 'weather' };
const png = { type: 'base64', media_type: 'image/png', data: 'AAAA' } as const;

function encode(
  change: Partial<MessagesRequest>,
  quirks: Partial<EngineQuirks> = {},
): EngineRequest {
  const encoded = encodeRequest({ ...base, ...change }, quirksOf('generic', quirks), 'their-model');
  if (isRefusal(encoded)) throw new Error(encoded.detail);
  return encoded.body;
}

function refused(change: object, quirks: Partial<EngineQuirks> = {}): string | undefined {
  const request = { ...base, ...change } as MessagesRequest;
  const encoded = encodeRequest(request, quirksOf('generic', quirks), 'their-model');
  return isRefusal(encoded) ? encoded.param : undefined;
}

type EncodingCase = readonly [
  name: string,
  change: Partial<MessagesRequest>,
  quirks: Partial<EngineQuirks>,
  /** What differs from the plain request. */
  expected: object,
];

const parameters: readonly EncodingCase[] = [
  ['nothing more than was said', {}, {}, {}],
  ['zero is no absence', { temperature: 0, top_p: 0.5 }, {}, { temperature: 0, top_p: 0.5 }],
  ['top_k, taken', { top_k: 0 }, { takes_top_k: true }, { top_k: 0 }],
  ['top_k, not taken', { top_k: 40 }, {}, {}],
  ['stops', { stop_sequences: ['a', 'b'] }, {}, { stop: ['a', 'b'] }],
  ['who asks', { metadata: { user_id: 'u-1' } }, {}, { user: 'u-1' }],
  ['nobody asks', { metadata: { user_id: null } }, {}, {}],
  [
    'tiers',
    { service_tier: 'standard_only' },
    { takes_service_tier: true },
    { service_tier: 'default' },
  ],
  [
    'streams report usage',
    { stream: true },
    {},
    { stream: true, stream_options: { include_usage: true } },
  ],
  [
    'streams that cannot be asked for it',
    { stream: true },
    { takes_stream_options: false },
    { stream: true },
  ],
];

const bounds = [
  ['max_tokens', { max_tokens: 64 }],
  ['max_completion_tokens', { max_completion_tokens: 64 }],
] as const;

describe('parameters', () => {
  test.each(parameters)('%s', (_name, change, quirks, expected) => {
    expect(encode(change, quirks)).toEqual({ ...plain, ...expected });
  });

  test.each(bounds)('the bound as %s', (as, expected) => {
    const { max_tokens, max_completion_tokens } = encode({}, { max_tokens_as: as });
    expect({ max_tokens, max_completion_tokens }).toEqual({
      max_tokens: undefined,
      max_completion_tokens: undefined,
      ...expected,
    });
  });
});

const schema = { type: 'object', properties: { a: { type: 'integer' } } };
const asked = { output_config: { format: { type: 'json_schema' as const, schema } } };
const response_format = {
  type: 'json_schema',
  json_schema: { name: 'output', schema, strict: true },
};
const adaptive = { thinking: { type: 'adaptive' as const } };
const budget = (budget_tokens: number): Partial<MessagesRequest> => ({
  thinking: { type: 'enabled', budget_tokens },
});
const off = { thinking: { type: 'disabled' as const } };
const effort = (level: 'low' | 'medium' | 'high' | 'xhigh' | 'max'): Partial<MessagesRequest> => ({
  output_config: { effort: level },
});

const outputs: readonly EncodingCase[] = [
  ['a schema', asked, {}, { response_format }],
  [
    'a schema in the older place',
    { output_format: { type: 'json_schema', schema } },
    {},
    { response_format },
  ],
  ['a schema, native', asked, { thinking_as: 'native' }, asked],
  [
    'effort and thinking, native',
    { ...effort('max'), ...budget(2000) },
    { thinking_as: 'native' },
    { ...effort('max'), ...budget(2000) },
  ],
  ['an engine that knows no thinking', { ...effort('high'), ...adaptive }, {}, {}],
  ['effort', effort('low'), { thinking_as: 'effort' }, { reasoning_effort: 'low' }],
  ['effort, capped', effort('max'), { thinking_as: 'effort' }, { reasoning_effort: 'high' }],
  ['a small budget', budget(1024), { thinking_as: 'effort' }, { reasoning_effort: 'low' }],
  ['a middle one', budget(4000), { thinking_as: 'effort' }, { reasoning_effort: 'medium' }],
  ['a large one', budget(32_000), { thinking_as: 'effort' }, { reasoning_effort: 'high' }],
  ['adaptive has no level', adaptive, { thinking_as: 'effort' }, {}],
  ['off, unknown', off, { thinking_as: 'effort' }, {}],
  [
    'off, known',
    off,
    { thinking_as: 'effort', takes_effort_none: true },
    { reasoning_effort: 'none' },
  ],
  ['reasoning', budget(2000), { thinking_as: 'reasoning' }, { reasoning: { max_tokens: 2000 } }],
  [
    'reasoning by level',
    { ...adaptive, ...effort('low') },
    { thinking_as: 'reasoning' },
    { reasoning: { effort: 'low' } },
  ],
  ['reasoning, on', adaptive, { thinking_as: 'reasoning' }, { reasoning: { enabled: true } }],
  ['reasoning, off', off, { thinking_as: 'reasoning' }, { reasoning: { enabled: false } }],
  [
    'a template, on',
    { ...adaptive, ...effort('medium') },
    { thinking_as: 'template' },
    { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: 'medium' },
  ],
  [
    'a template, off',
    off,
    { thinking_as: 'template' },
    { chat_template_kwargs: { enable_thinking: false } },
  ],
  [
    'thinking as it is',
    { ...budget(2000), ...effort('high') },
    { thinking_as: 'thinking' },
    { ...budget(2000), reasoning_effort: 'high' },
  ],
];

describe('what comes out', () => {
  test.each(outputs)('%s', (_name, change, quirks, expected) => {
    expect(encode(change, quirks)).toEqual({ ...plain, ...expected });
  });
});

const f = {
  type: 'function',
  function: { name: 'f', description: 'F', parameters: { type: 'object' } },
};
const w = { ...f, function: { ...f.function, name: 'weather' } };

const toolCases: readonly EncodingCase[] = [
  ['tools', { tools: [tool] }, {}, { tools: [f] }],
  ['no tools', { tools: [], tool_choice: { type: 'auto' } }, {}, {}],
  [
    'strict, taken',
    { tools: [{ ...tool, strict: true }] },
    { takes_strict_tools: true },
    { tools: [{ ...f, function: { ...f.function, strict: true } }] },
  ],
  ['strict, not taken', { tools: [{ ...tool, strict: true }] }, {}, { tools: [f] }],
  [
    'a mark on a tool',
    { tools: [{ ...tool, cache_control: { type: 'ephemeral' } }] },
    { takes_cache_control: true },
    { tools: [{ ...f, cache_control: { type: 'ephemeral' } }] },
  ],
  [
    'any',
    { tools: [tool], tool_choice: { type: 'any' } },
    {},
    { tools: [f], tool_choice: 'required' },
  ],
  [
    'none',
    { tools: [tool], tool_choice: { type: 'none' } },
    {},
    { tools: [f], tool_choice: 'none' },
  ],
  [
    'one by its name',
    { tools: [tool, weather], tool_choice: { type: 'tool', name: 'weather' } },
    {},
    { tools: [f, w], tool_choice: { type: 'function', function: { name: 'weather' } } },
  ],
  [
    'one by its name, where names are not heeded',
    { tools: [tool, weather], tool_choice: { type: 'tool', name: 'weather' } },
    { tool_choice: 'words' },
    { tools: [w], tool_choice: 'required' },
  ],
  [
    'none, where no choice is heeded',
    { tools: [tool], tool_choice: { type: 'none' } },
    { tool_choice: 'none' },
    {},
  ],
  [
    'auto, where no choice is heeded',
    { tools: [tool], tool_choice: { type: 'auto' } },
    { tool_choice: 'none' },
    { tools: [f] },
  ],
  [
    'one call at a time',
    { tools: [tool], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    { takes_parallel_flag: true },
    { tools: [f], tool_choice: 'auto', parallel_tool_calls: false },
  ],
];

describe('tools', () => {
  test.each(toolCases)('%s', (_name, change, quirks, expected) => {
    expect(encode(change, quirks)).toEqual({ ...plain, ...expected });
  });
});

describe('what an engine cannot be told is refused', () => {
  test.each<readonly [string, object, Partial<EngineQuirks>]>([
    ['mcp_servers', { mcp_servers: [{ type: 'url', url: 'https://x', name: 'x' }] }, {}],
    ['container', { container: 'container_1' }, {}],
    ['context_management', { context_management: { edits: [] } }, {}],
    ['thread', { thread: { id: 'x' } }, {}],
    ['inference_geo', { inference_geo: 'us' }, {}],
    ['tools.1.type', { tools: [tool, { type: 'web_search_20250305', name: 'web_search' }] }, {}],
    [
      'tools.0.allowed_callers',
      { tools: [{ ...tool, allowed_callers: ['code_execution_20250825'] }] },
      {},
    ],
    ['tool_choice', { tools: [tool], tool_choice: { type: 'any' } }, { tool_choice: 'none' }],
    ['stop_sequences', { stop_sequences: ['1', '2', '3', '4', '5'] }, {}],
    ['output_config.format', asked, { takes_response_schema: false }],
    ['messages', { messages: [...base.messages, { role: 'assistant', content: 'So' }] }, {}],
    [
      'messages.1.content.0.type',
      {
        messages: [
          ...base.messages,
          {
            role: 'assistant',
            content: [{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }],
          },
          ...base.messages,
        ],
      },
      {},
    ],
    [
      'messages.0.content.0.source.type',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'file', file_id: 'file_1' } }],
          },
        ],
      },
      {},
    ],
    [
      'messages.0.content.0.source.type',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'url', url: 'https://x/y.png' } }],
          },
        ],
      },
      { image_urls: 'data' },
    ],
    [
      'messages.0.content.0.content.1',
      {
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: 't',
                content: [
                  { type: 'text', text: 'a' },
                  { type: 'image', source: png },
                ],
              },
            ],
          },
        ],
      },
      { image_urls: 'none' },
    ],
    [
      'messages.0.content.0.source',
      {
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'document',
                source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
              },
            ],
          },
        ],
      },
      {},
    ],
  ])('%s', (path, change, quirks) => {
    expect(refused(change, quirks)).toBe(path);
  });

  test('what has no effect on the answer is not', () => {
    expect(refused({ inference_geo: 'global', mcp_servers: [], container: null })).toBeUndefined();
  });
});

test('fields without an equivalent are named', () => {
  const request: MessagesRequest = {
    ...base,
    top_k: 4,
    service_tier: 'auto',
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: 'low' },
    tools: [{ ...tool, strict: true, input_examples: [{}] }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  };
  expect(encodeRequest(request, quirksOf('generic', {}), 'm')).toMatchObject({
    dropped: [
      'top_k',
      'service_tier',
      'thinking',
      'thinking.display',
      'output_config.effort',
      'tool_choice.disable_parallel_tool_use',
      'tools.strict',
      'tools.input_examples',
    ],
  });
  expect(encodeRequest(base, quirksOf('generic', {}), 'm')).toMatchObject({ dropped: [] });
});

test('an engine that takes the native spelling gets the conversation as it stands', () => {
  const { messages } = base;
  const system = [{ type: 'text' as const, text: 'Be brief' }];
  const change = {
    system,
    tools: [tool],
    tool_choice: { type: 'any' as const },
    stop_sequences: ['x'],
  };
  expect(encode(change, { request_as: 'native' })).toEqual({ ...plain, messages, ...change });
});

test.each(engineNames)('%s takes a plain request', (engine) => {
  const encoded = encodeRequest(base, quirksOf(engine, {}), 'their-model');
  expect(encoded).toMatchObject({ kind: 'encoded', body: { model: 'their-model' } });
});

test('an unfinished answer is gone on with where an engine has to be told so', () => {
  const messages = [...base.messages, { role: 'assistant' as const, content: 'So' }];
  expect(encode({ messages }, { prefill: 'continued' })).toMatchObject({
    messages: [{ role: 'user' }, { role: 'assistant', content: 'So' }],
    continue_final_message: true,
    add_generation_prompt: false,
  });
});
