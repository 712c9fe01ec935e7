import type { SQLOutputValue } from 'node:sqlite';
import type {
  FigureGroup,
  FiguresQuestion,
  LoggedRequest,
  RequestListing,
  RequestReads,
  RequestsFound,
  UsageDimension,
  UsageGroup,
  UsageQuestion,
} from '../telemetry/request-reads.ts';
import type { RequestUsage } from '../telemetry/request-usage.ts';
import type { BackgroundReader, StoredRow } from './background-reader.ts';
import { readAttempts } from './read-attempts.ts';
import { figuresQuery, readFigures } from './request-figures.ts';
import type { SqlValue } from './statements.ts';

const usageColumns: readonly (readonly [keyof RequestUsage, string])[] = [
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['cacheReadTokens', 'cache_read_tokens'],
  ['cacheWriteTokens', 'cache_write_tokens'],
  ['cacheWrite5mTokens', 'cache_write_5m_tokens'],
  ['cacheWrite1hTokens', 'cache_write_1h_tokens'],
  ['thinkingTokens', 'thinking_tokens'],
  ['webSearchRequests', 'web_search_requests'],
];

/** Money leaves the database as text: the thread that reads would make doubles of it. */
const REQUEST_COLUMNS = [
  'id, request_id, started_at_ms, account, key_id, dialect, operation, model, upstream, status',
  'error_code, is_stream, attempts, total_ms, usage_source, price_version, first_byte_ms',
  'first_content_ms, stop_reason, edits, attempts_detail, trace_id, gateway_id',
  ...usageColumns.map(([, column]) => column),
  'CAST(cost_nano_usd AS TEXT) AS cost, CAST(charged_nano_usd AS TEXT) AS charged',
].join(', ');

const dimensionColumns: Readonly<Record<UsageDimension, string>> = {
  day: 'days.name',
  model: 'log.model',
  key: 'log.key_id',
  account: 'log.account',
  upstream: 'log.upstream',
  form: 'log.dialect',
};

/** What rows are narrowed by: all of it stands in the index by time. */
const LOOKED_COLUMNS = [
  'started_at_ms, key_id, model, upstream, status, error_code, cost_nano_usd',
  'dialect, gateway_id, is_stream, total_ms',
].join(', ');
/** Most rows that one answer looks at; of one account they are further apart on the disk. */
const LOOK_MAX = 100_000;
const LOOK_ACCOUNT_MAX = 20_000;

const FAILED = '(status >= 400 OR error_code IS NOT NULL)';

const sum = (column: string): string =>
  `CAST(COALESCE(SUM(log.${column}), 0) AS TEXT) AS ${column}`;

const SUMS = [
  'COUNT(*) AS requests',
  'SUM(log.status >= 400 OR log.error_code IS NOT NULL) AS failed',
  'SUM(log.usage_source IS NOT NULL AND log.cost_nano_usd IS NULL) AS unknown_costs',
  ...[
    'input_tokens',
    'output_tokens',
    'cache_read_tokens',
    'cache_write_tokens',
    'web_search_requests',
    'cost_nano_usd',
    'charged_nano_usd',
  ].map((column) => sum(column)),
].join(', ');

/** The request log for whoever reads it, on the thread that reads: many rows may be looked at. */
export class SqliteRequestReads implements RequestReads {
  readonly #background: Pick<BackgroundReader, 'query'>;
  readonly #written: () => Promise<void>;

  readonly #lookMax: number;

  /** `written` resolves once all that was recorded before is in the table. */
  constructor(
    background: Pick<BackgroundReader, 'query'>,
    written: () => Promise<void>,
    lookMax: number = LOOK_MAX,
  ) {
    this.#background = background;
    this.#written = written;
    this.#lookMax = lookMax;
  }

  async find(requestId: string, account?: string): Promise<LoggedRequest | undefined> {
    const ofAccount = account === undefined ? '' : 'AND account = ?';
    const [row] = await this.#query(
      `SELECT ${REQUEST_COLUMNS} FROM request_log WHERE request_id = ? ${ofAccount}
        ORDER BY id DESC LIMIT 1`,
      [requestId, ...(account === undefined ? [] : [account])],
      account,
    );
    return row === undefined ? undefined : readRequest(row);
  }

  /**
   * Looks at so many rows of the index at most, from which the fitting ones are taken: what nobody ever
   * asked would else be looked for in all there are.
   */
  async list(listing: RequestListing): Promise<RequestsFound> {
    const { after, limit, account } = listing;
    const bounds = boundsOf(listing);
    const narrowing = conditionsOf(listing);
    if (after !== undefined) {
      bounds.push(['(started_at_ms, id) < (?, ?)', after.startedAtMs, after.place]);
    }
    const looked = `FROM request_log ${whereOf(bounds)}
      ORDER BY started_at_ms DESC, id DESC LIMIT ?`;
    const lookMax = Math.min(this.#lookMax, account === undefined ? LOOK_MAX : LOOK_ACCOUNT_MAX);
    const values = [...valuesOf(bounds), lookMax];
    const rows = await this.#query(
      `SELECT ${REQUEST_COLUMNS} FROM request_log WHERE id IN
          (SELECT id FROM (SELECT id, ${LOOKED_COLUMNS} ${looked}) ${whereOf(narrowing)} LIMIT ?)
        ORDER BY started_at_ms DESC, id DESC`,
      [...values, ...valuesOf(narrowing), limit],
      account,
    );
    const found = rows.map((row) => readRequest(row));
    if (found.length >= limit) return { rows: found, lookedTo: undefined };
    const [end] = await this.#query(
      `SELECT started_at_ms, id ${looked} OFFSET ?`,
      [...valuesOf(bounds), 1, lookMax - 1],
      account,
    );
    if (end === undefined) return { rows: found, lookedTo: undefined };
    const { started_at_ms: startedAtMs, id } = end;
    return { rows: found, lookedTo: { startedAtMs: Number(startedAtMs), place: Number(id) } };
  }

  async usage({ account, days, groupBy, limit }: UsageQuestion): Promise<readonly UsageGroup[]> {
    const places = days.map(() => '(?, ?, ?)').join(', ');
    const columns = groupBy.map((name) => `${dimensionColumns[name]} AS "by_${name}"`);
    const groups = groupBy.map((name) => `"by_${name}"`).join(', ');
    const rows = await this.#query(
      `WITH days (name, from_ms, to_ms) AS (VALUES ${places})
        SELECT ${[...columns, SUMS].join(', ')} FROM days CROSS JOIN request_log AS log
        WHERE log.started_at_ms >= days.from_ms AND log.started_at_ms < days.to_ms
          ${account === undefined ? '' : 'AND log.account = ?'}
        ${groups === '' ? '' : `GROUP BY ${groups} ORDER BY ${groups}`} LIMIT ?`,
      [
        ...days.flatMap(({ name, fromMs, toMs }) => [name, fromMs, toMs]),
        ...(account === undefined ? [] : [account]),
        limit,
      ],
      account,
    );
    return rows.map((row) => readGroup(row, groupBy));
  }

  async figures(question: FiguresQuestion): Promise<readonly FigureGroup[]> {
    const { text, values } = figuresQuery(question);
    const rows = await this.#query(text, values, question.account);
    return rows.map((row) => readFigures(row, question.groupBy));
  }

  /** Operators take their turn as an account does. */
  async #query(
    text: string,
    values: readonly SqlValue[],
    account = '',
  ): Promise<readonly StoredRow[]> {
    await this.#written();
    return this.#background.query(text, values, account);
  }
}

type Condition = readonly [text: string, ...values: readonly SqlValue[]];

function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(([text]) => text).join(' AND ')}`;
}

function valuesOf(conditions: readonly Condition[]): readonly SqlValue[] {
  return conditions.flatMap(([, ...values]) => values);
}

/** What an index is entered by. */
function boundsOf({ account, fromMs, toMs }: RequestListing): Condition[] {
  return given([
    ['account = ?', account],
    ['started_at_ms >= ?', fromMs],
    ['started_at_ms < ?', toMs],
  ]);
}

/** What rows are held to that are looked at. */
function conditionsOf(listing: RequestListing): readonly Condition[] {
  const { keyId, model, upstream, form, gatewayId, isStream, status, error } = listing;
  const conditions = given([
    ['key_id = ?', keyId],
    ['model = ?', model],
    ['upstream = ?', upstream],
    ['dialect = ?', form],
    ['gateway_id = ?', gatewayId],
    ['is_stream = ?', isStream === undefined ? undefined : Number(isStream)],
    ['total_ms >= ?', listing.totalMinMs],
    ['status = ?', status],
    ['error_code = ?', error === 'any' ? undefined : error],
    ['cost_nano_usd >= ?', listing.costMinNanoUsd],
  ]);
  return error === 'any' ? [...conditions, [FAILED]] : conditions;
}

function given(wanted: readonly (readonly [string, SqlValue | undefined])[]): Condition[] {
  return wanted.flatMap(([text, value]) => (value === undefined ? [] : [[text, value] as const]));
}

function readRequest(row: StoredRow): LoggedRequest {
  return {
    place: Number(row['id']),
    requestId: String(row['request_id']),
    startedAtMs: Number(row['started_at_ms']),
    account: textIn(row['account']),
    keyId: textIn(row['key_id']),
    form: String(row['dialect']),
    operation: String(row['operation']),
    model: textIn(row['model']),
    upstream: textIn(row['upstream']),
    gatewayId: textIn(row['gateway_id']),
    status: Number(row['status']),
    errorCode: textIn(row['error_code']),
    isStream: row['is_stream'] === 1,
    usage: readUsage(row),
    attempts: countIn(row['attempts']),
    totalMs: Number(row['total_ms']),
    costNanoUsd: amountIn(row['cost']),
    chargedNanoUsd: amountIn(row['charged']),
    usageSource: textIn(row['usage_source']) as LoggedRequest['usageSource'],
    priceVersion: textIn(row['price_version']),
    firstByteMs: countIn(row['first_byte_ms']),
    firstContentMs: countIn(row['first_content_ms']),
    stopReason: textIn(row['stop_reason']),
    edits: textIn(row['edits'])?.split(',') ?? [],
    traceId: textIn(row['trace_id']),
    attemptsDetail: readAttempts(textIn(row['attempts_detail'])),
  };
}

function readUsage(row: StoredRow): RequestUsage {
  return Object.fromEntries(
    usageColumns.flatMap(([name, column]) => {
      const count = countIn(row[column]);
      return count === undefined ? [] : [[name, count]];
    }),
  );
}

function readGroup(row: StoredRow, groupBy: readonly UsageDimension[]): UsageGroup {
  const amount = (column: string): bigint => BigInt(String(row[column] ?? '0'));
  return {
    by: Object.fromEntries(groupBy.map((name) => [name, textIn(row[`by_${name}`])])),
    requests: Number(row['requests']),
    failed: Number(row['failed'] ?? 0),
    inputTokens: amount('input_tokens'),
    outputTokens: amount('output_tokens'),
    cacheReadTokens: amount('cache_read_tokens'),
    cacheWriteTokens: amount('cache_write_tokens'),
    webSearchRequests: amount('web_search_requests'),
    costNanoUsd: amount('cost_nano_usd'),
    chargedNanoUsd: amount('charged_nano_usd'),
    unknownCosts: Number(row['unknown_costs'] ?? 0),
  };
}

function textIn(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function countIn(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function amountIn(value: SQLOutputValue | undefined): bigint | undefined {
  return typeof value === 'string' ? BigInt(value) : undefined;
}
