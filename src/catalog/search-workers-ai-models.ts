import type { CatalogEntry, CatalogModel } from './describe-workers-ai-model.ts';
import { WORKERS_AI_TASK } from './describe-workers-ai-model.ts';
import type { Model } from './model.ts';

/** What a search is narrowed by; Workers reference §2.1. */
export interface CatalogSearch {
  readonly author?: string;
  readonly search?: string;
  readonly source?: number;
  readonly task?: string;
  /** Whether models are shown for three months after their end. */
  readonly includesDeprecated: boolean;
}

/** A kind of work that models do. */
export interface CatalogTask {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface CatalogAuthor {
  readonly id: string;
  readonly name: string;
}

/** A model as `models/search` and `AI.models()` list it; Workers reference §1.7. */
export interface SearchedModel {
  /** What `run` takes, as `name` is: one name for a model everywhere. */
  readonly id: string;
  readonly source: number;
  readonly name: string;
  readonly description: string;
  readonly task: CatalogTask;
  readonly tags: readonly string[];
  readonly properties: readonly { readonly property_id: string; readonly value: string }[];
}

/** Models that others host. Those hosted with the API itself are 1 and 2. */
const SOURCE_PROXIED = 3;

/** The tasks of the catalog: all of its models do the same. */
export const catalogTasks: readonly CatalogTask[] = [
  {
    id: 'c329a1f9-323d-4e91-b2aa-582dd4188d34',
    name: WORKERS_AI_TASK,
    description: 'Models that answer in text: chat, code, analysis, tool use.',
  },
];

export const catalogAuthors: readonly CatalogAuthor[] = [{ id: 'anthropic', name: 'Anthropic' }];

/** Who made a model, for people to read. */
export function authorNameOf({ provider_id }: Pick<CatalogModel, 'provider_id'>): string {
  return catalogAuthors.find(({ id }) => id === provider_id)?.name ?? provider_id;
}

/** Those records of a catalog that are shown at all; Workers reference §5.2, import rules. */
export function listedEntries(
  catalog: readonly CatalogEntry[],
  { includesDeprecated, atMs }: { readonly includesDeprecated: boolean; readonly atMs: number },
): readonly CatalogEntry[] {
  const isListed = ({ record }: CatalogEntry): boolean => {
    const endsAtMs = endOf(record, includesDeprecated);
    return record.private !== true && (endsAtMs === undefined || atMs < endsAtMs);
  };
  return catalog.filter((entry) => isListed(entry));
}

const MONTHS_AFTER_END = 3;

/** From when a record is not shown; undefined where its model has no end. */
function endOf({ metadata }: CatalogModel, includesDeprecated: boolean): number | undefined {
  const date = metadata['planned_deprecation_date'];
  if (date === undefined) return undefined;
  const end = new Date(date);
  if (includesDeprecated) end.setUTCMonth(end.getUTCMonth() + MONTHS_AFTER_END);
  return end.getTime();
}

/** The entries that a search finds, in the catalog's order. */
export function searchEntries(
  entries: readonly CatalogEntry[],
  { author, search, source, task }: CatalogSearch,
): readonly CatalogEntry[] {
  return entries.filter(
    ({ record }) =>
      (author === undefined || isAuthor(record, author)) &&
      (task === undefined || isTask(task)) &&
      (source === undefined || source === SOURCE_PROXIED) &&
      (search === undefined || isFound(record, search)),
  );
}

function isAuthor(record: CatalogModel, asked: string): boolean {
  return [record.provider_id, authorNameOf(record).toLowerCase()].includes(asked.toLowerCase());
}

/** A task by its name, its name in a path (`text-generation`) or its id. */
function isTask(asked: string): boolean {
  const wanted = asked.toLowerCase().replaceAll(' ', '-');
  return catalogTasks.some(
    ({ id, name }) => id === wanted || name.toLowerCase().replaceAll(' ', '-') === wanted,
  );
}

/** Part of an id, a name or a description, with dots and dashes alike as in the names of models. */
function isFound({ model_id, name, description }: CatalogModel, asked: string): boolean {
  const wanted = plain(asked);
  return [model_id, name, description].some((text) => plain(text).includes(wanted));
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('.', '-');
}

/** An entry as a search shows it. */
export function describeSearched({ model, record }: CatalogEntry): SearchedModel {
  const [task] = catalogTasks;
  if (task === undefined) throw new Error('the catalog has no task');
  return {
    id: record.model_id,
    source: SOURCE_PROXIED,
    name: record.model_id,
    description: record.description,
    task,
    tags: record.tags,
    properties: Object.entries(propertiesOf(model, record)).map(([property_id, value]) => ({
      property_id,
      value,
    })),
  };
}

function propertiesOf(model: Model, record: CatalogModel): Readonly<Record<string, string>> {
  const { planned_deprecation_date } = record.metadata;
  const reasons = model.thinking.enabled || model.thinking.adaptive;
  return {
    context_window: String(record.context_length),
    max_output_tokens: String(record.max_output_tokens),
    function_calling: 'true',
    vision: 'true',
    ...(reasons ? { reasoning: 'true' } : {}),
    zdr: String(record.zdr),
    hosting: record.hosting,
    info: record.external_info,
    terms: record.terms,
    ...(planned_deprecation_date === undefined ? {} : { planned_deprecation_date }),
  };
}
