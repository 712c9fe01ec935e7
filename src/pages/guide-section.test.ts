import { describe, expect, test } from 'vitest';
import type { Model } from '../catalog/model.ts';
import { modelsOf } from '../catalog/profiles.ts';
import { guideSection } from './guide-section.ts';

const all = modelsOf('launch');
const served = all.filter(({ retiredAt }) => retiredAt === undefined);
const retired = all.filter(({ retiredAt }) => retiredAt !== undefined);

function linesOf(model: Model, listed: readonly Model[] = all, endsOn?: string): readonly string[] {
  const [list] = guideSection('messages', model, listed, endsOn).blocks;
  return list?.kind === 'list' ? list.items.map(String) : [];
}

function named(id: string): Model {
  const model = all.find((one) => one.id === id);
  if (model === undefined) throw new Error(`no model ${id}`);
  return model;
}

test.each(all)('$displayName: a reader learns when to use it', (model) => {
  const lines = linesOf(model);
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(new Set(lines).size).toBe(lines.length);
});

describe('a model that is served', () => {
  test('is compared by list price, and its neighbours are pointed at', () => {
    expect(linesOf(named('claude-sonnet-5')).slice(-5)).toEqual([
      'By list price its tokens cost 2 times Claude Haiku 4.5’s, 40 % of Claude Opus 5’s, 20 % of Claude Fable 5’s.',
      'For the prior version, see [Claude Sonnet 4.6](/models/anthropic/claude-sonnet-4.6/messages/).',
      'For higher throughput at lower quality, see [Claude Haiku 4.5](/models/anthropic/claude-haiku-4.5/messages/).',
      'For deeper reasoning, see [Claude Opus 5](/models/anthropic/claude-opus-5/messages/).',
      'For deeper reasoning, see [Claude Fable 5](/models/anthropic/claude-fable-5/messages/).',
    ]);
  });

  test.each(served)('$displayName: nobody is sent to one that is retired', (model) => {
    const lines = linesOf(model).join('\n');
    expect(retired.filter(({ displayName }) => lines.includes(`${displayName}]`))).toEqual([]);
  });
});

test.each([
  [
    'another one of its line',
    'claude-opus-4-20250514',
    'Use [Claude Opus 5](/models/anthropic/claude-opus-5/messages/) for new work: Claude Opus 4 ends on 2027-01-31.',
  ],
  [
    'none where it is the newest',
    'claude-haiku-4-5-20251001',
    'Not for new work: Claude Haiku 4.5 ends on 2027-01-31.',
  ],
])('a model with a day on which it ends: first of all %s', (_name, id, line) => {
  const model = named(id);
  expect(linesOf(model, all, '2027-01-31')).toEqual([line, ...linesOf(model)]);
});

describe('a model that is retired', () => {
  test.each([
    [
      'claude-3-7-sonnet-20250219',
      [
        'Use [Claude Sonnet 5](/models/anthropic/claude-sonnet-5/messages/) instead: Claude Sonnet 3.7 was retired on 2026-02-19.',
        'Mind when moving: Claude Sonnet 5 takes no prefill, takes no samplers, takes no thinking budget, thinks unless a request says otherwise.',
        'By list price its tokens cost 1.5 times Claude Sonnet 5’s.',
      ],
    ],
    [
      'claude-3-haiku-20240307',
      [
        'Use [Claude Haiku 4.5](/models/anthropic/claude-haiku-4.5/messages/) instead: Claude Haiku 3 was retired on 2026-04-20.',
        'Mind when moving: Claude Haiku 4.5 takes `temperature` or `top_p` but not both.',
        'By list price its tokens cost 25 % of Claude Haiku 4.5’s.',
      ],
    ],
  ])('%s: another one takes its place', (id, lines) => {
    expect(linesOf(named(id))).toEqual(lines);
  });

  test('stands alone where no other of its line is sold', () => {
    const model = named('claude-3-opus-20240229');
    expect(linesOf(model, [model])).toEqual([
      'Not any more: Claude Opus 3 was retired on 2026-01-05.',
    ]);
  });
});
