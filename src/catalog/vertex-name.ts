import type { Model } from './model.ts';

/** Names that do not follow from the id. */
const otherNames: Readonly<Record<string, string>> = {
  'claude-3-5-sonnet-20241022': 'claude-3-5-sonnet-v2@20241022',
};

/** What Vertex AI calls a model: a snapshot's date stands behind an at sign. API reference §12. */
export function vertexName({ id }: Pick<Model, 'id'>): string {
  return otherNames[id] ?? id.replace(/-(\d{8})$/, '@$1');
}
