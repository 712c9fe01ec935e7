import { describe, expect, test } from 'vitest';
import { checkSchema } from './check-schema.ts';
import { messagesRequestSchema } from './request-schema.ts';

const base = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};
const withBlock = (block: object, role = 'user'): object => ({
  ...base,
  messages: [{ role, content: [block] }],
});
const tool = { name: 'get_weather', input_schema: { type: 'object' } };

function issue(body: unknown, ...betas: readonly string[]): string | undefined {
  const found = checkSchema(messagesRequestSchema, body, new Set(betas));
  return found === undefined ? undefined : `${found.path}: ${found.text}`;
}

describe('the request schema names the place as the API does', () => {
  test.each<[string, unknown, string]>([
    ['#23 model', { ...base, model: undefined }, 'model: Input should be a valid string'],
    ['#23 no model', { max_tokens: 1, messages: [] }, 'model: Field required'],
    ['#24 no max_tokens', { model: 'm', messages: [] }, 'max_tokens: Field required'],
    ['#25 no messages', { model: 'm', max_tokens: 1 }, 'messages: Field required'],
    ['#35 an unknown member', { ...base, foo: 1 }, 'foo: Extra inputs are not permitted'],
    [
      '#44 a long user id',
      { ...base, metadata: { user_id: 'x'.repeat(257) } },
      'metadata.user_id: String should have at most 256 characters',
    ],
    [
      '#46 service_tier',
      { ...base, service_tier: 'turbo' },
      "service_tier: Input should be 'auto' or 'standard_only'",
    ],
    [
      '#53 a role',
      { ...base, messages: [{ role: 'tool', content: 'x' }] },
      "messages.0.role: Input should be 'user' or 'assistant'",
    ],
    [
      '#63 a member of a text block',
      withBlock({ type: 'text', text: 'a', foo: 1 }),
      'messages.0.content.0.text.foo: Extra inputs are not permitted',
    ],
    [
      '#71 tool_result without id',
      withBlock({ type: 'tool_result' }),
      'messages.0.content.0.tool_result.tool_use_id: Field required',
    ],
    [
      '#72 a tool_use id',
      withBlock({ type: 'tool_use', id: 'a b', name: 'x', input: {} }, 'assistant'),
      "messages.0.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      '#79 no input_schema',
      { ...base, tools: [{ name: 'x' }] },
      'tools.0.custom.input_schema: Field required',
    ],
    [
      '#82 a tool name',
      { ...base, tools: [{ ...tool, name: 'a b' }] },
      "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ],
    [
      '#88 tool_choice as text',
      { ...base, tool_choice: 'auto' },
      'tool_choice: Input should be an object',
    ],
    [
      '#89 tool_choice tag',
      { ...base, tool_choice: { type: 'required' } },
      "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
    ],
    [
      '#100 budget',
      { ...base, thinking: { type: 'enabled', budget_tokens: 1023 } },
      'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    ],
    [
      '#112 cache_control on thinking',
      withBlock({ type: 'thinking', thinking: '', signature: 's', cache_control: {} }, 'assistant'),
      'messages.0.content.0.thinking.cache_control: Extra inputs are not permitted',
    ],
    [
      'media type',
      withBlock({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: '' } }),
      "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ],
    [
      'a PDF is called pdf',
      withBlock({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 1 },
      }),
      'messages.0.content.0.pdf.source.base64.data: Input should be a valid string',
    ],
    [
      'cache_control',
      {
        ...base,
        system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', scope: 'x' } }],
      },
      'system.0.cache_control.ephemeral.scope: Extra inputs are not permitted',
    ],
    [
      'a block without type',
      withBlock({ text: 'x' }),
      "messages.0.content.0: Unable to extract tag using discriminator 'type'",
    ],
    ['a list', { ...base, messages: {} }, 'messages: Input should be a valid list'],
    ['stream', { ...base, stream: 'yes' }, 'stream: Input should be a valid boolean'],
    ['max_tokens', { ...base, max_tokens: 1.5 }, 'max_tokens: Input should be a valid integer'],
  ])('%s', (_name, body, expected) => {
    expect(issue(body)).toBe(expected);
  });

  test('#62 #80 #113 an unknown tag lists what was expected', () => {
    expect(issue(withBlock({ type: 'video' }))).toMatch(
      /^messages\.0\.content\.0: Input tag 'video' found using 'type' does not match any of the expected tags: '/,
    );
    expect(issue({ ...base, tools: [{ type: 'function' }] })).toMatch(
      /^tools\.0: Input tag 'function' .* expected tags: 'bash_20250124', 'custom', 'memory_20250818', 'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728', 'tool_search_tool_bm25', 'tool_search_tool_bm25_20251119', 'tool_search_tool_regex', 'tool_search_tool_regex_20251119', 'web_search_20250305', /,
    );
    expect(issue({ ...base, thinking: { type: 'on' } })).toMatch(
      /^thinking: Input tag 'on' found using 'type'/,
    );
  });

  test("an advisor's result comes back with why it stopped", () => {
    const content = { type: 'advisor_result', text: 'x', stop_reason: 'end_turn' };
    const block = { type: 'advisor_tool_result', tool_use_id: 'srvtoolu_1', content };
    expect(issue(withBlock(block, 'assistant'), 'advisor-tool-2026-03-01')).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['plain', base],
    [
      'null where it may be',
      { ...base, cache_control: null, tools: [{ ...tool, type: null, cache_control: null }] },
    ],
    [
      'a built-in tool with options of its own',
      { ...base, tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }] },
    ],
    [
      'a tool result of blocks',
      withBlock({
        type: 'tool_result',
        tool_use_id: 'toolu_1',
        content: [{ type: 'text', text: 'x' }],
      }),
    ],
    [
      'keys of Object.prototype are no fields',
      { ...base, tools: [{ ...tool, description: 'constructor' }] },
    ],
  ])('passes: %s', (_name, body) => {
    expect(issue(body)).toBeUndefined();
  });

  test('names of Object.prototype are unknown members and tags', () => {
    expect(issue({ ...base, toString: 1 })).toBe('toString: Extra inputs are not permitted');
    expect(issue(withBlock({ type: 'constructor' }))).toMatch(/Input tag 'constructor'/);
  });
});

describe('what a beta brings', () => {
  const edits = (...all: readonly object[]): object => ({
    ...base,
    context_management: { edits: all },
  });
  const context = 'context-management-2025-06-27';
  const toolUses = { type: 'clear_tool_uses_20250919' };

  test('is unknown without it', () => {
    expect(issue(edits())).toBe('context_management: Extra inputs are not permitted');
    expect(issue(edits(), context)).toBeUndefined();
    expect(issue({ ...base, output_format: null })).toMatch(/^output_format: Extra inputs/);
    expect(issue(withBlock({ type: 'compaction', content: null }, 'assistant'))).toMatch(
      /^messages\.0\.content\.0: Input tag 'compaction' found/,
    );
  });

  test.each<[string, object, string | undefined]>([
    ['a flag or a list: a flag', { clear_tool_inputs: true }, undefined],
    ['a flag or a list: a list', { clear_tool_inputs: ['f'] }, undefined],
    [
      'a flag or a list: neither',
      { clear_tool_inputs: 'f' },
      'context_management.edits.0.clear_tool_uses_20250919.clear_tool_inputs: Input should be a valid list',
    ],
    [
      'a trigger by its tag',
      { trigger: { type: 'tool_uses', value: 0 } },
      'context_management.edits.0.clear_tool_uses_20250919.trigger.tool_uses.value: Input should be greater than or equal to 1',
    ],
    [
      'what is kept',
      { keep: { type: 'input_tokens', value: 1 } },
      "context_management.edits.0.clear_tool_uses_20250919.keep: Input tag 'input_tokens' found using 'type' does not match any of the expected tags: 'tool_uses'",
    ],
  ])('%s', (_name, more, expected) => {
    expect(issue(edits({ ...toolUses, ...more }), context)).toBe(expected);
  });

  test('all thinking is kept by one word', () => {
    const clear = (keep: unknown): object => edits({ type: 'clear_thinking_20251015', keep });
    expect(issue(clear('all'), context)).toBeUndefined();
    expect(issue(clear('some'), context)).toBe(
      "context_management.edits.0.clear_thinking_20251015.keep: Input should be 'all'",
    );
    expect(issue(clear({ type: 'thinking_turns', value: 2 }), context)).toBeUndefined();
  });
});

describe('what a server tool left', () => {
  const search = (content: unknown): object =>
    withBlock({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content }, 'assistant');

  test.each<[string, unknown, string | undefined]>([
    ['results', [], undefined],
    [
      'an error',
      { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' },
      undefined,
    ],
    [
      'an error that is none',
      { type: 'web_search_tool_result_error', error_code: 'tired' },
      "messages.0.content.0.web_search_tool_result.content.web_search_tool_result_error.error_code: Input should be 'invalid_tool_input', 'unavailable', 'too_many_requests', 'max_uses_exceeded', 'query_too_long' or 'request_too_large'",
    ],
    [
      'a result without what was encrypted',
      [{ type: 'web_search_result', url: 'u', title: 't' }],
      'messages.0.content.0.web_search_tool_result.content.0.encrypted_content: Field required',
    ],
    ['text', 'x', 'messages.0.content.0.web_search_tool_result.content: Input should be an object'],
  ])('%s', (_name, content, expected) => {
    expect(issue(search(content))).toBe(expected);
  });
});

test('an MCP toolset may name tools as it likes, and say of each what it may', () => {
  const toolset = (configs: object): object => ({
    ...base,
    tools: [{ type: 'mcp_toolset', mcp_server_name: 'a', configs }],
  });
  const beta = 'mcp-client-2025-11-20';
  expect(issue(toolset({ anything: { enabled: false } }), beta)).toBeUndefined();
  expect(issue(toolset({ anything: { on: true } }), beta)).toBe(
    'tools.0.mcp_toolset.configs.anything.on: Extra inputs are not permitted',
  );
});
