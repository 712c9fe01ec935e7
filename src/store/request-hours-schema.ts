import { latencyBoundsMs } from '../telemetry/latency-buckets.ts';

/** What identifies a row of the hourly figures; '' stands for what is not known. */
export const hourDimensions = [
  'hour_ms',
  'account',
  'model',
  'key_id',
  'upstream',
  'status',
  'error_code',
] as const;

/** What is counted up in it beside durations. */
export const hourSums = [
  'requests',
  'failed',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'thinking_tokens',
  'web_search_requests',
  'cost_nano_usd',
  'charged_nano_usd',
  'unknown_costs',
] as const;
export type HourSum = (typeof hourSums)[number];

const ends: readonly string[] = [...latencyBoundsMs.map((endMs) => String(endMs)), 'more'];

/** A column a bucket of how long requests took in all. */
export const totalColumns: readonly string[] = ends.map((end) => `total_${end}`);

/** The same of how long their first content took. */
export const contentColumns: readonly string[] = ends.map((end) => `content_${end}`);

/** All that is counted up. */
export const hourCounts: readonly string[] = [...hourSums, ...totalColumns, ...contentColumns];

const text = (name: string): string => `${name} TEXT NOT NULL`;
const count = (name: string): string => `${name} INTEGER NOT NULL DEFAULT 0`;

/**
 * Figures of the requests of an hour, kept beside their rows so that no page has to look at these; and
 * the order in which rows are listed, with all that lists are narrowed by.
 */
export const requestHoursSchema: string = `
   ALTER TABLE request_log ADD COLUMN first_content_ms REAL;
   ALTER TABLE request_log ADD COLUMN stop_reason TEXT;
   ALTER TABLE request_log ADD COLUMN edits TEXT;
   ALTER TABLE request_log ADD COLUMN attempts_detail TEXT;
   ALTER TABLE request_log ADD COLUMN trace_id TEXT;
   DROP INDEX request_log_started;
   CREATE INDEX request_log_in_order ON request_log
     (started_at_ms, id, account, key_id, model, upstream, status, error_code, cost_nano_usd);

   CREATE TABLE request_hours (
     hour_ms INTEGER NOT NULL,
     ${['account', 'model', 'key_id', 'upstream'].map(text).join(', ')},
     status INTEGER NOT NULL,
     ${text('error_code')},
     ${hourCounts.map(count).join(',\n     ')},
     PRIMARY KEY (${hourDimensions.join(', ')})
   ) STRICT, WITHOUT ROWID;
   INSERT INTO request_hours (${[...hourDimensions, ...hourSums, ...totalColumns].join(', ')})
     SELECT started_at_ms - started_at_ms % 3600000, COALESCE(account, ''),
       IIF(status = 404, 'other', COALESCE(model, '')), COALESCE(key_id, ''),
       COALESCE(upstream, ''), status, COALESCE(error_code, ''),
       COUNT(*), SUM(status >= 400 OR error_code IS NOT NULL),
       TOTAL(input_tokens), TOTAL(output_tokens), TOTAL(cache_read_tokens),
       TOTAL(cache_write_tokens), TOTAL(thinking_tokens), TOTAL(web_search_requests),
       COALESCE(SUM(cost_nano_usd), 0), COALESCE(SUM(charged_nano_usd), 0),
       SUM(usage_source IS NOT NULL AND cost_nano_usd IS NULL),
       ${bucketSums()}
     FROM request_log GROUP BY 1, 2, 3, 4, 5, 6, 7;`;

function bucketSums(): string {
  return ends
    .map((_, bucket) => {
      const startMs = latencyBoundsMs[bucket - 1];
      const endMs = latencyBoundsMs[bucket];
      const above = startMs === undefined ? [] : [`total_ms > ${String(startMs)}`];
      const below = endMs === undefined ? [] : [`total_ms <= ${String(endMs)}`];
      return `SUM(${[...above, ...below].join(' AND ')})`;
    })
    .join(', ');
}
