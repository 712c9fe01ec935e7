import { join, resolve as resolvePath } from 'node:path';
import { createGatewayApi } from './ai-gateway/create-gateway-api.ts';
import type { Config } from './config/config.ts';
import type { GatewayApi } from './gateway/gateway-api.ts';
import type { Walk } from './gateway/exchange.ts';
import { SpendCounters } from './limits/spend-counters.ts';
import { WindowLimiter } from './limits/window-limiter.ts';
import type { DynamicRouteStore } from './policy/dynamic-route-store.ts';
import type { Clock } from './std/clock.ts';
import type { Random } from './std/random.ts';
import type { Store } from './store/open-store.ts';
import { BodySegments } from './store/body-segments.ts';
import { SqliteGatewayLogs } from './store/sqlite-gateway-logs.ts';
import type { Log } from './telemetry/log.ts';

/** What of the store the gateways of accounts need. */
export interface GatewayStores extends Pick<Store, 'gateways' | 'providerKeys' | 'accessPolicies'> {
  readonly dynamicRoutes: { readonly store: DynamicRouteStore; readonly limiter: WindowLimiter };
  readonly spending: SpendCounters;
  /** Absent where no logs are kept. */
  readonly logs: SqliteGatewayLogs | undefined;
}

/** Opens what the gateways of accounts need; their logs are written out before the store is closed. */
export function openGatewayStores(
  { gateways, providerKeys, dynamicRoutes, accessPolicies, gatewayLogs, writer, ...store }: Store,
  config: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): GatewayStores {
  const { gateway_log } = config;
  const spending = new SpendCounters({
    store: store.spending,
    onFault: (fault) => {
      log.error('spending_not_written', { reason: String(fault) });
    },
  });
  const limiter = new WindowLimiter(clock);
  const kept = {
    gateways,
    providerKeys,
    dynamicRoutes: { store: dynamicRoutes, limiter },
    accessPolicies,
    spending,
  };
  if (!gateway_log.enabled) return { ...kept, logs: undefined };
  const logs = new SqliteGatewayLogs(gatewayLogs, writer, {
    clock,
    log,
    bodies: new BodySegments(join(resolvePath(config.data_dir), 'bodies'), clock),
    bounds: { logsMax: gateway_log.logs_max, bytesMax: gateway_log.bytes_max },
    bodyBytesMax: gateway_log.body_bytes_max,
    waitingBytesMax: gateway_log.waiting_bytes_max,
    queueMax: gateway_log.queue_max,
    retentionDays: gateway_log.retention_days,
  });
  return { ...kept, logs };
}

/** What the walk needs for requests that go through a gateway. */
export function gatewayWalkParts({ logs, ...kept }: GatewayStores): GatewayWalkParts {
  return { ...kept, ...(logs === undefined ? {} : { gatewayLog: logs }) };
}

type GatewayWalkParts = Pick<
  Walk,
  'gateways' | 'providerKeys' | 'dynamicRoutes' | 'accessPolicies' | 'spending' | 'gatewayLog'
>;

export interface GatewayApiWiring {
  readonly store: GatewayStores;
  readonly walk: Walk;
  readonly random: Random;
  readonly publicUrl: () => string;
}

/** Makes the API about gateways. */
export function wireGatewayApi({ store, ...parts }: GatewayApiWiring): GatewayApi {
  return createGatewayApi({ ...parts, ...store });
}
