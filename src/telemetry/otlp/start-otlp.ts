import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { Clock } from '../../std/clock.ts';
import type { Random } from '../../std/random.ts';
import type { Secret } from '../../std/secret.ts';
import { version } from '../../std/version.ts';
import { waitAtMost } from '../../std/wait.ts';
import type { Log } from '../log.ts';
import type { ModelLabels } from '../model-labels.ts';
import type { RequestRecord } from '../request-log.ts';
import type { FindUpstream } from './request-attributes.ts';
import { RequestInstruments } from './request-instruments.ts';
import { RequestSpans } from './request-spans.ts';
import { SpanQueue } from './span-queue.ts';

export interface OtlpOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What stands before `/v1/traces` and `/v1/metrics`. */
  readonly endpoint: string;
  readonly headers: ReadonlyMap<string, Secret>;
  readonly serviceName: string;
  readonly sendsTraces: boolean;
  readonly sendsMetrics: boolean;
  readonly spansMax: number;
  readonly exportEveryMs: number;
  readonly metricsEveryMs: number;
  readonly timeoutMs: number;
  readonly modelLabels: ModelLabels;
  readonly findUpstream: FindUpstream;
}

/** What is sent to a collector: told of each request that has ended, behind its answer. */
export interface Otlp {
  request(record: RequestRecord): void;
  /** Spans that were not sent, so far. */
  readonly spansDropped: number;
  /** Sends what waits, for a few seconds at most. */
  close(): Promise<void>;
}

const CLOSE_MS = 3000;
const SPAN_ID_BYTES = 8;

/** Starts to send; nothing of it is on a request's way, and a collector that is away costs spans alone. */
export function startOtlp(options: OtlpOptions): Otlp {
  const { clock, random } = options;
  const resource = resourceFromAttributes({
    'service.name': options.serviceName,
    'service.version': version,
    'service.instance.id': Buffer.from(random.bytes(SPAN_ID_BYTES)).toString('hex'),
  });
  const queue = options.sendsTraces ? spanQueue(options) : undefined;
  const spans =
    queue &&
    new RequestSpans({
      resource,
      processor: queue,
      findUpstream: options.findUpstream,
      newSpanId: () => Buffer.from(random.bytes(SPAN_ID_BYTES)).toString('hex'),
    });
  const meters = options.sendsMetrics
    ? new MeterProvider({ resource, readers: [metricReader(options)] })
    : undefined;
  const instruments =
    meters && new RequestInstruments(meters, options.modelLabels, options.findUpstream);
  return {
    request(record): void {
      spans?.request(record);
      instruments?.request(record);
    },
    get spansDropped(): number {
      return queue?.dropped ?? 0;
    },
    async close(): Promise<void> {
      const metrics = meters?.shutdown().catch((error: unknown) => {
        options.log.warn('otlp_metrics_not_sent', { reason: String(error) });
      });
      await Promise.all([queue?.close(CLOSE_MS), metrics && waitAtMost(metrics, CLOSE_MS, clock)]);
    },
  };
}

function spanQueue(options: OtlpOptions): SpanQueue {
  const { clock, log, spansMax, exportEveryMs } = options;
  return new SpanQueue({
    clock,
    exporter: new OTLPTraceExporter(exporterOptions(options, 'v1/traces')),
    spansMax,
    exportEveryMs,
    onChange: (isTaken, reason) => {
      if (isTaken) log.info('otlp_spans_taken_again');
      else log.warn('otlp_spans_not_taken', { reason });
    },
  });
}

function metricReader(options: OtlpOptions): PeriodicExportingMetricReader {
  return new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(exporterOptions(options, 'v1/metrics')),
    exportIntervalMillis: options.metricsEveryMs,
    exportTimeoutMillis: Math.min(options.timeoutMs, options.metricsEveryMs),
  });
}

interface ExporterOptions {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly timeoutMillis: number;
  readonly concurrencyLimit: number;
}

function exporterOptions(
  { endpoint, headers, timeoutMs }: OtlpOptions,
  path: string,
): ExporterOptions {
  return {
    url: `${endpoint.replace(/\/+$/, '')}/${path}`,
    headers: Object.fromEntries([...headers].map(([name, secret]) => [name, secret.reveal()])),
    timeoutMillis: timeoutMs,
    concurrencyLimit: 1,
  };
}
