import type { ModelTraits } from '../messages/model-traits.ts';
import type { Model } from './model.ts';
import { earlierModels } from './earlier-models.ts';
import { models } from './models.ts';
import type { PriceRow } from './price.ts';
import { priceRow } from './price.ts';

/** How the API behaved at a point in time. `launch` is what the seeds describe, and the default. */
export const profileNames = ['launch', 'ga-2026-08'] as const;
export type ProfileName = (typeof profileNames)[number];

type Overlay = Partial<ModelTraits> & { readonly addedPrices?: readonly PriceRow[] };

const MEBIBYTE = 1024 * 1024;

const grownImages: ModelTraits['images'] = {
  perRequestMax: 600,
  bytesMax: 10 * MEBIBYTE,
  longEdgePixelsMax: 1568,
  patchesMax: 1568,
};

/** API reference, "two behaviour profiles". */
const august2026: Readonly<Record<string, Overlay>> = {
  'claude-sonnet-4-6': {
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    effortLevels: ['low', 'medium', 'high', 'max'],
    acceptsZeroMaxTokens: true,
    images: grownImages,
    pdfPagesMax: 600,
    addedPrices: [priceRow('2026-03-13T00:00:00Z', { input: 3000n, output: 15_000n })],
  },
  'claude-opus-4-6': {
    contextTokens: 1_000_000,
    acceptsZeroMaxTokens: true,
    images: grownImages,
    pdfPagesMax: 600,
    addedPrices: [priceRow('2026-03-13T00:00:00Z', { input: 5000n, output: 25_000n })],
  },
  'claude-sonnet-4-5-20250929': { contextTokens: 1_000_000 },
};

/** API reference §7.1 (a forced tool is tolerated) and §7.4 (thinking of other models is ignored). */
function thinkingOfAugust2026(thinking: ModelTraits['thinking']): ModelTraits['thinking'] {
  return { ...thinking, adaptiveWithForcedTool: thinking.adaptive, ofOtherModels: 'ignored' };
}

/** What a profile changes of every model's thinking. */
const thinkingIn: Readonly<
  Record<ProfileName, (thinking: ModelTraits['thinking']) => ModelTraits['thinking']>
> = {
  launch: (thinking) => thinking,
  'ga-2026-08': thinkingOfAugust2026,
};

const overlays: Readonly<Record<ProfileName, Readonly<Record<string, Overlay>>>> = {
  launch: {},
  'ga-2026-08': august2026,
};

const byProfile = new Map(
  profileNames.map((name) => [
    name,
    [...models, ...earlierModels].map((model) => overlaid(model, name)),
  ]),
);

/** The registry as it stands in a profile: what is served, newest first, then what once was. */
export function modelsOf(profile: ProfileName): readonly Model[] {
  return byProfile.get(profile) ?? models;
}

function overlaid(model: Model, profile: ProfileName): Model {
  const { addedPrices = [], ...traits } = overlays[profile][model.id] ?? {};
  const changed = { ...model, ...traits, prices: [...model.prices, ...addedPrices] };
  return { ...changed, thinking: thinkingIn[profile](changed.thinking) };
}
