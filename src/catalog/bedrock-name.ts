import type { Model } from './model.ts';

const AUTHOR = 'anthropic.';

/** Names that do not follow from the id. */
const otherNames: Readonly<Record<string, string>> = {
  'claude-3-5-sonnet-20241022': 'claude-3-5-sonnet-20241022-v2:0',
  'claude-opus-4-6': 'claude-opus-4-6-v1',
};

/**
 * What Bedrock calls a model: a snapshot that is named by its date has a version behind that, a newer
 * one has none. API reference §12.
 */
export function bedrockName({ id }: Pick<Model, 'id'>): string {
  return AUTHOR + (otherNames[id] ?? id.replace(/(-\d{8})$/, '$1-v1:0'));
}
