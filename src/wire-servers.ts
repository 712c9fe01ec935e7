import type { Server } from 'node:http';
import { cidrsOf } from './access/key-rights.ts';
import type { Config } from './config/config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import type { Walk } from './gateway/exchange.ts';
import { joinApis } from './gateway/join-apis.ts';
import { createAdminServer } from './http/admin-server.ts';
import type { ApiRequests } from './http/api-requests.ts';
import { createApiServer } from './http/api-server.ts';
import { urlOfServer } from './listen-on.ts';
import { isLoopback } from './std/loopback.ts';
import type { Random } from './std/random.ts';
import type { Store } from './store/open-store.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { WiredAccess } from './wire-access.ts';
import { wireAdmin } from './wire-admin.ts';
import type { GatewayStores } from './wire-ai-gateway.ts';
import { wireGatewayApi } from './wire-ai-gateway.ts';
import type { WiredBilling } from './wire-billing.ts';

export interface ServerWiring {
  readonly store: Store;
  readonly walk: Walk;
  readonly authenticator: WiredAccess['authenticator'];
  readonly billing: Pick<WiredBilling, 'owner' | 'prices'>;
  readonly gatewayStores: GatewayStores;
  readonly secrets: SecretSources;
  readonly metrics: Metrics;
  readonly requests: ApiRequests;
  /** Resolves once all requests that were recorded are in the table. */
  readonly requestsWritten: () => Promise<void>;
  readonly random: Random;
  readonly isReady: () => boolean;
  /** With which the process began, for what needs a restart to change. */
  readonly config: Config;
  readonly configNow: () => Config;
}

/** Makes the two listeners, each with the APIs that are asked there. */
export function wireServers(wiring: ServerWiring): {
  readonly api: Server;
  readonly admin: Server;
} {
  const { walk, metrics, requests, random, isReady, config, configNow } = wiring;
  const { log, clock, settings } = walk;
  const { host, public_url: publicUrl, trusted_proxies } = config.listen;
  const trustedProxies = cidrsOf(trusted_proxies);
  const clientStallMs = (): number => configNow().timeouts.client_stall_ms;
  const { accountApi, adminApi } = wireAdmin({
    ...wiring,
    ...wiring.billing,
    log,
    clock,
    settings,
    rateLimits: walk.rateLimits,
  });
  const gatewayApi = wireGatewayApi({
    store: wiring.gatewayStores,
    walk,
    random,
    publicUrl: () => publicUrl?.replace(/\/+$/, '') ?? urlOfServer(api, host),
  });
  const api: Server = createApiServer({
    walk,
    gatewayApi: joinApis([gatewayApi, accountApi]),
    random,
    requests,
    isReady,
    headerBytesMax: config.limits.header_bytes_max,
    connectionsMax: config.limits.connections_max,
    headersTimeoutMs: config.timeouts.headers_ms,
    bodyTimeoutMs: config.timeouts.body_ms,
    keepAliveMs: config.timeouts.keep_alive_ms,
    clientStallMs,
    trustedProxies: () => trustedProxies,
    corsOrigins: () => configNow().cors.origins,
  });
  const admin = createAdminServer({
    log,
    metrics,
    isReady,
    authenticator: wiring.authenticator,
    needsKey: !isLoopback(config.admin.host),
    adminApi,
    clock,
    random,
    clientStallMs,
  });
  return { api, admin };
}
