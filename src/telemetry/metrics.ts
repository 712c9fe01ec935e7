import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { LedgerFigures } from './ledger-series.ts';
import { ledgerSeries } from './ledger-series.ts';
import { ModelLabels } from './model-labels.ts';
import { AttemptSeries } from './prometheus/attempt-series.ts';
import { ModelSeries } from './prometheus/model-series.ts';
import { pulledCount, pulledGauge } from './prometheus/pulled-series.ts';
import type { TargetFigures, UpstreamDrain } from './prometheus/target-series.ts';
import { showDrains, showTargets } from './prometheus/target-series.ts';
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
  /** Exchanges of which what was said was to be kept, and is not, so far. */
  readonly contentsDropped?: () => number;
  /** Answers that are read to their end for callers who have gone. */
  readonly unheardAnswers?: () => number;
  /** How targets fare. */
  readonly targets?: () => readonly TargetFigures[];
  /** Every upstream that there is. */
  readonly upstreams?: () => readonly UpstreamDrain[];
  /** Second attempts that were not made because too many were under way, so far. */
  readonly retriesRefused?: () => number;
  /** Spans that were to be sent and were not, so far. */
  readonly spansDropped?: () => number;
  /** What models are called; a model is `other` where nobody says. */
  readonly modelLabels?: ModelLabels;
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
  readonly #missingEnds: Counter;
  readonly #attempts: AttemptSeries;
  readonly #models: ModelSeries;
  readonly #clientsGone: Counter;
  readonly #errors: Counter;
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
    this.#missingEnds = new Counter({
      name: 'quatrain_streams_completed_without_end_total',
      help: 'Streams that lacked nothing but the mark of their end, which was said for them.',
      labelNames: ['upstream'],
      registers,
    });
    this.#attempts = new AttemptSeries(registers);
    this.#models = new ModelSeries(
      sources.modelLabels ?? new ModelLabels(() => undefined),
      registers,
    );
    this.#clientsGone = new Counter({
      name: 'quatrain_clients_gone_total',
      help: 'Requests whose callers left, or took nothing of their answers for too long.',
      labelNames: ['dialect'],
      registers,
    });
    this.#errors = new Counter({
      name: 'quatrain_request_errors_total',
      help: 'Requests that ended in an error, by its code.',
      labelNames: ['error', 'upstream'],
      registers,
    });
    showSources(sources, registers);
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
    this.#models.count(record);
    if (record.trail !== undefined) this.#attempts.count(record.trail);
    if (record.errorCode !== undefined) this.#countError(record, record.errorCode);
  }

  #countError({ dialect, upstream = 'none' }: RequestRecord, error: string): void {
    this.#errors.inc({ error, upstream });
    if (error === 'client_gone') this.#clientsGone.inc({ dialect });
  }

  oddEvent(upstream: string): void {
    this.#oddEvents.inc({ upstream });
  }

  missingEnd(upstream: string): void {
    this.#missingEnds.inc({ upstream });
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

/** Figures that somebody else keeps. */
function showSources(sources: MetricSources, registers: Registry[]): void {
  pulledGauge('quatrain_requests_in_flight', 'Requests being served.', sources.inFlight, registers);
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
  pulledCount(
    'quatrain_contents_dropped_total',
    'Exchanges of which what was said was to be kept, and is not.',
    sources.contentsDropped ?? (() => 0),
    registers,
  );
  pulledGauge(
    'quatrain_unheard_answers',
    'Answers that are finished for callers who left, to be there when they ask again.',
    sources.unheardAnswers ?? (() => 0),
    registers,
  );
  const { ledger } = sources;
  if (ledger !== undefined) showLedger(ledger, registers);
  pulledCount(
    'quatrain_retries_refused_total',
    'Second attempts that were not made, since too many were under way.',
    sources.retriesRefused ?? (() => 0),
    registers,
  );
  pulledCount(
    'quatrain_spans_dropped_total',
    'Spans that were to be sent and were not.',
    sources.spansDropped ?? (() => 0),
    registers,
  );
  if (sources.targets !== undefined) showTargets(sources.targets, registers);
  if (sources.upstreams !== undefined) showDrains(sources.upstreams, registers);
}

function showLedger(ledger: () => LedgerFigures, registers: Registry[]): void {
  const shows = { count: pulledCount, gauge: pulledGauge } as const;
  for (const { figure, name, help, kind } of ledgerSeries) {
    shows[kind](name, help, () => Number(ledger()[figure]), registers);
  }
}
