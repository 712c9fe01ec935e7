import type { FigureDimension, FigureGroup, FiguresQuestion } from '../telemetry/request-reads.ts';
import type { StoredRow } from './background-reader.ts';
import { figuresSource } from './request-figures-source.ts';
import { contentColumns, hourCounts, totalColumns } from './request-hours-schema.ts';
import type { SqlValue } from './statements.ts';

const dimensionColumns: Readonly<Record<FigureDimension, string>> = {
  hour: 'hour_ms',
  day: 'hour_ms - hour_ms % 86400000',
  account: 'account',
  model: 'model',
  key: 'key_id',
  upstream: 'upstream',
  status: 'status',
  error: 'error_code',
};

/** Sums that may be more than a double holds, so they leave the database as text. */
const asText: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'thinking_tokens',
  'web_search_requests',
  'cost_nano_usd',
  'charged_nano_usd',
]);

const SUMS = hourCounts.map((name) => `COALESCE(SUM(${name}), 0) AS ${name}`).join(', ');

/** The same sums, or sums of them, as they leave the database. */
const TOLD = hourCounts
  .map((name) => {
    const sum = `COALESCE(SUM(${name}), 0)`;
    return `${asText.has(name) ? `CAST(${sum} AS TEXT)` : sum} AS ${name}`;
  })
  .join(', ');

const CACHE_READS = `json_group_object(by_model, CAST(cache_read_tokens AS TEXT))
  FILTER (WHERE cache_read_tokens > 0) AS cache_reads`;

interface FiguresQuery {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/**
 * The one query that figures of a page are. Models are told apart in it first, whatever is asked: what was
 * read from a cache is told of each, and so many rows at most are made groups of.
 */
export function figuresQuery(question: FiguresQuestion): FiguresQuery {
  const { groupBy, limit } = question;
  const inner: readonly FigureDimension[] = groupBy.includes('model')
    ? groupBy
    : [...groupBy, 'model'];
  const { before, from, values } = figuresSource(question);
  const columns = inner.map((name) => `${dimensionColumns[name]} AS "by_${name}"`);
  const ofModels = (sums: string): string => {
    const groups = nameList(inner);
    return `SELECT ${[...columns, sums].join(', ')} FROM ${from}
      GROUP BY ${groups} ORDER BY ${groups} LIMIT ?`;
  };
  const bound = [...values, limit];
  if (inner === groupBy) return { text: `${before} ${ofModels(TOLD)}`, values: bound };
  const groups = nameList(groupBy);
  const grouped = groups === '' ? 'HAVING COUNT(*) > 0' : `GROUP BY ${groups} ORDER BY ${groups}`;
  const told = [...(groups === '' ? [] : [groups]), TOLD, 'COUNT(*) AS models', CACHE_READS];
  return {
    text: `${before} SELECT ${told.join(', ')}
      FROM (${ofModels(SUMS)}) ${grouped}`,
    values: bound,
  };
}

function nameList(names: readonly FigureDimension[]): string {
  return names.map((name) => `"by_${name}"`).join(', ');
}

/** A row of its answer. */
export function readFigures(row: StoredRow, groupBy: readonly FigureDimension[]): FigureGroup {
  const amount = (column: string): bigint => BigInt(String(row[column] ?? '0'));
  const count = (column: string): number => Number(row[column] ?? 0);
  const by = Object.fromEntries(groupBy.map((name) => [name, nameIn(row, name)]));
  return {
    by,
    models: Number(row['models'] ?? 1),
    requests: count('requests'),
    failed: count('failed'),
    inputTokens: amount('input_tokens'),
    outputTokens: amount('output_tokens'),
    cacheReadTokens: amount('cache_read_tokens'),
    cacheReads: readCacheReads(row),
    cacheWriteTokens: amount('cache_write_tokens'),
    thinkingTokens: amount('thinking_tokens'),
    webSearchRequests: amount('web_search_requests'),
    costNanoUsd: amount('cost_nano_usd'),
    chargedNanoUsd: amount('charged_nano_usd'),
    unknownCosts: count('unknown_costs'),
    totalCounts: totalColumns.map(count),
    firstContentCounts: contentColumns.map(count),
  };
}

/** Of each model; where models are told apart, the row is of one. */
function readCacheReads(row: StoredRow): readonly (readonly [string, bigint])[] {
  const told = row['cache_reads'];
  const tokens =
    typeof told === 'string'
      ? (JSON.parse(told) as Readonly<Record<string, string>>)
      : { [String(row['by_model'])]: String(row['cache_read_tokens']) };
  return Object.entries(tokens).map(([model, count]) => [model, BigInt(count)]);
}

/** What was not known stands in the table as no text at all. */
function nameIn(row: StoredRow, name: FigureDimension): string | number | undefined {
  const value = row[`by_${name}`];
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
