import type { Server } from 'node:http';
import type { AdminParts } from './admin/admin-parts.ts';
import type { SessionParts } from './admin/session-parts.ts';
import { cidrsOf } from './access/key-rights.ts';
import type { Recording } from './cassettes/recorder.ts';
import type { Config } from './config/config.ts';
import { describePublicRoutes } from './describe-public-routes.ts';
import type { ParsedConfig } from './config/parse-config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import type { Walk } from './gateway/exchange.ts';
import { joinApis } from './gateway/join-apis.ts';
import { createAdminServer } from './http/admin-server.ts';
import { createCodeApi } from './http/answer-code.ts';
import type { ApiRequests } from './http/api-requests.ts';
import type { ServingOptions } from './http/api-server.ts';
import { createApiServer } from './http/api-server.ts';
import { ModelsPages } from './http/models-pages.ts';
import { ReferencePages } from './http/reference-pages.ts';
import type { WebAssets } from './pages/web-assets.ts';
import { urlOfServer } from './listen-on.ts';
import { isLoopback } from './std/loopback.ts';
import type { Random } from './std/random.ts';
import type { Secret } from './std/secret.ts';
import type { Store } from './store/open-store.ts';
import type { MetricSources, Metrics } from './telemetry/metrics.ts';
import type { UpstreamWindow } from './telemetry/upstream-window.ts';
import type { WiredAccess } from './wire-access.ts';
import { wireAdmin } from './wire-admin.ts';
import type { GatewayStores } from './wire-ai-gateway.ts';
import { wireGatewayApi } from './wire-ai-gateway.ts';
import type { OpenedExplorer } from './wire-explorer.ts';
import { wireExplorer } from './wire-explorer.ts';
import { findWebAssets, wireConsole } from './wire-console.ts';
import type { WiredBilling } from './wire-billing.ts';
import { wireOperations } from './wire-operations.ts';

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
  readonly explorer: OpenedExplorer;
  readonly cancelBatch: (id: string) => Promise<boolean>;
  /** The scenarios that the emulator plays, as text. */
  readonly playedScenarios: () => string;
  readonly window: UpstreamWindow;
  readonly sources: MetricSources;
  /** Reads a text as the process read its own file. */
  readonly readConfig: ((yaml: string) => ParsedConfig) | undefined;
  readonly random: Random;
  readonly isReady: () => boolean;
  /** With which the process began, for what needs a restart to change. */
  readonly config: Config;
  readonly configNow: () => Config;
}

/** The catalog and the reference, whose code asks the gateway where callers reach it. */
function pagesOf(
  { walk, billing }: ServerWiring,
  assets: WebAssets,
  publicUrl: () => string,
): ModelsPages {
  return new ModelsPages({
    prices: billing.prices,
    assets,
    reference: new ReferencePages({ describe: describePublicRoutes, assets, publicUrl }),
    code: createCodeApi(walk.clock),
    publicUrl,
  });
}

/** Makes the two listeners, each with the APIs that are asked there. */
export function wireServers(wiring: ServerWiring): {
  readonly api: Server;
  readonly admin: Server;
  /** What makes the first operator of the console; undefined where there is one, or no console. */
  readonly setupToken: () => Secret | undefined;
} {
  const { walk, metrics, requests, random, isReady, config, configNow } = wiring;
  const { log, clock, settings } = walk;
  const { host, public_url: publicUrl, trusted_proxies } = config.listen;
  const trustedProxies = cidrsOf(trusted_proxies);
  const clientStallMs = (): number => configNow().timeouts.client_stall_ms;
  const urlNow = (): string => publicUrl?.replace(/\/+$/, '') ?? urlOfServer(api, host);
  const sessions = wireConsole({ ...wiring, log, clock, publicUrl: urlNow });
  const { accountApi, adminApi, playgroundKeys } = wireAdmin({
    ...wiring,
    ...wiring.billing,
    log,
    clock,
    settings,
    sessions,
    rateLimits: walk.rateLimits,
    explorer: explorerOf(wiring),
    operations: wireOperations({ ...wiring, publicUrl: urlNow }),
  });
  const gatewayApi = wireGatewayApi({
    store: wiring.gatewayStores,
    walk,
    random,
    publicUrl: urlNow,
  });
  const assets = findWebAssets();
  const pages = pagesOf(wiring, assets, urlNow);
  const serving: ServingOptions = { walk, random, requests, clientStallMs, pages };
  const api: Server = createApiServer({
    ...serving,
    gatewayApi: joinApis([gatewayApi, accountApi]),
    assets,
    isReady,
    headerBytesMax: config.limits.header_bytes_max,
    connectionsMax: config.limits.connections_max,
    headersTimeoutMs: config.timeouts.headers_ms,
    bodyTimeoutMs: config.timeouts.body_ms,
    keepAliveMs: config.timeouts.keep_alive_ms,
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
    console: sessions &&
      playgroundKeys && {
        assets,
        guard: sessions.guard,
        keyFor: (session, account, address) => playgroundKeys.keyFor(session, account, address),
        serving,
      },
    bodyTimeoutMs: config.timeouts.body_ms,
    clock,
    random,
    clientStallMs,
  });
  return { api, admin, setupToken: () => tokenOf(sessions) };
}

function explorerOf(wiring: ServerWiring): AdminParts['explorer'] {
  const { walk, requests, gatewayStores, explorer: opened } = wiring;
  return wireExplorer({
    ...wiring,
    opened,
    clock: walk.clock,
    log: walk.log,
    gatewayLogs: gatewayStores.logs,
    inFlight: () => requests.count,
    recordings: walk.recorder?.ordered ?? new Map<string, Recording>(),
    upstreams: () => walk.settings().upstreams,
  });
}

/** There is nobody to make the first operator for once there is one. */
function tokenOf(sessions: SessionParts | undefined): Secret | undefined {
  return sessions?.operators.hasAny() === false ? sessions.setupToken.token : undefined;
}
