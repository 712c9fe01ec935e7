import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { LedgerFigures } from './ledger-series.ts';
import { ledgerSeries } from './ledger-series.ts';
import type { RequestRecord } from './request-log.ts';
import type { RequestMetrics } from './request-metrics.ts';
import type { RequestUsage } from './request-usage.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const tokenClasses: readonly (readonly [keyof RequestUsage, string])[] = [
  ['inputTokens', 'input'],
  ['outputTokens', 'output'],
  ['cacheReadTokens', 'cache_read'],
  ['cacheWriteTokens', 'cache_write'],
  ['thinkingTokens', 'thinking'],
];

/** The series of one combination of labels, looked up once: the look-up costs more than the count. */
interface RequestSeries {
  readonly count: Counter.Internal;
  readonly duration: Histogram.Internal<string>;
  readonly firstByte: Histogram.Internal<string>;
}

/** Where figures that somebody else keeps are read, whenever the metrics are. */
export interface MetricSources {
  /** Requests being served right now. */
  readonly inFlight: () => number;
  /** Request log rows dropped so far. */
  readonly logRowsDropped: () => number;
  /** Exchanges that were to be recorded and were not, so far. */
  readonly recordingsDropped?: () => number;
  /** Logs of gateways that were to be kept and were not, so far. */
  readonly gatewayLogsDropped?: () => number;
  /** Answers that are read to their end for callers who have gone. */
  readonly unheardAnswers?: () => number;
  /** What billing counted so far. */
  readonly ledger?: () => LedgerFigures;
}

/** Counts and durations for Prometheus. */
export class Metrics implements RequestMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #duration: Histogram;
  readonly #firstByte: Histogram;
  readonly #tokens: ReadonlyMap<keyof RequestUsage, Counter.Internal>;
  readonly #oddEvents: Counter;
  readonly #series = new Map<string, RequestSeries>();

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    const labelNames = ['dialect', 'operation', 'upstream', 'status'];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Counter({
      name: 'quatrain_requests_total',
      help: 'Requests served, by how they were answered.',
      labelNames,
      registers,
    });
    this.#duration = new Histogram({
      name: 'quatrain_request_duration_seconds',
      help: 'From arrival to the last byte of the answer.',
      labelNames,
      buckets: SECONDS,
      registers,
    });
    this.#firstByte = new Histogram({
      name: 'quatrain_time_to_first_byte_seconds',
      help: 'From arrival to the first byte of the answer.',
      labelNames,
      buckets: SECONDS,
      registers,
    });
    const tokens = new Counter({
      name: 'quatrain_tokens_total',
      help: 'Tokens that upstreams reported, by class.',
      labelNames: ['class'],
      registers,
    });
    this.#tokens = new Map(
      tokenClasses.map(([field, label]) => [field, tokens.labels({ class: label })]),
    );
    this.#oddEvents = new Counter({
      name: 'quatrain_odd_events_total',
      help: 'Stream events that came out of order and were passed on.',
      labelNames: ['upstream'],
      registers,
    });
    pulled('quatrain_requests_in_flight', 'Requests being served.', sources.inFlight, registers);
    pulledCount(
      'quatrain_request_log_dropped_total',
      'Request log rows dropped because the queue was full.',
      sources.logRowsDropped,
      registers,
    );
    pulledCount(
      'quatrain_recordings_dropped_total',
      'Exchanges that were to be recorded and are in no cassette.',
      sources.recordingsDropped ?? (() => 0),
      registers,
    );
    pulledCount(
      'quatrain_gateway_log_dropped_total',
      'Logs of gateways that were to be kept and were not.',
      sources.gatewayLogsDropped ?? (() => 0),
      registers,
    );
    pulled(
      'quatrain_unheard_answers',
      'Answers that are finished for callers who left, to be there when they ask again.',
      sources.unheardAnswers ?? (() => 0),
      registers,
    );
    const { ledger } = sources;
    if (ledger !== undefined) showLedger(ledger, registers);
  }

  request(record: RequestRecord): void {
    const series = this.#seriesOf(record);
    series.count.inc();
    series.duration.observe(record.totalMs / 1000);
    if (record.firstByteMs !== undefined) series.firstByte.observe(record.firstByteMs / 1000);
    for (const [field, counter] of this.#tokens) {
      const count = record.usage[field];
      if (count !== undefined && count > 0) counter.inc(count);
    }
  }

  oddEvent(upstream: string): void {
    this.#oddEvents.inc({ upstream });
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #seriesOf(record: RequestRecord): RequestSeries {
    const { dialect, operation, upstream = 'none', status } = record;
    const name = `${operation} ${upstream} ${String(status)} ${dialect}`;
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    const labels = { dialect, operation, upstream, status: String(status) };
    const series = {
      count: this.#requests.labels(labels),
      duration: this.#duration.labels(labels),
      firstByte: this.#firstByte.labels(labels),
    };
    this.#series.set(name, series);
    return series;
  }
}

function showLedger(ledger: () => LedgerFigures, registers: Registry[]): void {
  const shows = { count: pulledCount, gauge: pulled } as const;
  for (const { figure, name, help, kind } of ledgerSeries) {
    shows[kind](name, help, () => Number(ledger()[figure]), registers);
  }
}

function pulledCount(name: string, help: string, read: () => number, registers: Registry[]): void {
  const counter = new Counter({
    name,
    help,
    registers,
    collect: () => {
      counter.reset();
      counter.inc(read());
    },
  });
}

function pulled(name: string, help: string, read: () => number, registers: Registry[]): void {
  const gauge = new Gauge({
    name,
    help,
    registers,
    collect: () => {
      gauge.set(read());
    },
  });
}
