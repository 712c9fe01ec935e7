import type { LogFilter, LogFilterKey, LogOperator, LogSelection } from '../policy/gateway-log.ts';
import type { SqlValue } from './statements.ts';

/** A condition with what stands in the places of its parameters. */
export interface SqlCondition {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Text fragments that a condition is put together from; what callers say is a parameter, always. */
const columns: Readonly<Record<Exclude<LogFilterKey, MetadataKey>, string>> = {
  id: 'id',
  created_at: 'created_at_ms',
  request_content_type: 'request_content_type',
  response_content_type: 'response_content_type',
  request_type: 'request_type',
  success: 'success',
  cached: 'cached',
  provider: 'provider',
  model: 'model',
  model_type: 'model_type',
  cost: 'cost',
  tokens: '(tokens_in + tokens_out)',
  tokens_in: 'tokens_in',
  tokens_out: 'tokens_out',
  duration: 'duration_ms',
  feedback: 'feedback',
  event_id: 'event_id',
  authentication: 'authentication',
  wholesale: 'wholesale',
  compatibilityMode: 'compatibility',
  dlp_action: 'dlp_action',
  user_agent: 'user_agent',
};

type MetadataKey = 'metadata.key' | 'metadata.value';

/** A value of metadata as whoever looks for it writes it. */
const VALUE_TEXT =
  "CASE entry.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(entry.value AS TEXT) END";

const comparisons: Readonly<Record<LogOperator, (column: string) => string>> = {
  eq: (column) => `${column} IS ?`,
  neq: (column) => `${column} IS NOT ?`,
  contains: (column) => `instr(lower(${column}), lower(?)) > 0`,
  lt: (column) => `${column} < ?`,
  gt: (column) => `${column} > ?`,
  lte: (column) => `${column} <= ?`,
  gte: (column) => `${column} >= ?`,
};

const searched = ['id', 'event_id', 'provider', 'model', 'path', 'metadata', 'user_agent'] as const;

/** The condition that holds for the logs of a selection and for no other. */
export function conditionOf(selection: LogSelection): SqlCondition {
  const { account, gatewayId, filters, search } = selection;
  const conditions: SqlCondition[] = [
    { text: 'account = ? AND gateway_id = ?', values: [account, gatewayId] },
  ];
  for (const [index, filter] of filters.entries()) {
    const { key } = filter;
    if (key !== 'metadata.key' && key !== 'metadata.value') {
      conditions.push(holds(columns[key], filter));
      continue;
    }
    // A value that follows a key is the value of that key.
    const next = filters[index + 1];
    const isPaired = key === 'metadata.key' && next?.key === 'metadata.value';
    const isDone = key === 'metadata.value' && filters[index - 1]?.key === 'metadata.key';
    if (!isDone) conditions.push(isPaired ? hasEntry([filter, next]) : hasEntryOrNone(filter));
  }
  if (search !== undefined && search !== '') {
    const text = searched.map((column) => comparisons.contains(column)).join(' OR ');
    conditions.push({ text, values: searched.map(() => search) });
  }
  return joined(conditions, ' AND ');
}

function holds(column: string, { operator, values }: LogFilter): SqlCondition {
  const compare = comparisons[operator](column);
  const each = values.map((value) => ({ text: compare, values: [value] }));
  return joined(each, operator === 'neq' ? ' AND ' : ' OR ');
}

function hasEntry(filters: readonly LogFilter[]): SqlCondition {
  const inner = joined(
    filters.map((filter) => holds(entryColumn(filter), filter)),
    ' AND ',
  );
  return {
    text: `EXISTS (SELECT 1 FROM json_each(metadata) AS entry WHERE ${inner.text})`,
    values: inner.values,
  };
}

/** A log without a key is one of whose keys none is that. */
function hasEntryOrNone(filter: LogFilter): SqlCondition {
  if (filter.operator !== 'neq') return hasEntry([filter]);
  const { text, values } = hasEntry([{ ...filter, operator: 'eq' }]);
  return { text: `NOT ${text}`, values };
}

/** Amounts are compared as such, all else as text. */
function entryColumn({ key, values }: LogFilter): string {
  if (key === 'metadata.key') return 'entry.key';
  return values.every((value) => typeof value === 'number') ? 'entry.value' : VALUE_TEXT;
}

function joined(conditions: readonly SqlCondition[], word: string): SqlCondition {
  return {
    text: conditions.map(({ text }) => `(${text})`).join(word),
    values: conditions.flatMap(({ values }) => values),
  };
}
