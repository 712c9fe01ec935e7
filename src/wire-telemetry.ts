import { resolveAnyName } from './catalog/resolve-model.ts';
import type { Config, UpstreamConfig } from './config/config.ts';
import { providerNames } from './config/provider-names.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import { resolveSecret } from './config/resolve-secret.ts';
import type { OtlpConfig } from './config/telemetry-config.ts';
import type { Walk } from './gateway/exchange.ts';
import type { UpstreamHealth } from './routing/upstream-health.ts';
import { StartProblem } from './start-problem.ts';
import type { Clock } from './std/clock.ts';
import type { Random } from './std/random.ts';
import type { Secret } from './std/secret.ts';
import type { Log } from './telemetry/log.ts';
import { ModelLabels } from './telemetry/model-labels.ts';
import type { KnownUpstream } from './telemetry/otlp/request-attributes.ts';
import type { Otlp } from './telemetry/otlp/start-otlp.ts';
import type { MetricSources } from './telemetry/metrics.ts';
import type { RequestMetrics } from './telemetry/request-metrics.ts';
import { TraceStarter } from './telemetry/trace-context.ts';

export interface TelemetryWiring {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly secrets: SecretSources;
  readonly configNow: () => Config;
}

/** What requests are traced with, and where their figures go beside Prometheus. */
export interface WiredTelemetry {
  readonly modelLabels: ModelLabels;
  /** Absent where nobody traces. */
  readonly traces: TraceStarter | undefined;
  readonly otlp: Otlp | undefined;
}

/** Loads what sends to a collector where there is one; a gateway without it pays nothing. */
export async function wireTelemetry(
  config: Config,
  wiring: TelemetryWiring,
): Promise<WiredTelemetry> {
  const { configNow } = wiring;
  const modelLabels = new ModelLabels((asked) => modelNameOf(asked, configNow()));
  const { otlp, propagate: isPropagated } = config.telemetry;
  if (otlp === undefined) return { modelLabels, traces: undefined, otlp: undefined };
  const headers = secretHeaders(otlp, wiring.secrets);
  const { startOtlp } = await import('./telemetry/otlp/start-otlp.ts');
  return {
    modelLabels,
    traces: otlp.traces
      ? new TraceStarter(wiring.random, { ratio: otlp.sample_ratio, isPropagated })
      : undefined,
    otlp: startOtlp({
      ...wiring,
      headers,
      modelLabels,
      endpoint: otlp.endpoint,
      serviceName: otlp.service_name,
      sendsTraces: otlp.traces,
      sendsMetrics: otlp.metrics,
      spansMax: otlp.queue_max,
      exportEveryMs: otlp.export_every_ms,
      metricsEveryMs: otlp.metrics_every_ms,
      timeoutMs: otlp.timeout_ms,
      findUpstream: (name) => knownUpstream(configNow().upstreams[name]),
    }),
  };
}

/** What of it Prometheus shows. */
export function telemetryFigures(
  { otlp, modelLabels }: WiredTelemetry,
  health: UpstreamHealth,
): Pick<MetricSources, 'targets' | 'retriesRefused' | 'spansDropped' | 'modelLabels'> {
  return {
    modelLabels,
    targets: () => health.snapshot(),
    retriesRefused: () => health.budget.refused,
    spansDropped: () => otlp?.spansDropped ?? 0,
  };
}

/** Who counts requests in memory, for whoever looks on. */
type RequestWatch = Pick<RequestMetrics, 'request'>;

/** What the walk tells of requests, and whom. */
export function telemetryWalkParts(
  metrics: RequestMetrics,
  { otlp, traces }: WiredTelemetry,
  watching: readonly RequestWatch[],
): Pick<Walk, 'metrics' | 'traces'> {
  return {
    metrics: joinMetrics(metrics, otlp, watching),
    ...(traces === undefined ? {} : { traces }),
  };
}

/** Each is told of a request once, and counts for readers of its own. */
function joinMetrics(
  metrics: RequestMetrics,
  otlp: Otlp | undefined,
  watching: readonly RequestWatch[],
): RequestMetrics {
  return {
    request(record): void {
      metrics.request(record);
      for (const one of watching) one.request(record);
      otlp?.request(record);
    },
    oddEvent(upstream): void {
      metrics.oddEvent(upstream);
    },
    missingEnd(upstream): void {
      metrics.missingEnd(upstream);
    },
  };
}

/** A model by the registry's id, or by a name that the configuration has; undefined for any other. */
function modelNameOf(asked: string, { upstreams, emulator }: Config): string | undefined {
  const known = resolveAnyName(asked, emulator.profile);
  if (known !== undefined) return known.id;
  const isConfigured = Object.values(upstreams).some(
    (upstream) => 'models' in upstream && asked !== '*' && Object.hasOwn(upstream.models, asked),
  );
  return isConfigured ? asked : undefined;
}

function knownUpstream(upstream: UpstreamConfig | undefined): KnownUpstream | undefined {
  if (upstream === undefined) return undefined;
  const provider = providerNames[upstream.kind];
  const url = 'base_url' in upstream ? upstream.base_url : undefined;
  if (url === undefined) return { provider, host: undefined, port: undefined };
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === 'https:' ? 443 : 80;
  return { provider, host: hostname, port: port === '' ? usual : Number(port) };
}

function secretHeaders(
  { headers }: OtlpConfig,
  sources: SecretSources,
): ReadonlyMap<string, Secret> {
  return new Map(
    Object.entries(headers).map(([name, reference]) => {
      const resolved = resolveSecret(reference, sources);
      if (resolved.kind === 'secret') return [name, resolved.secret];
      throw new StartProblem(`telemetry.otlp.headers.${name}: ${resolved.message}`);
    }),
  );
}
