import type { Authenticator } from '../access/authenticate.ts';
import { authorize } from '../access/authorize.ts';
import { describeMarketplaceModel } from '../catalog/describe-marketplace-model.ts';
import type { CatalogEntry, CatalogModel } from '../catalog/describe-workers-ai-model.ts';
import { workersAiCatalog } from '../catalog/describe-workers-ai-model.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import {
  catalogAuthors,
  catalogTasks,
  describeSearched,
  listedEntries,
  searchEntries,
} from '../catalog/search-workers-ai-models.ts';
import type { Dialect, HeaderMap } from '../dialects/dialect.ts';
import type { WalkSettings } from '../gateway/exchange.ts';
import { nearModelNames } from '../gateway/near-model-names.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { EdgeReply } from './edge-reply.ts';
import { refusedReply } from './edge-reply.ts';
import type { CatalogPage, CatalogQuery } from './read-catalog-query.ts';
import { readCatalogQuery } from './read-catalog-query.ts';
import type { CatalogQuestion } from './read-catalog-question.ts';

/** What an answer is made from. */
export interface WorkersCatalogContext {
  readonly requestId: string;
  readonly asked: HeaderMap;
  readonly query: string;
  /** The form of replies to the path that was asked. */
  readonly dialect: Dialect;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  /** Where the caller is; undefined where nobody can say. */
  readonly clientAddress: string | undefined;
  readonly settings: Pick<WalkSettings, 'plan' | 'profile'>;
  readonly atMs: number;
}

/**
 * Answers what is asked of the catalog from the registry, for whoever has a key, without asking an
 * upstream; Workers reference §1.7, §2.1, §2.2.
 */
export function answerWorkersCatalog(
  question: CatalogQuestion,
  context: WorkersCatalogContext,
): EdgeReply {
  const { asked, requestId, dialect } = context;
  const body = answerKnown(question, context);
  if (isRefusal(body)) return refusedReply(body, dialect, { asked, requestId });
  // Without a charset: the binding compares the whole of it. Workers reference §1.4.
  const headers = ['content-type', 'application/json', ...dialect.replyHeaders(asked, requestId)];
  return { status: 200, headers, body: Buffer.from(JSON.stringify(body)) };
}

function answerKnown(question: CatalogQuestion, context: WorkersCatalogContext): object | Refusal {
  const { asked, authenticator, clientAddress, dialect } = context;
  const principal = authenticator.authenticate(dialect.readCredentials?.(asked) ?? asked);
  if (isRefusal(principal)) return principal;
  const denied = authorize(principal, { scope: 'models:read', clientAddress });
  if (denied !== undefined) return denied;
  const query = readCatalogQuery(context.query);
  return isRefusal(query) ? query : answerAsked(question, { ...context, query });
}

type Asked = Omit<WorkersCatalogContext, 'query'> & { readonly query: CatalogQuery };

function answerAsked(question: CatalogQuestion, asked: Asked): object | Refusal {
  const { query } = asked;
  switch (question.kind) {
    case 'search':
      return answerSearch(question.isBinding, asked);
    case 'list':
      return enveloped(
        paged(
          shown(asked).map(({ record }) => record),
          query,
        ),
      );
    case 'model':
      return aboutModel(question.name, asked, (record) => record);
    case 'model-schema':
      return aboutModel(question.name, asked, ({ schema }) => ({ schema }));
    case 'schema':
      return query.model === undefined
        ? refusal('invalid_request', 'model is required.', { param: 'model' })
        : aboutModel(query.model, asked, ({ schema }) => schema);
    case 'authors':
      return enveloped({ result: catalogAuthors });
    case 'tasks':
      return enveloped({ result: catalogTasks });
  }
}

/** The binding reads `result` alone, and needs no envelope of the REST API. */
function answerSearch(isBinding: boolean, asked: Asked): object {
  const { query, atMs } = asked;
  const found = searchEntries(shown(asked), query);
  if (query.isForMarketplace) {
    const { result: data, result_info } = paged(found, query);
    return {
      data: data.map((entry) => describeMarketplaceModel(entry, atMs)),
      success: true,
      result_info,
    };
  }
  const page = paged(
    found.map((entry) => describeSearched(entry)),
    query,
  );
  return isBinding ? { success: true, result: page.result } : enveloped(page);
}

/** What the account's catalog has and shows. */
function shown({ settings, query, atMs }: Asked): readonly CatalogEntry[] {
  const catalog = workersAiCatalog(settings.profile, { plan: settings.plan, atMs });
  return listedEntries(catalog, { includesDeprecated: query.includesDeprecated, atMs });
}

function aboutModel(
  name: string,
  asked: Asked,
  show: (record: CatalogModel) => object,
): object | Refusal {
  const id = resolveAnyName(name, asked.settings.profile)?.id;
  const entry = shown(asked).find(({ model }) => model.id === id);
  if (entry === undefined) return unknownModel(name, nearModelNames(name, asked.settings));
  return enveloped({ result: show(entry.record) });
}

const SHOWN_LETTERS_MAX = 128;

/** That the catalog does not show a model, with those whose names are most like what was asked. */
export function unknownModel(name: string, near: readonly string[]): Refusal {
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return refusal('not_found', `Model not found: ${name.slice(0, SHOWN_LETTERS_MAX)}.${hint}`, {
    param: 'model',
    reason: 'model_not_found',
  });
}

interface Page<Item> {
  readonly result: readonly Item[];
  readonly result_info: {
    readonly page: number;
    readonly per_page: number;
    readonly count: number;
    readonly total_count: number;
  };
}

function paged<Item>(items: readonly Item[], { page, perPage }: CatalogPage): Page<Item> {
  const result = items.slice((page - 1) * perPage, page * perPage);
  const result_info = {
    page,
    per_page: perPage,
    count: result.length,
    total_count: items.length,
  };
  return { result, result_info };
}

/** Workers reference §2.2. */
function enveloped({
  result,
  ...more
}: {
  readonly result: unknown;
  readonly result_info?: object;
}): object {
  return { result, success: true, errors: [], messages: [], ...more };
}
