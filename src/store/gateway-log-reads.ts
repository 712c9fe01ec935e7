import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type {
  BodyPart,
  GatewayLogRow,
  LogBounds,
  LogCounting,
  LogDimension,
  LogGroup,
  LogListing,
  LogMeasure,
  LogOrder,
  LogPage,
  LoggedGateway,
} from '../policy/gateway-log.ts';
import type { BackgroundReader, StoredRow } from './background-reader.ts';
import type { SegmentPlace } from './body-segments.ts';
import { conditionOf } from './gateway-log-conditions.ts';
import { readLog } from './gateway-log-rows.ts';
import type { SqlValue } from './statements.ts';

const orderColumns: Readonly<Record<LogOrder, string>> = {
  created_at: 'created_at_ms',
  provider: 'provider',
  model: 'model',
  model_type: 'model_type',
  success: 'success',
  cached: 'cached',
  cost: 'cost',
  tokens_in: 'tokens_in',
  tokens_out: 'tokens_out',
  duration: 'duration_ms',
  feedback: 'feedback',
};

const measureColumns: Readonly<Record<LogMeasure, string>> = {
  cost: 'cost',
  duration: 'duration_ms',
  tokens_in: 'tokens_in',
  tokens_out: 'tokens_out',
  // As a double: a sum of what an upstream says may be more than a safe integer, which no read gives.
  total_tokens: 'CAST(tokens_in + tokens_out AS REAL)',
};
const measures = Object.entries(measureColumns) as readonly (readonly [LogMeasure, string])[];

/** A column, and what its values are in an answer. */
interface DimensionColumn {
  readonly text: string;
  readonly show: (value: SQLOutputValue) => string | number | boolean;
}

const asText = (value: SQLOutputValue): string => String(value);
const asTruth = (value: SQLOutputValue): boolean => value === 1;
const timeColumn = (format: string): DimensionColumn => ({
  text: `strftime('${format}', created_at_ms / 1000, 'unixepoch')`,
  show: asText,
});

const dimensionColumns: Readonly<Record<LogDimension, DimensionColumn>> = {
  model: { text: 'model', show: asText },
  provider: { text: 'provider', show: asText },
  cached: { text: 'cached', show: asTruth },
  success: { text: 'success', show: asTruth },
  status_code: { text: 'status_code', show: Number },
  datetimeMinute: timeColumn('%Y-%m-%dT%H:%M:00Z'),
  datetimeHour: timeColumn('%Y-%m-%dT%H:00:00Z'),
  date: timeColumn('%Y-%m-%d'),
};

/** All of a body where its bound is below 0, else its beginning. */
const bodyColumns: Readonly<Record<BodyPart['which'], string>> = {
  request: 'IIF(? < 0, bodies.request, substr(bodies.request, 1, ?))',
  response: 'IIF(? < 0, bodies.response, substr(bodies.response, 1, ?))',
};

/**
 * Reads the logs of gateways from what is in the table: one of them where it is asked for, what looks
 * at many on a thread of its own.
 */
export class GatewayLogReads {
  readonly #reader: DatabaseSync;
  readonly #background: BackgroundReader;

  constructor(reader: DatabaseSync, background: BackgroundReader) {
    this.#reader = reader;
    this.#background = background;
  }

  /** How many logs a gateway has, and how much of the disk their bodies take. */
  totals({ account, gatewayId }: LoggedGateway): {
    readonly logs: number;
    readonly bytes: number;
  } {
    const [row] = this.#all(
      'SELECT logs, bytes FROM gateway_log_totals WHERE account = ? AND gateway_id = ?',
      [account, gatewayId],
    );
    return { logs: Number(row?.['logs'] ?? 0), bytes: Number(row?.['bytes'] ?? 0) };
  }

  find({ account, gatewayId }: LoggedGateway, id: string): GatewayLogRow | undefined {
    const [row] = this.#all(
      'SELECT * FROM gateway_logs WHERE account = ? AND gateway_id = ? AND id = ?',
      [account, gatewayId, id],
    );
    return row === undefined ? undefined : readLog(row);
  }

  /** The newest of logs of whatever gateways. */
  findNewest(ids: readonly string[]): GatewayLogRow | undefined {
    const [row] = this.#all(
      `SELECT * FROM gateway_logs WHERE id IN (${ids.map(() => '?').join(', ')})
        ORDER BY sequence DESC LIMIT 1`,
      ids,
    );
    return row === undefined ? undefined : readLog(row);
  }

  /** A body that is kept in the database. */
  body(
    { account, gatewayId }: LoggedGateway,
    id: string,
    { which, bytesMax = -1 }: BodyPart,
  ): Uint8Array | undefined {
    const [row] = this.#all(
      `SELECT ${bodyColumns[which]} AS body FROM gateway_log_bodies AS bodies
        JOIN gateway_logs AS logs ON logs.sequence = bodies.sequence
        WHERE logs.account = ? AND logs.gateway_id = ? AND logs.id = ?`,
      [bytesMax, bytesMax, account, gatewayId, id],
    );
    const body = row?.['body'];
    return body instanceof Uint8Array ? body : undefined;
  }

  /** Where the bodies of a log lie outside of the database. */
  place({ account, gatewayId }: LoggedGateway, id: string): SegmentPlace | undefined {
    const [row] = this.#all(
      `SELECT places.segment, places.start, places.bytes FROM gateway_log_places AS places
        JOIN gateway_logs AS logs ON logs.sequence = places.sequence
        WHERE logs.account = ? AND logs.gateway_id = ? AND logs.id = ?`,
      [account, gatewayId, id],
    );
    if (row === undefined) return undefined;
    const { segment, start, bytes } = row;
    return { segment: String(segment), start: Number(start), bytes: Number(bytes) };
  }

  /** Every segment that a log names. */
  async namedSegments(): Promise<ReadonlySet<string>> {
    const rows = await this.#background.query(
      'SELECT DISTINCT segment FROM gateway_log_places',
      [],
      '',
    );
    return new Set(rows.map(({ segment }) => String(segment)));
  }

  async list(listing: LogListing): Promise<LogPage> {
    const { text, values } = conditionOf(listing);
    const amounts = measures.map(
      ([name, column]) => `MIN(${column}) AS min_${name}, MAX(${column}) AS max_${name}`,
    );
    const [whole = {}] = await this.#background.query(
      `SELECT COUNT(*) AS logs, ${amounts.join(', ')} FROM gateway_logs WHERE ${text}`,
      values,
      listing.account,
    );
    const rows = await this.#background.query(
      `SELECT * FROM gateway_logs WHERE ${text} ORDER BY ${orderOf(listing)} LIMIT ? OFFSET ?`,
      [...values, listing.limit, listing.offset],
      listing.account,
    );
    const bounds = measures.map(([name]) => [name, boundsIn(whole, name)] as const);
    return {
      rows: rows.map((row) => readLog(row)),
      count: Number(whole['logs'] ?? 0),
      bounds: Object.fromEntries(bounds) as LogPage['bounds'],
    };
  }

  /** The places of logs in the table, for who removes them. */
  async places(listing: LogListing): Promise<readonly number[]> {
    const { text, values } = conditionOf(listing);
    const rows = await this.#background.query(
      `SELECT sequence FROM gateway_logs WHERE ${text} ORDER BY ${orderOf(listing)} LIMIT ? OFFSET ?`,
      [...values, listing.limit, listing.offset],
      listing.account,
    );
    return rows.map((row) => Number(row['sequence']));
  }

  async count(counting: LogCounting): Promise<readonly LogGroup[]> {
    const { dimensions, limit } = counting;
    const { text, values } = conditionOf(counting);
    const named = dimensions.map((name) => `${dimensionColumns[name].text} AS "${name}"`);
    const groups = dimensions.map((name) => `"${name}"`).join(', ');
    const sums = `COUNT(*) AS logs, SUM(cached) AS hits, SUM(1 - success) AS errors,
      TOTAL(tokens_in) AS tokens_in, TOTAL(tokens_out) AS tokens_out, SUM(cost) AS cost,
      SUM(duration_ms) AS duration_ms`;
    const rows = await this.#background.query(
      `SELECT ${[...named, sums].join(', ')} FROM gateway_logs WHERE ${text}
        ${groups === '' ? '' : `GROUP BY ${groups}`} ORDER BY logs DESC LIMIT ?`,
      [...values, limit],
      counting.account,
    );
    return rows.map((row) => groupIn(row, dimensions));
  }

  #all(text: string, values: readonly SqlValue[]): readonly StoredRow[] {
    return this.#reader.prepare(text).all(...values);
  }
}

/** Of one value, the order in which they came. */
function orderOf({ orderBy, isDescending }: LogListing): string {
  const direction = isDescending ? 'DESC' : 'ASC';
  return `${orderColumns[orderBy]} ${direction}, sequence ${direction}`;
}

function boundsIn(row: StoredRow, name: LogMeasure): LogBounds {
  return { min: amountIn(row[`min_${name}`]), max: amountIn(row[`max_${name}`]) };
}

function amountIn(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function groupIn(row: StoredRow, dimensions: readonly LogDimension[]): LogGroup {
  return {
    dimensions: Object.fromEntries(
      dimensions.map((name) => [name, dimensionColumns[name].show(row[name] ?? null)]),
    ),
    count: Number(row['logs'] ?? 0),
    cached: Number(row['hits'] ?? 0),
    errors: Number(row['errors'] ?? 0),
    tokensIn: Number(row['tokens_in'] ?? 0),
    tokensOut: Number(row['tokens_out'] ?? 0),
    cost: Number(row['cost'] ?? 0),
    durationMs: Number(row['duration_ms'] ?? 0),
  };
}
