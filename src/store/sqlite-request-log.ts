import type { Clock, Timer } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { RequestLog, RequestRecord } from '../telemetry/request-log.ts';
import { RegularPruning } from './regular-pruning.ts';
import { WEEK_MS } from './request-weeks.ts';
import type { SqlValue } from './statements.ts';
import type { Writer } from './writer.ts';

export interface RequestLogOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Rows waiting to be written; more are dropped and counted. */
  readonly queueMax: number;
  readonly retentionDays: number;
}

/** How long rows gather before they are handed to the writer. */
const FLUSH_MS = 50;
const FLUSH_ROWS = 256;
const FIRST_PRUNE_MS = 10_000;
/** Old rows go in small steps, so that no delete holds the writer up. */
const PRUNE_ROWS = 2000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Days go into their weeks an hour after their end, when long requests have ended too. */
const DAY_OVER_MS: number = DAY_MS + HOUR_MS;
const WEEK_ROWS = 250;
/** Figures stay until their hour or day is past its time as a whole. */
const rollupEnds = [
  ['deleteOldRequestHours', HOUR_MS],
  ['deleteOldHourModels', HOUR_MS],
  ['deleteOldDayKeys', DAY_MS],
  ['deleteOldWeekKeys', WEEK_MS],
] as const;
const REFUSED_FROM = 400;
/** Most attempts of a request that its row tells of. */
const DETAILS_MAX = 32;

/** The request log in SQLite, behind a bounded queue: a slow disk costs rows, never requests. */
export class SqliteRequestLog implements RequestLog {
  readonly #writer: Writer;
  readonly #options: RequestLogOptions;
  readonly #pruning: RegularPruning;
  #rows: SqlValue[][] = [];
  #handedOver = 0;
  /** The last write that was handed over: what came before it lands no later. */
  #lastWrite: Promise<void> = Promise.resolve();
  #dropped = 0;
  #flushTimer: Timer | undefined;

  constructor(writer: Writer, options: RequestLogOptions) {
    this.#writer = writer;
    this.#options = options;
    const { clock, log } = options;
    this.#pruning = new RegularPruning({
      clock,
      log,
      firstMs: FIRST_PRUNE_MS,
      failure: 'request_log_prune_failed',
      prune: () => this.#prune(),
    });
  }

  get dropped(): number {
    return this.#dropped;
  }

  record(row: RequestRecord): void {
    if (this.#rows.length + this.#handedOver >= this.#options.queueMax) {
      this.#dropped += 1;
      return;
    }
    this.#rows.push(requestRow(row));
    if (this.#rows.length >= FLUSH_ROWS) this.#flush();
    else
      this.#flushTimer ??= this.#options.clock.after(FLUSH_MS, () => {
        this.#flush();
      });
  }

  /** Resolves once what was recorded so far is in the table, or is known to have been lost. */
  written(): Promise<void> {
    this.#flush();
    return this.#lastWrite;
  }

  /** Hands over what is left; the writer's own close waits for it. */
  close(): void {
    this.#pruning.stop();
    this.#flush();
  }

  #flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    this.#handedOver += rows.length;
    this.#lastWrite = this.#writer.write({ statement: 'insertRequest', rows }).then(
      () => {
        this.#handedOver -= rows.length;
      },
      (error: unknown) => {
        this.#handedOver -= rows.length;
        this.#dropped += rows.length;
        this.#options.log.error('request_log_write_failed', {
          rows: rows.length,
          reason: String(error),
        });
      },
    );
  }

  async #prune(): Promise<void> {
    const { clock, retentionDays } = this.#options;
    const beforeMs = clock.wallMs() - retentionDays * DAY_MS;
    const rows = [[beforeMs, PRUNE_ROWS]];
    while ((await this.#writer.write({ statement: 'deleteOldRequests', rows })) >= PRUNE_ROWS);
    for (const [statement, ms] of rollupEnds) {
      await this.#writer.write({ statement, rows: [[beforeMs - ms]] });
    }
    await this.#addToWeeks();
  }

  /** In steps that hold the writer up for some milliseconds; each changes its rows, and how far it came. */
  async #addToWeeks(): Promise<void> {
    const rows = [[this.#options.clock.wallMs() - DAY_OVER_MS, WEEK_ROWS]];
    const step = [
      { statement: 'addDaysToWeeks', rows },
      { statement: 'moveWeeksReached', rows },
    ] as const;
    while ((await this.#writer.writeAll(step)) > WEEK_ROWS);
  }
}

/** Told of where there is more to tell than the row does: several attempts, or one that failed. */
function attemptsDetail({ trail, startedMs = 0 }: RequestRecord): string | undefined {
  const [first] = trail ?? [];
  if (trail === undefined || first === undefined) return undefined;
  const isPlain = trail.length === 1 && (first.status ?? 0) < REFUSED_FROM;
  if (isPlain) return undefined;
  const since = (atMs: number | undefined): number | undefined =>
    atMs === undefined ? undefined : Math.round((atMs - startedMs) * 10) / 10;
  return JSON.stringify(
    trail.slice(0, DETAILS_MAX).map((attempt) => ({
      upstream: attempt.upstream,
      credential: attempt.credential,
      model: attempt.model,
      started_ms: since(attempt.startedMs),
      head_ms: since(attempt.headMs),
      ended_ms: since(attempt.endedMs),
      status: attempt.status,
      error: attempt.errorCode,
    })),
  );
}

/** A record as the statements that insert one take it. */
export function requestRow(record: RequestRecord): SqlValue[] {
  const { usage, money } = record;
  const values: readonly (SqlValue | undefined)[] = [
    record.requestId,
    record.startedAtMs,
    record.keyId,
    record.dialect,
    record.operation,
    record.model,
    record.upstream,
    record.status,
    record.errorCode,
    record.isStream ? 1 : 0,
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadTokens,
    usage.cacheWriteTokens,
    usage.thinkingTokens,
    record.usageIsFinal ? 1 : 0,
    record.requestBytes,
    record.responseBytes,
    record.firstByteMs,
    record.totalMs,
    record.account,
    record.attempts,
    usage.cacheWrite5mTokens,
    usage.cacheWrite1hTokens,
    usage.webSearchRequests,
    // As text, which the column makes an integer of: a row with a bigint travels at several times the cost.
    money?.costNanoUsd?.toString(),
    money?.chargedNanoUsd?.toString(),
    money?.usageSource,
    money?.priceVersion,
    record.firstContentMs,
    record.stopReason,
    record.edits === undefined ? undefined : record.edits.join(','),
    attemptsDetail(record),
    record.trace?.traceId,
    record.gatewayId,
  ];
  return values.map((value) => value ?? null);
}
