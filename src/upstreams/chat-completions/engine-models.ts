import type { ModelInfo } from '../../messages/model-info.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

/** What is known of a model that the registry does not have: no more than its engine says. */
export type EngineModel = Pick<ModelInfo, 'type' | 'id' | 'display_name' | 'created_at'> &
  Partial<ModelInfo>;

export interface ModelPage {
  readonly data: readonly EngineModel[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

export interface ModelNaming {
  /** The engine's names, by the names in requests. */
  readonly models: Readonly<Record<string, string>>;
  /** What the registry says of a name. */
  readonly describe: (name: string) => ModelInfo | undefined;
}

/** The names under which these engine fields say how much a prompt may hold. */
const contextFields = ['max_model_len', 'context_length', 'context_window'] as const;
const MS = 1000;

/**
 * The models of an engine in the form of `GET /v1/models` (API reference §1.5), each under the
 * names by which requests reach it.
 */
export function decodeModels(listing: JsonValue, naming: ModelNaming): readonly EngineModel[] {
  const data = isJsonObject(listing) ? listing['data'] : listing;
  const entries = Array.isArray(data) ? (data as readonly JsonValue[]) : [];
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    if (!isJsonObject(entry) || typeof entry['id'] !== 'string') return [];
    const { id } = entry;
    return namesOf(id, naming)
      .filter((name) => !seen.has(name))
      .map((name) => {
        seen.add(name);
        return naming.describe(name) ?? describeEntry(name, entry);
      });
  });
}

function namesOf(id: string, { models }: ModelNaming): readonly string[] {
  const given = Object.entries(models).filter(([name, other]) => other === id && name !== '*');
  return given.length === 0 ? [id] : given.map(([name]) => name);
}

function describeEntry(id: string, entry: JsonObject): EngineModel {
  const { name, created } = entry;
  const context = contextFields.map((field) => entry[field]).find((value) => isCount(value));
  return {
    type: 'model',
    id,
    display_name: typeof name === 'string' && name !== '' ? name : id,
    created_at: new Date(isCount(created) ? created * MS : 0).toISOString(),
    ...(isCount(context) ? { max_input_tokens: context } : {}),
  };
}

const SECONDS_MAX = 253_402_300_799;

function isCount(value: JsonValue | undefined): value is number {
  return (
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= SECONDS_MAX
  );
}

const PAGE_DEFAULT = 20;
const PAGE_MAX = 1000;

/** A page of the list, as `limit`, `after_id` and `before_id` ask for it; API reference §1.1. */
export function pageOfModels(models: readonly EngineModel[], path: string): ModelPage | Refusal {
  const { searchParams: query } = new URL(path, 'http://engine');
  const limit = Number(query.get('limit') ?? PAGE_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
    return refusal('invalid_request', `limit: expected 1 to ${String(PAGE_MAX)}`);
  }
  const [after, before] = [query.get('after_id'), query.get('before_id')];
  const cursor = after ?? before;
  const place = cursor === null ? -1 : models.findIndex(({ id }) => id === cursor);
  if (cursor !== null && place < 0) return unknownModel(cursor);
  if (before !== null) {
    const start = Math.max(0, place - limit);
    return pageOf(models.slice(start, place), start > 0);
  }
  const end = place + 1 + limit;
  return pageOf(models.slice(place + 1, end), end < models.length);
}

function pageOf(data: readonly EngineModel[], hasMore: boolean): ModelPage {
  return {
    data,
    has_more: hasMore,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}

/** The one model that a path ends with. */
export function modelAt(models: readonly EngineModel[], path: string): EngineModel | Refusal {
  const { pathname } = new URL(path, 'http://engine');
  const name = decoded(pathname.slice(pathname.indexOf(MODELS) + MODELS.length));
  return models.find(({ id }) => id === name) ?? unknownModel(name);
}

const MODELS = '/models/';

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A percent sign that begins nothing stands for itself.
    return name;
  }
}

function unknownModel(name: string): Refusal {
  return refusal('not_found', `model: ${name}`, { param: 'model', reason: 'model_not_found' });
}
