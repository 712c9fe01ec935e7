import { describe, expect, test } from 'vitest';
import { askRules } from '../../../test/support/ask-rules.ts';

const object = { type: 'object' };
const tool = { name: 'f', input_schema: object };
const search = { type: 'web_search_20250305', name: 'web_search' };

describe('tools', () => {
  test.each<[string, readonly object[], string]>([
    [
      '#83 a combinator at the top',
      [{ ...tool, input_schema: { ...object, oneOf: [object] } }],
      '400 tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
    ],
    [
      'a schema without type',
      [{ ...tool, input_schema: { properties: {} } }],
      '400 tools.0.custom.input_schema.type: Field required',
    ],
    [
      'a schema of a list',
      [{ ...tool, input_schema: { type: 'array' } }],
      "400 tools.0.custom.input_schema.type: Input should be 'object'",
    ],
    [
      '#84 a keyword of the wrong type',
      [tool, { name: 'g', input_schema: { ...object, properties: { a: { type: 'text' } } } }],
      '400 tools.1.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview.',
    ],
    [
      'an example that does not fit',
      [
        {
          name: 'f',
          input_schema: { ...object, required: ['city'] },
          input_examples: [{ city: 'Paris' }, {}],
        },
      ],
      "400 tools.0.custom.input_examples.1: The example does not match the tool's input_schema",
    ],
    [
      '#81 a name that a built-in tool has',
      [search, { ...tool, name: 'web_search' }],
      '400 tools: Tool names must be unique.',
    ],
    [
      '#97 domains that are allowed and others that are blocked',
      [{ ...search, allowed_domains: ['a.com'], blocked_domains: ['b.com'] }],
      '400 tools.0.web_search_20250305: Only one of allowed_domains and blocked_domains may be specified',
    ],
    [
      'a built-in tool under another name',
      [{ ...search, name: 'search' }],
      "400 tools.0.web_search_20250305.name: Input should be 'web_search'",
    ],
    [
      'an option of another tool',
      [{ ...search, max_content_tokens: 5 }],
      '400 tools.0.web_search_20250305.max_content_tokens: Extra inputs are not permitted',
    ],
    [
      'no uses at all',
      [{ ...search, max_uses: 0 }],
      '400 tools.0.web_search_20250305.max_uses: Input should be greater than 0',
    ],
    [
      'a country by its name',
      [{ ...search, user_location: { type: 'approximate', country: 'France' } }],
      '400 tools.0.web_search_20250305.user_location.country: String should have at most 2 characters',
    ],
    [
      'a caller that does not exist',
      [{ ...tool, allowed_callers: ['me'] }],
      "400 tools.0.custom.allowed_callers.0: Input should be 'direct', 'code_execution_20250825', 'code_execution_20260120' or 'code_execution_20260521'",
    ],
    [
      'a tool of a beta',
      [{ type: 'computer_20251124', name: 'computer', display_width_px: 1, display_height_px: 1 }],
      "400 tools.0: Input tag 'computer_20251124' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', 'memory_20250818', 'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728', 'tool_search_tool_bm25', 'tool_search_tool_bm25_20251119', 'tool_search_tool_regex', 'tool_search_tool_regex_20251119', 'web_search_20250305', 'web_search_20260209', 'web_search_20260318'",
    ],
    ['one tool deferred', [search, { ...tool, defer_loading: true }], 'accepted'],
  ])('%s', (_name, tools, expected) => {
    expect(askRules({ tools })).toBe(expected);
  });

  test('a tool of a beta is there with the beta, and then is named', () => {
    const betas = 'computer-use-2025-11-24';
    const computer = {
      type: 'computer_20251124',
      name: 'computer',
      display_width_px: 1024,
      display_height_px: 768,
      enable_zoom: true,
    };
    expect(askRules({ tools: [computer] }, { betas })).toBe('accepted');
    expect(askRules({ tools: [{ type: 'function' }] }, { betas })).toContain(
      "'bash_20250124', 'computer_20251124', 'custom'",
    );
  });

  test('a choice may name what only the server of a toolset knows', () => {
    const more = {
      mcp_servers: [{ type: 'url', url: 'https://a.example', name: 'a' }],
      tools: [{ type: 'mcp_toolset', mcp_server_name: 'a' }],
      tool_choice: { type: 'tool', name: 'from_the_server' },
    };
    expect(askRules(more, { betas: 'mcp-client-2025-11-20' })).toBe('accepted');
  });
});
