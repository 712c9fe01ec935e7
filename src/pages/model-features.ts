import type { Model } from '../catalog/model.ts';

/** What a model can do that readers look for. */
export const featureNames = [
  'tools',
  'vision',
  'pdf',
  'streaming',
  'prompt-caching',
  'batches',
  'thinking',
  'structured-outputs',
  'effort',
  'long-context',
] as const;
export type FeatureName = (typeof featureNames)[number];

interface Feature {
  readonly label: string;
  readonly has: (model: Model) => boolean;
}

const always = (): boolean => true;

/** How each is called, and who has it. */
export const features: Readonly<Record<FeatureName, Feature>> = {
  tools: { label: 'Tool use', has: always },
  vision: { label: 'Vision', has: always },
  pdf: { label: 'PDFs', has: always },
  streaming: { label: 'Streaming', has: always },
  'prompt-caching': { label: 'Prompt caching', has: always },
  batches: { label: 'Batches', has: always },
  thinking: {
    label: 'Thinking',
    has: ({ thinking }) => thinking.enabled || thinking.adaptive,
  },
  'structured-outputs': {
    label: 'Structured outputs',
    has: ({ acceptsOutputFormat }) => acceptsOutputFormat,
  },
  effort: { label: 'Effort levels', has: ({ effortLevels }) => effortLevels.length > 0 },
  'long-context': {
    label: 'Million-token context',
    has: ({ contextTokens, longContextTokens = 0 }) =>
      Math.max(contextTokens, longContextTokens) >= 1_000_000,
  },
};

/** The features of a model, in the order of the table. */
export function featuresOf(model: Model): readonly FeatureName[] {
  return featureNames.filter((name) => features[name].has(model));
}
