import { describe, expect, test } from 'vitest';
import type { Model } from './model.ts';
import { modelGuides } from './model-guides.ts';
import { modelsOf, profileNames } from './profiles.ts';

/** Later models of a line, by its name. */
function laterOf(line: string, model: Model, all: readonly Model[]): readonly Model[] {
  return all.filter(({ id, createdAt }) => id.includes(line) && createdAt > model.createdAt);
}

const inputPriceOf = (model: Model | undefined): bigint | undefined =>
  model?.prices.at(-1)?.nanoUsdPerToken.input;

type Claim = readonly [words: RegExp, isSo: (model: Model, all: readonly Model[]) => boolean];

/** What guides say of models, and what the registry has to say for that to be true. */
const claims: readonly Claim[] = [
  [/million tokens/, ({ contextTokens }) => contextTokens >= 1_000_000],
  [/(?<!no )effort levels/, ({ effortLevels }) => effortLevels.length > 1],
  [/no effort levels/, ({ effortLevels }) => effortLevels.length === 0],
  [/fast mode in beta/, ({ acceptsFastSpeed }) => acceptsFastSpeed],
  [/as short as 512 tokens/, ({ cacheTokensMin }) => cacheTokensMin === 512],
  [/thinks when a request asks/, ({ thinking }) => thinking.unset === 'off'],
  [/decides by itself how long/, ({ thinking }) => thinking.unset === 'adaptive'],
  [/turn thinking off/, ({ thinking }) => thinking.disabled],
  [/cannot be turned off/, ({ thinking }) => !thinking.disabled],
  [/by a budget/, ({ thinking }) => thinking.enabled],
  [/or adaptively/, ({ thinking }) => thinking.adaptive],
  [/Adaptive thinking/, ({ thinking }) => thinking.adaptive],
  [/Adaptive thinking only/, ({ thinking }) => !thinking.enabled],
  [/and no samplers/, ({ acceptsSamplers }) => !acceptsSamplers],
  [/set samplers/, ({ acceptsSamplers }) => acceptsSamplers],
  [
    /no later Opus takes either/,
    (model, all) =>
      laterOf('opus', model, all).every(
        ({ acceptsSamplers, thinking }) => !acceptsSamplers && !thinking.enabled,
      ),
  ],
  [/takes a prefill/, ({ acceptsPrefill }) => acceptsPrefill],
  [/takes no prefill/, ({ acceptsPrefill }) => !acceptsPrefill],
  [
    /last Opus that takes a prefill/,
    (model, all) => laterOf('opus', model, all).every(({ acceptsPrefill }) => !acceptsPrefill),
  ],
  [
    /last Sonnet that takes a prefill/,
    (model, all) => laterOf('sonnet', model, all).every(({ acceptsPrefill }) => !acceptsPrefill),
  ],
  [/role `system`/, ({ acceptsSystemTurns }) => acceptsSystemTurns],
  [/2,576 pixels/, ({ images }) => images.longEdgePixelsMax === 2576],
  [/as well as structured outputs/, ({ acceptsOutputFormat }) => acceptsOutputFormat],
  [/no structured outputs/, ({ acceptsOutputFormat }) => !acceptsOutputFormat],
  [
    /costs less with a later Opus/,
    (model, all) =>
      (inputPriceOf(model) ?? 0n) > (inputPriceOf(laterOf('opus', model, all)[0]) ?? 0n),
  ],
  [
    /same list price Sonnet 4.5 has structured outputs/,
    (model, all) => {
      const next = all.find(({ displayName }) => displayName === 'Claude Sonnet 4.5');
      return next?.acceptsOutputFormat === true && inputPriceOf(next) === inputPriceOf(model);
    },
  ],
];

describe.each(profileNames)('%s: a guide', (profile) => {
  const all = modelsOf(profile);
  const served = all.filter(({ retiredAt }) => retiredAt === undefined);

  test('is there for every model that is served, and for no other', () => {
    expect(Object.keys(modelGuides).toSorted()).toEqual(served.map(({ id }) => id).toSorted());
  });

  test.each(served)('of $id is two to four short sentences', ({ id }) => {
    const lines = modelGuides[id] ?? [];
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.length).toBeLessThanOrEqual(4);
    for (const line of lines) expect(line).toMatch(/^[A-Z].{10,150}\.$/);
  });

  test.each(served)('of $id says what its record does', (model) => {
    const text = (modelGuides[model.id] ?? []).join('\n');
    const wrong = claims.filter(([words, isSo]) => words.test(text) && !isSo(model, all));
    expect(wrong.map(([words]) => String(words))).toEqual([]);
  });
});

test('there is no claim that nobody makes', () => {
  const text = Object.values(modelGuides).flat().join('\n');
  expect(claims.filter(([words]) => !words.test(text)).map(([words]) => String(words))).toEqual([]);
});
