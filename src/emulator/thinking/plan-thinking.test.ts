import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../test/support/model-facts.ts';
import { viewConversation } from '../answer/conversation-view.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { countTokens } from '../tokens/split-tokens.ts';
import { planThinking } from './plan-thinking.ts';
import { cutThinking, thinkingCost } from './thinking-cost.ts';
import type { Reasoning } from './write-reasoning.ts';
import { writeReasoning } from './write-reasoning.ts';

const base: CheckedRequest = {
  model: 'm',
  max_tokens: 4096,
  messages: [{ role: 'user', content: 'How is the weather in Lisbon today?' }],
};
const enabled = { type: 'enabled', budget_tokens: 1024 } as const;
const adaptive = { type: 'adaptive' } as const;
const seeds = Array.from({ length: 60 }, (_, index) => `seed ${String(index)}`);

function plan(
  more: Partial<CheckedRequest>,
  by: { readonly seed?: string; readonly model?: string; readonly betas?: readonly string[] } = {},
): Reasoning | undefined {
  const { seed = 'seed', model = 'claude-sonnet-4-6', betas = [] } = by;
  const request = { ...base, ...more };
  const view = viewConversation(request);
  const facts = factsOf(model);
  const random = new DeterministicRandom(seed);
  return planThinking({ request, facts, betas: new Set(betas), view }, random);
}

const share = (more: Partial<CheckedRequest>, model?: string): number => {
  const by = model === undefined ? {} : { model };
  return seeds.filter((seed) => plan(more, { ...by, seed }) !== undefined).length / seeds.length;
};

describe('whether it is thought', () => {
  test.each<[string, Partial<CheckedRequest>, string, readonly [least: number, most: number]]>([
    ['not asked for', {}, 'claude-sonnet-4-6', [0, 0]],
    ['not asked for, by a model that does', {}, 'claude-sonnet-5', [0.5, 0.99]],
    ['with a budget', { thinking: enabled }, 'claude-sonnet-4-6', [1, 1]],
    ['adaptive', { thinking: adaptive }, 'claude-sonnet-4-6', [0.5, 0.99]],
    ['switched off', { thinking: { type: 'disabled' } }, 'claude-sonnet-5', [0, 0]],
    [
      'adaptive, with little effort',
      { thinking: adaptive, output_config: { effort: 'low' } },
      'claude-sonnet-4-6',
      [0, 0.3],
    ],
    [
      'adaptive, with all effort',
      { thinking: adaptive, output_config: { effort: 'max' } },
      'claude-opus-4-6',
      [1, 1],
    ],
  ])('%s', (_name, more, model, [least, most]) => {
    const seen = share(more, model);
    expect(seen).toBeGreaterThanOrEqual(least);
    expect(seen).toBeLessThanOrEqual(most);
  });

  const messages: CheckedRequest['messages'] = [
    ...base.messages,
    { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'Sunny.' }] },
  ];

  test('with a budget once a turn, and again where thinking is interleaved', () => {
    const more = { messages, thinking: enabled };
    expect(plan(more)).toBeUndefined();
    expect(plan(more, { betas: ['interleaved-thinking-2025-05-14'] })).toBeDefined();
    expect(share({ messages, thinking: adaptive })).toBeGreaterThan(0.5);
  });

  test('words beside the results begin a new turn', () => {
    const words = { role: 'user', content: 'And tomorrow?' } as const;
    expect(plan({ messages: [...messages, words], thinking: enabled })).toBeDefined();
  });
});

describe('how much is thought', () => {
  test('within the budget and within max_tokens, whatever they are', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.integer({ min: 1, max: 3000 }),
        fastCheck.string(),
        (max_tokens, seed) => {
          const made = plan({ max_tokens, thinking: enabled }, { seed });
          const tokens = countTokens(made?.reasoning ?? '');
          expect(tokens).toBeLessThanOrEqual(Math.min(1024, max_tokens));
        },
      ),
    );
  });

  test('more with more effort', () => {
    const meanOf = (effort: 'low' | 'high'): number => {
      const more = { thinking: enabled, output_config: { effort } };
      const lengths = seeds.map((seed) => countTokens(plan(more, { seed })?.reasoning ?? ''));
      return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    };
    expect(meanOf('high')).toBeGreaterThan(meanOf('low') * 2);
  });

  test('the summary is shorter than what was thought', () => {
    const view = viewConversation(base);
    const random = new DeterministicRandom('seed');
    const { reasoning, summary } = writeReasoning(view, 300, random);
    expect(countTokens(reasoning)).toBeLessThanOrEqual(300);
    expect(countTokens(reasoning)).toBeGreaterThan(200);
    expect(countTokens(summary)).toBeLessThan(countTokens(reasoning) / 2);
    expect(summary).toContain('no model');
    expect(summary).toContain('Lisbon');
  });

  test('cut short, the summary shrinks with it', () => {
    const view = viewConversation(base);
    const made = writeReasoning(view, 300, new DeterministicRandom('seed'));
    const block = { kind: 'thinking', text: made.summary, reasoning: made.reasoning } as const;
    const cut = cutThinking(block, 60);
    expect(thinkingCost(cut)).toBeLessThanOrEqual(61);
    expect(cut.kind === 'thinking' && made.summary.startsWith(cut.text)).toBe(true);
    expect(cut.kind === 'thinking' && countTokens(cut.text)).toBeLessThan(60);
    const hidden = cutThinking({ kind: 'redacted', reasoning: made.reasoning }, 5);
    expect(thinkingCost(hidden)).toBeLessThanOrEqual(6);
  });
});
