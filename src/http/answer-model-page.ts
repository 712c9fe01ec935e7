import type { CatalogEntry } from '../catalog/describe-workers-ai-model.ts';
import { workersAiCatalog } from '../catalog/describe-workers-ai-model.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import { listedEntries } from '../catalog/search-workers-ai-models.ts';
import { writeModelPage } from '../catalog/write-model-page.ts';
import { writeModelsIndex } from '../catalog/write-models-index.ts';
import { nearModelNames } from '../gateway/near-model-names.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { WorkersCatalogContext } from './answer-workers-catalog.ts';
import { unknownModel } from './answer-workers-catalog.ts';
import type { EdgeReply } from './edge-reply.ts';
import { refusedReply } from './edge-reply.ts';
import { taggedReply } from './entity-tag.ts';
import type { PageQuestion } from './read-page-question.ts';

/** What a page is made from. Nothing here needs a key: it is what anybody may know. */
export type ModelPageContext = Omit<
  WorkersCatalogContext,
  'authenticator' | 'clientAddress' | 'query'
>;

/**
 * Answers with a page of the catalog in Markdown, a file beside it, or the list of them, for anybody;
 * Workers reference §5.1.
 */
export function answerModelPage(question: PageQuestion, context: ModelPageContext): EdgeReply {
  const { asked, requestId, dialect } = context;
  const page = pageOf(question, context);
  if (isRefusal(page)) return refusedReply(page, dialect, { asked, requestId });
  const headers = dialect.replyHeaders(asked, requestId);
  return taggedReply({ type: page.type, body: Buffer.from(page.text), headers }, asked);
}

interface Page {
  readonly type: string;
  readonly text: string;
}

const MARKDOWN = 'text/markdown; charset=utf-8';

function pageOf(question: PageQuestion, context: ModelPageContext): Page | Refusal {
  const { settings, atMs } = context;
  const catalog = workersAiCatalog(settings.profile, { plan: settings.plan, atMs });
  const entries = listedEntries(catalog, { includesDeprecated: false, atMs });
  // As text: that is what readers of such lists expect, and what a browser shows.
  if (question.kind === 'index') {
    return { type: 'text/plain; charset=utf-8', text: writeModelsIndex(entries) };
  }
  const { kind, name } = question;
  const id = resolveAnyName(name, settings.profile)?.id;
  const entry = entries.find(({ model }) => model.id === id);
  if (entry === undefined) return unknownModel(name, nearModelNames(name, settings));
  return kind === 'page'
    ? { type: MARKDOWN, text: writeModelPage(entry) }
    : { type: 'application/json', text: schemaText(kind, entry) };
}

function schemaText(kind: 'input-schema' | 'output-schema', { record }: CatalogEntry): string {
  const { input, output } = record.schema;
  return `${JSON.stringify(kind === 'input-schema' ? input : output, undefined, 2)}\n`;
}
