import type { ApiRequests } from './http/api-requests.ts';
import type { Recorder } from './cassettes/recorder.ts';
import type { WalkSettings } from './gateway/exchange.ts';
import type { UpstreamHealth } from './routing/upstream-health.ts';
import type { MetricSources } from './telemetry/metrics.ts';
import type { RequestLog } from './telemetry/request-log.ts';
import type { GatewayStores } from './wire-ai-gateway.ts';
import type { WiredBilling } from './wire-billing.ts';
import type { OpenedExplorer } from './wire-explorer.ts';
import type { WiredIdempotency } from './wire-idempotency.ts';
import type { WiredTelemetry } from './wire-telemetry.ts';
import { telemetryFigures } from './wire-telemetry.ts';

/** Parts that count for themselves. */
export interface CountingParts {
  readonly requests: ApiRequests;
  readonly requestLog: RequestLog;
  readonly recorder: Recorder;
  readonly health: UpstreamHealth;
  readonly gatewayStores: GatewayStores;
  readonly explorer: OpenedExplorer;
  readonly billing: WiredBilling;
  readonly idempotency: WiredIdempotency;
  readonly telemetry: WiredTelemetry;
  /** Those of the moment. */
  readonly settings: () => Pick<WalkSettings, 'upstreams'>;
}

/** What they counted, for Prometheus and for whoever looks after the process. */
export function metricSources(parts: CountingParts): MetricSources {
  const { requests, requestLog, recorder, gatewayStores, explorer, billing } = parts;
  return {
    inFlight: () => requests.count,
    logRowsDropped: () => requestLog.dropped,
    recordingsDropped: () => recorder.dropped,
    gatewayLogsDropped: () => gatewayStores.logs?.dropped ?? 0,
    contentsDropped: () => explorer.contents?.dropped ?? 0,
    ledger: () => billing.counts,
    ...telemetryFigures(parts.telemetry, parts.health),
    upstreams: () =>
      [...parts.settings().upstreams.byName.keys()].map((upstream) => ({
        upstream,
        isDrained: parts.health.drains.sinceMs(upstream) !== undefined,
      })),
    unheardAnswers: () => parts.idempotency.idempotency.runs.unheard,
  };
}
