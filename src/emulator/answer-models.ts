import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { ModelInfo } from '../messages/model-info.ts';
import type { UpstreamRequest } from '../messages/upstream.ts';
import { ruleTexts } from './rules/rule-texts.ts';

/** The models that an emulator serves: by every name they have, and in order. */
export interface ModelDirectory {
  describe(name: string): ModelInfo | undefined;
  /** Newest first. */
  list(): readonly ModelInfo[];
}

const PAGE_DEFAULT = 20;
const PAGE_MAX = 1000;

interface ModelPage {
  readonly data: readonly ModelInfo[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** `GET /v1/models` and `GET /v1/models/{id}`; API reference §1.1, §1.5. */
export function answerModels(
  { operation, path }: Pick<UpstreamRequest, 'operation' | 'path'>,
  directory: ModelDirectory,
): ModelPage | ModelInfo | Refusal {
  const { pathname, searchParams } = new URL(path, 'http://emulator');
  if (operation === 'models.list') return listModels(searchParams, directory.list());
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  return directory.describe(name) ?? refusal('not_found', ruleTexts.modelUnknown(name));
}

function listModels(query: URLSearchParams, models: readonly ModelInfo[]): ModelPage | Refusal {
  const limit = readLimit(query.get('limit'));
  if (typeof limit !== 'number') return limit;
  const [after, before] = [query.get('after_id'), query.get('before_id')];
  if (after !== null && before !== null) {
    return refusal('invalid_request', ruleTexts.bothCursors);
  }
  const cursor = after ?? before;
  const place = cursor === null ? -1 : models.findIndex(({ id }) => id === cursor);
  if (cursor !== null && place < 0) {
    return refusal('not_found', ruleTexts.modelUnknown(cursor));
  }
  // What lies before a cursor is the page that ends right in front of it.
  const start = before === null ? place + 1 : Math.max(0, place - limit);
  const end = before === null ? start + limit : place;
  return pageOf(models.slice(start, end), before === null ? end < models.length : start > 0);
}

function readLimit(given: string | null): number | Refusal {
  const limit = Number(given ?? PAGE_DEFAULT);
  if (!Number.isInteger(limit)) return refusal('invalid_request', ruleTexts.limitNotInteger);
  if (limit < 1) return refusal('invalid_request', ruleTexts.limitTooSmall(1));
  if (limit > PAGE_MAX) return refusal('invalid_request', ruleTexts.limitTooLarge(PAGE_MAX));
  return limit;
}

function pageOf(data: readonly ModelInfo[], hasMore: boolean): ModelPage {
  return {
    data,
    has_more: hasMore,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
