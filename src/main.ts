import type { Server } from 'node:http';
import { resolve as resolvePath } from 'node:path';
import { createKey } from './access/create-key.ts';
import { isActive } from './access/key-store.ts';
import { answerThread } from './admin/background-answers.ts';
import { MemoryCache } from './cache/memory-cache.ts';
import type { Config } from './config/config.ts';
import type { ParsedConfig } from './config/parse-config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import type { Walk } from './gateway/exchange.ts';
import { DrainedAnswers } from './gateway/drained-answers.ts';
import { PendingSettlements } from './gateway/pending-settlements.ts';
import { ApiRequests } from './http/api-requests.ts';
import { WindowLimiter } from './limits/window-limiter.ts';
import { listenOn } from './listen-on.ts';
import { UpstreamHealth } from './routing/upstream-health.ts';
import { metricSources } from './metric-sources.ts';
import { RunningGateway } from './running-gateway.ts';
import { Recorder } from './cassettes/recorder.ts';
import type { Clock } from './std/clock.ts';
import { systemClock } from './std/clock.ts';
import { isLoopback } from './std/loopback.ts';
import { systemRandom } from './std/random.ts';
import type { Secret } from './std/secret.ts';
import { CassetteWriter } from './store/cassette-writer.ts';
import type { Store } from './store/open-store.ts';
import { openStore } from './store/open-store.ts';
import { SqliteRequestLog } from './store/sqlite-request-log.ts';
import type { Log } from './telemetry/log.ts';
import { createLog } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import type { RequestLog } from './telemetry/request-log.ts';
import { UpstreamWindow } from './telemetry/upstream-window.ts';
import { sheddingBy } from './shedding-by.ts';
import { StartProblem } from './start-problem.ts';
import { wireAccess } from './wire-access.ts';
import type { WiredBilling } from './wire-billing.ts';
import { DEVELOPMENT_ACCOUNT, wireBilling } from './wire-billing.ts';
import { gatewayWalkParts, openGatewayStores } from './wire-ai-gateway.ts';
import { explorerWalkParts, openExplorer } from './wire-explorer.ts';
import type { UpstreamWiring, WiredUpstreams } from './wire-upstreams.ts';
import { wireUpstreams } from './wire-upstreams.ts';
import type { WiredIdempotency } from './wire-idempotency.ts';
import { wireIdempotency } from './wire-idempotency.ts';
import type { WiredResources } from './wire-resources.ts';
import { wireServers } from './wire-servers.ts';
import type { WiredTelemetry } from './wire-telemetry.ts';
import { telemetryWalkParts, wireTelemetry } from './wire-telemetry.ts';
import { wireResources } from './wire-resources.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly secrets: SecretSources;
  /** A fixed key for development; loopback only. */
  readonly developmentKey?: Secret;
  /** Where log lines go. */
  readonly writeLog: (line: string) => void;
  /** Reads a text as the file of this process is read; without variables and flags where absent. */
  readonly readConfig?: ((yaml: string) => ParsedConfig) | undefined;
  /** The process cannot go on: the store is gone. */
  readonly onFatal: (reason: string) => void;
}

/** A gateway that listens. */
export interface StartedGateway {
  readonly gateway: RunningGateway;
  readonly log: Log;
  readonly url: string;
  readonly adminUrl: string;
  /** The key made by the first start: this is the only time it is there. */
  readonly firstKey: Secret | undefined;
}

/** Puts the parts together: the one place that knows every part. */
export async function startGateway(options: GatewayOptions): Promise<StartedGateway> {
  const { config, developmentKey } = options;
  const clock = systemClock;
  let gateway: RunningGateway | undefined;
  const level = (): Config['log_level'] => (gateway?.config ?? config).log_level;
  const log = createLog({ clock, level, write: options.writeLog });
  let resources: WiredResources | undefined;
  const wiring: UpstreamWiring = {
    clock,
    log,
    secrets: options.secrets,
    findFile: (account, id) => resources?.files.lookUp(account, id),
  };
  if (developmentKey !== undefined) refuseFixedKeyBeyondLoopback(config);
  const upstreams = wireUpstreams(config, wiring);
  const directory = resolvePath(config.data_dir);
  const reading = { entry: answerThread, standing: 'aside' } as const;
  const store = await openStore(directory, options.onFatal, reading);
  try {
    refuseUnadministered(config, store);
    resources = wireResources({
      store,
      clock,
      log,
      random: systemRandom(),
      config: () => gateway?.config ?? config,
    });
    const billing = wireBilling({
      store,
      clock,
      log,
      random: systemRandom(),
      config: () => gateway?.config ?? config,
    });
    const idempotency = wireIdempotency({
      store,
      clock,
      log,
      owner: billing.owner,
      config: () => gateway?.config ?? config,
    });
    const telemetry = await wireTelemetry(config, {
      clock,
      log,
      random: systemRandom(),
      secrets: options.secrets,
      configNow: () => gateway?.config ?? config,
    });
    const wired = { resources, billing, idempotency, telemetry };
    const parts = { options, store, wiring, upstreams, ...wired };
    const built = build(parts);
    gateway = built;
    await billing.start();
    await idempotency.start();
    await resources.start();
    const { api, admin } = built.parts;
    const url = await listenOn(api, config.listen, '--port');
    const adminUrl = await listenAdmin(admin, config, log);
    const firstKey = await makeFirstKey(store, options);
    built.becomeReady();
    resources.run(built.parts.walk);
    return { gateway: built, log, url, adminUrl, firstKey };
  } catch (error) {
    await (gateway === undefined ? store.close() : gateway.stop());
    throw error;
  }
}

interface Building {
  readonly options: GatewayOptions;
  readonly store: Store;
  readonly wiring: UpstreamWiring;
  readonly upstreams: WiredUpstreams;
  readonly resources: WiredResources;
  readonly billing: WiredBilling;
  readonly idempotency: WiredIdempotency;
  readonly telemetry: WiredTelemetry;
}

function build(building: Building): RunningGateway {
  const { options, store, wiring, upstreams, resources, billing, idempotency, telemetry } =
    building;
  const { config, developmentKey } = options;
  const { clock, log } = wiring;
  const requestLog = openRequestLog(store, config, wiring);
  const gatewayStores = openGatewayStores(store, config, wiring);
  const explorer = openExplorer(store, config, wiring);
  const requests = new ApiRequests();
  const cassettes = new CassetteWriter(resolvePath(config.data_dir), clock);
  const recorder = new Recorder(cassettes, log);
  const random = systemRandom();
  const health = new UpstreamHealth(clock, random);
  const settings = (): RunningGateway['settings'] => gateway.settings;
  const own = { requests, requestLog, recorder, health, gatewayStores, explorer, settings };
  const sources = metricSources({ ...building, ...own });
  const metrics = new Metrics(sources);
  const window = new UpstreamWindow(clock);
  const access = wireAccess(store, wiring, developmentKey);
  const walk: Walk = {
    clock,
    random: systemRandom(),
    log,
    requestLog,
    ...telemetryWalkParts(metrics, telemetry, [explorer.live, window]),
    ...access,
    limiter: new WindowLimiter(clock),
    billing: billing.billing,
    settling: new PendingSettlements(),
    idempotency: idempotency.idempotency,
    health,
    drained: new DrainedAnswers(clock),
    shedding: sheddingBy(() => gateway.config, wiring),
    settings,
    resources: resources.resources,
    files: resources.files,
    recorder,
    ...explorerWalkParts(explorer),
    ...gatewayWalkParts(gatewayStores),
    responseCache: openResponseCache(config, clock),
  };
  const { api, admin, setupToken } = wireServers({
    store,
    walk,
    authenticator: access.authenticator,
    billing,
    gatewayStores,
    secrets: options.secrets,
    metrics,
    requests,
    requestsWritten: () => requestLog.written(),
    explorer,
    cancelBatch: (id) => resources.cancelBatch(id),
    playedScenarios: () => gateway.playedScenarios,
    random,
    isReady: () => gateway.isReady,
    config,
    configNow: () => gateway.config,
    window,
    sources,
    readConfig: options.readConfig,
  });
  const { logs } = gatewayStores;
  const queues = [requestLog, logs, explorer.contents, cassettes, idempotency, billing];
  const closeStore = (): Promise<void> => closeInTurn([telemetry.otlp, ...queues, store]);
  const parts = { api, admin, setupToken, requests, walk, resources, wiring, closeStore };
  const gateway: RunningGateway = new RunningGateway(parts, config, upstreams);
  return gateway;
}

/** Each writes what is queued to those behind it. */
async function closeInTurn(
  parts: readonly ({ close(): Promise<void> | void } | undefined)[],
): Promise<void> {
  for (const part of parts) await part?.close();
}

function refuseFixedKeyBeyondLoopback({ listen: { host } }: Config): void {
  if (isLoopback(host)) return;
  throw new StartProblem(
    `a fixed development key works on loopback only, and listen.host is ${host}; make a key with "quatrain keys create" instead`,
  );
}

/** Unset means closed: beyond loopback nothing starts that nobody administers. */
function refuseUnadministered(
  { listen: api, admin, console }: Config,
  { keys, operators }: Pick<Store, 'keys' | 'operators'>,
): void {
  const open = [api.host, admin.host].filter((host) => !isLoopback(host));
  const nowMs = systemClock.wallMs();
  const hasAdmin =
    (console.enabled && operators.hasAny()) ||
    keys.list().some((key) => key.kind === 'admin' && isActive(key, nowMs));
  if (open.length === 0 || hasAdmin) return;
  throw new StartProblem(
    `listening on ${open.join(' and ')} reaches beyond this machine, and there is no admin key yet, nor an operator; make one first with "quatrain keys create --admin" or "quatrain operators add", or listen on 127.0.0.1`,
  );
}

/** A first start makes a key for development, once nothing can fail before it is shown. */
async function makeFirstKey(store: Store, options: GatewayOptions): Promise<Secret | undefined> {
  if (store.keys.list().length > 0 || options.developmentKey !== undefined) return undefined;
  const made = await createKey(
    // Of the account that has credit to begin with.
    { kind: 'inference', environment: 'dev', name: 'development', accountId: DEVELOPMENT_ACCOUNT },
    { store: store.keys, pepper: store.pepper, clock: systemClock, random: systemRandom() },
  );
  return made.key;
}

function openResponseCache({ limits }: Config, clock: Clock): MemoryCache {
  const { cache_bytes_max: bytesMax, cached_answer_bytes_max: answerBytesMax } = limits;
  return new MemoryCache({ clock, bytesMax, answerBytesMax });
}

function openRequestLog(
  store: Store,
  { request_log }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): RequestLog & { close(): void; written(): Promise<void> } {
  if (!request_log.enabled) {
    return { record: () => {}, dropped: 0, close: () => {}, written: () => Promise.resolve() };
  }
  const { queue_max: queueMax, retention_days: retentionDays } = request_log;
  return new SqliteRequestLog(store.writer, { clock, log, queueMax, retentionDays });
}

/** The admin listener takes the next port where none is configured, or any where that one is taken. */
async function listenAdmin(admin: Server, config: Config, log: Log): Promise<string> {
  const { host, port } = config.admin;
  if (port !== undefined) return listenOn(admin, { host, port }, '--admin-port');
  const nextPort = config.listen.port === 0 ? 0 : config.listen.port + 1;
  try {
    return await listenOn(admin, { host, port: nextPort }, '--admin-port');
  } catch (error) {
    log.info('admin_port_taken', { port: nextPort, reason: String(error) });
    return listenOn(admin, { host, port: 0 }, '--admin-port');
  }
}
