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

function issue(body: unknown): string | undefined {
  const found = checkSchema(messagesRequestSchema, body);
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
      /^tools\.0: Input tag 'function' .* expected tags: 'advisor_20260301', 'bash_20250124', .*'custom'/,
    );
    expect(issue({ ...base, thinking: { type: 'on' } })).toMatch(
      /^thinking: Input tag 'on' found using 'type'/,
    );
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
