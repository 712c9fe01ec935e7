import type { FigureDimension, FiguresQuestion } from '../telemetry/request-reads.ts';
import { hourCounts } from './request-hours-schema.ts';
import { readableWeeksText, WEEK_MS } from './request-weeks.ts';
import type { SqlValue } from './statements.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What figures are added up from. */
interface FiguresSource {
  /** Stands before the query that reads it. */
  readonly before: string;
  readonly from: string;
  /** Of both, in order. */
  readonly values: readonly SqlValue[];
}

/** A moment, or the column of what stands before the query that has one. */
type Moment = number | 'low' | 'high' | 'hours_ms';

/** A part of what is asked, and the table that has it. */
interface Part {
  readonly table: 'request_hours' | 'request_day_keys' | 'request_week_keys';
  readonly time: 'hour_ms' | 'day_ms' | 'week_ms';
  readonly from: Moment;
  readonly to: Moment;
}

const hours = { table: 'request_hours', time: 'hour_ms' } as const;
const days = { table: 'request_day_keys', time: 'day_ms' } as const;
const weeks = { table: 'request_week_keys', time: 'week_ms' } as const;

/** What a table by days has, and what one by weeks. */
const dayDimensions: ReadonlySet<FigureDimension> = new Set(['day', 'account', 'key', 'model']);
const weekDimensions: ReadonlySet<FigureDimension> = new Set(['account', 'key', 'model']);
const dayColumns = ['account', 'key_id', 'model'];

/**
 * The rows that figures are added up from, of the tables that have the fewest of what is asked. The times
 * of all are called `hour_ms`.
 */
export function figuresSource(question: FiguresQuestion): FiguresSource {
  const { toMs, account, keyId, upstream, groupBy } = question;
  const fromMs = question.fromMs - (question.fromMs % HOUR_MS);
  const narrowing = narrowingOf(question);
  const isOfKeys = account !== undefined || keyId !== undefined;
  if (!isOfKeys && !groupBy.includes('account') && !groupBy.includes('key')) {
    return readHours('request_hour_models', fromMs, toMs, narrowing);
  }
  const firstDayMs = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const isByDays = upstream === undefined && groupBy.every((name) => dayDimensions.has(name));
  if (!isByDays || toMs < firstDayMs) return readHours('request_hours', fromMs, toMs, narrowing);
  const lastDayMs = toMs - (toMs % DAY_MS);
  const firstWeekMs = Math.ceil(firstDayMs / WEEK_MS) * WEEK_MS;
  const lastWeekMs = lastDayMs - (lastDayMs % WEEK_MS);
  const isByWeeks = firstWeekMs < lastWeekMs && groupBy.every((name) => weekDimensions.has(name));
  const parts: readonly Part[] = [
    { ...hours, from: fromMs, to: firstDayMs },
    ...(isByWeeks
      ? [
          { ...days, from: firstDayMs, to: 'low' as const },
          { ...weeks, from: 'low' as const, to: 'high' as const },
          { ...days, from: 'high' as const, to: 'hours_ms' as const },
        ]
      : [{ ...days, from: firstDayMs, to: 'hours_ms' as const }]),
    { ...hours, from: 'hours_ms', to: toMs },
  ];
  const nextDayMs = Math.ceil(toMs / DAY_MS) * DAY_MS;
  return {
    // The last day is read as one where nothing of it is later than what is asked.
    before: `WITH weeks AS (${isByWeeks ? readableWeeksText : 'SELECT 0 AS low, 0 AS high'}),
      moments AS MATERIALIZED (SELECT *, IIF(EXISTS
        (SELECT 1 FROM request_hours WHERE hour_ms >= ?), ?, ?) AS hours_ms FROM weeks)`,
    from: `(${parts.map((part) => `${partText(part)}${narrowing.text}`).join(' UNION ALL ')})`,
    values: [
      ...(isByWeeks ? [firstWeekMs, lastWeekMs] : []),
      toMs,
      lastDayMs,
      nextDayMs,
      ...parts.flatMap(({ from, to }) => [
        ...[from, to].filter((moment) => typeof moment === 'number'),
        ...narrowing.values,
      ]),
    ],
  };
}

interface Narrowing {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

function narrowingOf({ account, model, keyId, upstream }: FiguresQuestion): Narrowing {
  const wanted: readonly (readonly [string, SqlValue | undefined])[] = [
    ['account', account],
    ['model', model],
    ['key_id', keyId],
    ['upstream', upstream],
  ];
  const given = wanted.flatMap(([name, value]) =>
    value === undefined ? [] : [{ text: ` AND ${name} = ?`, value }],
  );
  return {
    text: given.map(({ text }) => text).join(''),
    values: given.map(({ value }) => value),
  };
}

function readHours(
  table: 'request_hours' | 'request_hour_models',
  fromMs: number,
  toMs: number,
  { text, values }: Narrowing,
): FiguresSource {
  const from = `${table} WHERE hour_ms >= ? AND hour_ms < ?${text}`;
  return { before: '', from, values: [fromMs, toMs, ...values] };
}

function partText({ table, time, from, to }: Part): string {
  const moment = (of: Moment): string =>
    typeof of === 'number' ? '?' : `(SELECT ${of} FROM moments)`;
  return `SELECT ${time} AS hour_ms, ${[...dayColumns, ...hourCounts].join(', ')} FROM ${table}
    WHERE ${time} >= ${moment(from)} AND ${time} < ${moment(to)}`;
}
