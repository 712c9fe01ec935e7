import { resolve as resolvePath } from 'node:path';
import { encodeGateway } from './ai-gateway/encode-gateway.ts';
import { makeGateway, removeGateway, replaceGateway } from './ai-gateway/gateway-orders.ts';
import type { GatewayDesk } from './admin/gateway-desk.ts';
import type { OperationParts } from './admin/operation-parts.ts';
import { checkConfiguration } from './check-configuration.ts';
import type { Config } from './config/config.ts';
import type { ParsedConfig } from './config/parse-config.ts';
import { parseConfig } from './config/parse-config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import { freeQuestion } from './wire-free-question.ts';
import type { Walk } from './gateway/exchange.ts';
import { listOfModels } from './routing/probe-question.ts';
import { fixedOptionNames } from './running-gateway.ts';
import type { JsonObject } from './std/json.ts';
import { databaseBytes } from './store/database-bytes.ts';
import { isPlainFile } from './store/text-file.ts';
import type { MetricSources } from './telemetry/metrics.ts';
import type { UpstreamWindow } from './telemetry/upstream-window.ts';
import type { GatewayStores } from './wire-ai-gateway.ts';
import { withImplicit } from './wire-upstreams.ts';

/** What looks after the running gateway beside the store. */
export interface OperationWiring {
  readonly walk: Walk;
  readonly window: UpstreamWindow;
  readonly gatewayStores: GatewayStores;
  readonly secrets: SecretSources;
  /** With which the process began. */
  readonly config: Config;
  readonly configNow: () => Config;
  /** Reads a text as the process read its own file; without variables and flags where absent. */
  readonly readConfig: ((yaml: string) => ParsedConfig) | undefined;
  readonly sources: MetricSources;
  readonly isReady: () => boolean;
  readonly publicUrl: () => string;
}

/** Most versions of a route that are listed. */
const VERSIONS_MAX = 100;
const EMULATOR = 'emulator';
/** Most bytes of a file that a configuration names which is only checked. */
const FILE_BYTES_MAX = 1024 * 1024;

/** Puts together what the API about the running gateway works with. */
export function wireOperations(wiring: OperationWiring): OperationParts {
  const { walk, window, secrets, config, configNow, isReady, publicUrl } = wiring;
  const { clock } = walk;
  const dataDir = resolvePath(config.data_dir);
  const configured = (): ReturnType<OperationParts['configured']> =>
    withImplicit(configNow(), secrets);
  const read = wiring.readConfig ?? readAlone;
  return {
    walk,
    window,
    config: configNow,
    configured,
    questionFor: (name) => {
      const { [name]: upstream } = configured();
      if (upstream !== undefined) return freeQuestion(upstream);
      return name === EMULATOR ? listOfModels : undefined;
    },
    gateways: gatewayDesk(wiring.gatewayStores),
    checkConfig: async (yaml) =>
      checkConfiguration(read(yaml), { clock, secrets: plainOnly(secrets) }),
    fixedOptions: () => fixedOptionNames(configNow()),
    figures: () => figuresOf(wiring.sources),
    process: {
      nodeVersion: process.version,
      startedAtMs: clock.wallMs(),
      dataDir,
      publicUrl,
      isReady,
      databaseBytes: () => databaseBytes(dataDir),
    },
  };
}

/** Files that an operator names, who may not be the one who started this process. */
function plainOnly({ env, readFile }: SecretSources): SecretSources {
  return {
    env,
    readFile: (path) => (isPlainFile(path, FILE_BYTES_MAX) ? readFile(path) : undefined),
  };
}

function readAlone(yaml: string): ParsedConfig {
  return parseConfig({ file: { name: 'quatrain.yaml', text: yaml }, env: {}, flags: {} });
}

function figuresOf(sources: MetricSources): ReturnType<OperationParts['figures']> {
  return {
    requestsInFlight: sources.inFlight(),
    unheardAnswers: sources.unheardAnswers?.() ?? 0,
    requestLogDropped: sources.logRowsDropped(),
    gatewayLogDropped: sources.gatewayLogsDropped?.() ?? 0,
    recordingsDropped: sources.recordingsDropped?.() ?? 0,
    spansDropped: sources.spansDropped?.() ?? 0,
    retriesRefused: sources.retriesRefused?.() ?? 0,
  };
}

/** The orders of the account's own API, and what is read of its stores. */
function gatewayDesk(stores: GatewayStores): GatewayDesk {
  const { gateways, accessPolicies, providerKeys, dynamicRoutes } = stores;
  const { store: routes } = dynamicRoutes;
  return {
    page: (wanted) => gateways.behind(wanted),
    find: ({ account, id }) => gateways.find(account, id),
    belongingsOf: ({ account, id: gatewayId }) => {
      const gateway = { account, gatewayId };
      return {
        accessPolicies: accessPolicies.list(gateway),
        providerKeys: providerKeys.list(gateway),
        dynamicRoutes: routes.list(gateway).map((route) => ({
          route,
          versions: routes.versions(route, { offset: 0, limit: VERSIONS_MAX }),
        })),
      };
    },
    encode: (policy) => encodeGateway(policy),
    make: ({ account, id }, body: JsonObject, atMs) =>
      makeGateway(stores, { account, id, body, atMs }),
    replace: (before, { settings: body, atMs, onlyIfSame }) =>
      replaceGateway(stores, before, { body, atMs, onlyIfSame }),
    remove: (before, order) => removeGateway(stores, before, order),
  };
}
