import { expect, test } from 'vitest';
import type { Asked } from '../../../test/support/ask-rules.ts';
import { askRules } from '../../../test/support/ask-rules.ts';

const ga: Asked = { profile: 'ga-2026-08' };
const context = 'context-management-2025-06-27';
const compact = 'compact-2026-01-12';
const search = (more: object = {}): object => ({
  tools: [{ type: 'web_search_20260209', name: 'web_search', ...more }],
});
const edits = (...types: readonly string[]): object => ({
  context_management: { edits: types.map((type) => ({ type })) },
});
const haiku = { model: 'claude-haiku-4-5' };
const thinking = { type: 'adaptive' };

test.each<[string, object, string, Asked?]>([
  [
    '#48 effort max at the launch',
    { output_config: { effort: 'max' } },
    "400 output_config.effort: Input should be 'low', 'medium', 'high'",
  ],
  ['#48 effort max later', { output_config: { effort: 'max' } }, 'accepted', ga],
  ['#47 effort low', { output_config: { effort: 'low' } }, 'accepted'],
  [
    '#47 effort on a model without',
    { model: 'claude-sonnet-4-0', output_config: { effort: 'max' } },
    '400 This model does not support the effort parameter.',
  ],
  [
    'fast on a model that is not',
    { speed: 'fast' },
    '400 speed: This model does not support fast mode.',
    { betas: 'fast-mode-2026-02-01' },
  ],
  [
    'fast on one that is',
    { model: 'claude-opus-4-8', speed: 'fast' },
    'accepted',
    { betas: 'fast-mode-2026-02-01' },
  ],
  ...(['claude-sonnet-4-6', 'claude-opus-5'] as const).map(
    (model): [string, object, string, Asked] => [
      `other models to fall back on from ${model}`,
      { model, fallbacks: [{ model: 'claude-opus-4-8' }] },
      model === 'claude-opus-5'
        ? 'accepted'
        : '400 fallbacks: This model does not support fallbacks.',
      { betas: 'server-side-fallback-2026-07-01' },
    ],
  ),
  [
    'the default of a model without fall-back',
    { fallbacks: 'default' },
    'accepted',
    { betas: 'server-side-fallback-2026-07-01' },
  ],
  ['speed without its beta', { speed: 'fast' }, '400 speed: Extra inputs are not permitted'],
  [
    'a filtering search on a model whose code calls no tools',
    { ...haiku, ...search() },
    '400 \'claude-haiku-4-5-20251001\' does not support programmatic tool calling. The following tools have `allowed_callers` that require it: web_search. Explicitly set `allowed_callers=["direct"]` on these tools, or use a model that supports programmatic tool calling.',
  ],
  [
    'the same, called directly',
    { ...haiku, ...search({ allowed_callers: ['direct'] }) },
    'accepted',
  ],
  ['the same on a model that can', search(), 'accepted'],
  [
    'compaction on a model without',
    { model: 'claude-sonnet-4-5', ...edits('compact_20260112') },
    '400 context_management.edits: This model does not support compaction.',
    { betas: compact },
  ],
  ['compaction', edits('compact_20260112'), 'accepted', { betas: compact }],
  [
    'thinking cleared where there is none',
    edits('clear_thinking_20251015'),
    '400 `clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive',
    { betas: context },
  ],
  [
    'thinking cleared after something else',
    { thinking, ...edits('clear_tool_uses_20250919', 'clear_thinking_20251015') },
    '400 context_management.edits: `clear_thinking_20251015` must be the first of the edits',
    { betas: context },
  ],
  [
    'thinking cleared first',
    { thinking, ...edits('clear_thinking_20251015', 'clear_tool_uses_20250919') },
    'accepted',
    { betas: context },
  ],
  [
    '#45 context management without its beta',
    edits('clear_tool_uses_20250919'),
    '400 context_management: Extra inputs are not permitted',
  ],
  [
    'an edit without its beta',
    edits('compact_20260112'),
    "400 context_management.edits.0: Input tag 'compact_20260112' found using 'type' does not match any of the expected tags: 'clear_thinking_20251015', 'clear_tool_uses_20250919'",
    { betas: context },
  ],
  [
    'compaction too early',
    {
      context_management: {
        edits: [{ type: 'compact_20260112', trigger: { type: 'input_tokens', value: 49_999 } }],
      },
    },
    '400 context_management.edits.0.compact_20260112.trigger.input_tokens.value: Input should be greater than or equal to 50000',
    { betas: compact },
  ],
])('%s', (_name, more, expected, asked) => {
  expect(askRules(more, asked)).toBe(expected);
});
