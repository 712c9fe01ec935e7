import type { CatalogEntry } from './describe-workers-ai-model.ts';
import { WORKERS_AI_TASK } from './describe-workers-ai-model.ts';

/** The name of a model's page in Markdown, in the folder that is named after the model. */
export const PAGE_FILE = 'index.md';

/** The list of all pages for programs that read: `llms.txt`, in the form of llmstxt.org. */
export function writeModelsIndex(entries: readonly CatalogEntry[]): string {
  const lines = entries.map(
    ({ record: { model_id, name, description } }) =>
      `- [${name}](${model_id}/${PAGE_FILE}): ${description}`,
  );
  return [
    '# Models',
    '',
    '> The models that this gateway serves: what each is called, what it takes, what it answers.',
    '',
    `## ${WORKERS_AI_TASK}`,
    '',
    ...lines,
    '',
  ].join('\n');
}
