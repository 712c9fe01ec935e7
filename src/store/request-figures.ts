import type { FigureDimension, FigureGroup, FiguresQuestion } from '../telemetry/request-reads.ts';
import type { StoredRow } from './background-reader.ts';
import { contentColumns, hourCounts, totalColumns } from './request-hours-schema.ts';
import type { SqlValue } from './statements.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

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

const SUMS = hourCounts
  .map((name) => {
    const sum = `COALESCE(SUM(${name}), 0)`;
    return `${asText.has(name) ? `CAST(${sum} AS TEXT)` : sum} AS ${name}`;
  })
  .join(', ');

/**
 * The one query that figures of a page are, from the table that has the fewest rows of what is asked:
 * hours are the first of the columns by which rows lie.
 */
export function figuresQuery(question: FiguresQuestion): {
  readonly text: string;
  readonly values: readonly SqlValue[];
} {
  const { account, keyId, model, upstream, groupBy, limit } = question;
  const wanted: readonly (readonly [string, SqlValue | undefined])[] = [
    ['account = ?', account],
    ['model = ?', model],
    ['key_id = ?', keyId],
    ['upstream = ?', upstream],
  ];
  const conditions = wanted.flatMap(([text, value]) =>
    value === undefined ? [] : [[text, value] as const],
  );
  const columns = groupBy.map((name) => `${dimensionColumns[name]} AS "by_${name}"`);
  const groups = groupBy.map((name) => `"by_${name}"`).join(', ');
  const grouped = groups === '' ? '' : `GROUP BY ${groups} ORDER BY ${groups}`;
  const parts = partsOf(question);
  const narrowed = conditions.map(([text]) => ` AND ${text}`).join('');
  const texts = parts.map(
    ({ table, time, columns: named }) =>
      `SELECT ${time} AS hour_ms, ${[...named, ...hourCounts].join(', ')} FROM ${table}
        WHERE ${time} >= ? AND ${time} < ?${narrowed}`,
  );
  const [only] = parts;
  const from = texts.length === 1 ? (only?.table ?? '') : `(${texts.join(' UNION ALL ')})`;
  const where = texts.length === 1 ? `WHERE hour_ms >= ? AND hour_ms < ?${narrowed}` : '';
  return {
    text: `SELECT ${[...columns, SUMS].join(', ')} FROM ${from} ${where} ${grouped} LIMIT ?`,
    values: [
      ...parts.flatMap(({ fromMs, toMs }) => [
        fromMs,
        toMs,
        ...conditions.map(([, value]) => value),
      ]),
      limit,
    ],
  };
}

/** A part of what is asked, and the table that has it. */
interface FiguresPart {
  readonly table: 'request_hours' | 'request_hour_models' | 'request_day_keys';
  readonly time: 'hour_ms' | 'day_ms';
  readonly columns: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a table by days has besides days. */
const dayDimensions: ReadonlySet<FigureDimension> = new Set(['day', 'account', 'key', 'model']);
const dayColumns = ['account', 'key_id', 'model'];

function partsOf(question: FiguresQuestion): readonly FiguresPart[] {
  const { toMs, account, keyId, upstream, groupBy } = question;
  const fromMs = question.fromMs - (question.fromMs % HOUR_MS);
  const hours = { table: 'request_hours', time: 'hour_ms', columns: dayColumns } as const;
  const isOfKeys = account !== undefined || keyId !== undefined;
  if (!isOfKeys && !groupBy.includes('account') && !groupBy.includes('key')) {
    return [{ ...hours, table: 'request_hour_models', columns: [], fromMs, toMs }];
  }
  const firstDayMs = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const lastDayMs = toMs - (toMs % DAY_MS);
  const isByDays = upstream === undefined && groupBy.every((name) => dayDimensions.has(name));
  if (!isByDays || lastDayMs <= firstDayMs) return [{ ...hours, fromMs, toMs }];
  const days = { table: 'request_day_keys', time: 'day_ms', columns: dayColumns } as const;
  return [
    { ...hours, fromMs, toMs: firstDayMs },
    { ...days, fromMs: firstDayMs, toMs: lastDayMs },
    { ...hours, fromMs: lastDayMs, toMs },
  ];
}

/** A row of its answer. */
export function readFigures(row: StoredRow, groupBy: readonly FigureDimension[]): FigureGroup {
  const amount = (column: string): bigint => BigInt(String(row[column] ?? '0'));
  const count = (column: string): number => Number(row[column] ?? 0);
  return {
    by: Object.fromEntries(groupBy.map((name) => [name, nameIn(row, name)])),
    requests: count('requests'),
    failed: count('failed'),
    inputTokens: amount('input_tokens'),
    outputTokens: amount('output_tokens'),
    cacheReadTokens: amount('cache_read_tokens'),
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

/** What was not known stands in the table as no text at all. */
function nameIn(row: StoredRow, name: FigureDimension): string | number | undefined {
  const value = row[`by_${name}`];
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
