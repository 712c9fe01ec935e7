import type { Capability, ModelInfo } from '../messages/model-info.ts';
import type { Model } from './model.ts';
import type { ProfileName } from './profiles.ts';
import { modelsOf } from './profiles.ts';
import { resolveModel } from './resolve-model.ts';

/** The registry of a profile, described: by any name of the Messages form, and as a list. */
export function modelDirectory(profile: ProfileName): {
  readonly describe: (name: string) => ModelInfo | undefined;
  readonly list: () => readonly ModelInfo[];
} {
  const listed = modelsOf(profile).filter(({ retiredAt }) => retiredAt === undefined);
  const described = listed.map((model) => describeModel(model));
  return {
    describe: (name) => {
      const model = resolveModel(name, profile);
      return model === undefined ? undefined : describeModel(model);
    },
    list: () => described,
  };
}

/** A record of the registry in the form of `GET /v1/models`; key order is the wire's. */
export function describeModel(model: Model): ModelInfo {
  const { effortLevels, thinking } = model;
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: model.createdAt,
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
    capabilities: {
      batch: can(true),
      citations: can(true),
      code_execution: can(model.acceptsCodeExecution),
      context_management: {
        ...can(true),
        clear_tool_uses_20250919: can(true),
        clear_thinking_20251015: can(true),
        compact_20260112: can(model.acceptsCompaction),
      },
      effort: {
        ...can(effortLevels.length > 0),
        low: can(effortLevels.includes('low')),
        medium: can(effortLevels.includes('medium')),
        high: can(effortLevels.includes('high')),
        xhigh: can(effortLevels.includes('xhigh')),
        max: can(effortLevels.includes('max')),
      },
      image_input: can(true),
      pdf_input: can(true),
      structured_outputs: can(model.acceptsOutputFormat),
      thinking: {
        ...can(thinking.enabled || thinking.adaptive),
        types: { enabled: can(thinking.enabled), adaptive: can(thinking.adaptive) },
      },
    },
  };
}

function can(supported: boolean): Capability {
  return { supported };
}
