import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { anyCredential } from './access/any-credential.ts';
import { modelDirectory } from './catalog/describe-model.ts';
import { plans } from './catalog/plans.ts';
import type { ProfileName } from './catalog/profiles.ts';
import { resolveModel } from './catalog/resolve-model.ts';
import type { Scenario, ScenarioFile } from './config/scenario.ts';
import { EmulatorIdempotency } from './emulator-idempotency.ts';
import { EmulatorResources } from './emulator-resources.ts';
import type { Emulator } from './emulator/create-emulator.ts';
import { createEmulator } from './emulator/create-emulator.ts';
import type { RateLimits } from './emulator/rate-limits/rate-limiter.ts';
import type { Walk } from './gateway/exchange.ts';
import { ApiRequests } from './http/api-requests.ts';
import { createApiServer } from './http/api-server.ts';
import { WindowLimiter } from './limits/window-limiter.ts';
import { listenOn } from './listen-on.ts';
import type { ReceivedRequest } from './note-requests.ts';
import { RequestNotes } from './note-requests.ts';
import { AdjustableClock } from './std/adjustable-clock.ts';
import { systemRandom } from './std/random.ts';
import type { Log } from './telemetry/log.ts';
import { createLog } from './telemetry/log.ts';
import { noMetrics } from './telemetry/request-metrics.ts';

export type { Scenario, ScenarioFile } from './config/scenario.ts';
export type { ReceivedRequest } from './note-requests.ts';

/** How an emulator for a test suite is to be. Everything has a default. */
export interface EmulatorSettings {
  /** One scenario or several; the first that matches a request answers it. */
  readonly scenario?: Scenario | readonly Scenario[];
  /** A file of scenarios in YAML, in the place of `scenario` and `strict`. */
  readonly scenarioFile?: string | URL;
  /** Refuses what no scenario matches. */
  readonly strict?: boolean;
  /** The same seed and request have the same answer, to the byte. */
  readonly seed?: string;
  /** How the API behaved at a point in time; `launch` where absent. */
  readonly profile?: ProfileName;
  /** No delays where absent. */
  readonly pace?: {
    readonly firstTokenMs?: number;
    readonly tokensPerSecond?: number;
    readonly pingEveryMs?: number;
    readonly jitterPercent?: number;
  };
  /** Requests and tokens a minute for each account; nothing is refused where absent. */
  readonly limits?: RateLimits;
  /** Keys that are taken; any where absent. */
  readonly apiKeys?: readonly string[];
  /** On 127.0.0.1; a free one where absent. */
  readonly port?: number;
}

/** Sees and moves the emulator's time: cache entries, rate limits, delays and batches go by it. */
export interface EmulatorClock {
  now(): Date;
  /** Sets it forward; what comes due on the way happens before this returns. */
  advance(byMs: number): void;
}

/** An emulator that listens. */
export interface StartedEmulator {
  /** For the `baseURL` of an SDK. */
  readonly baseURL: string;
  /** A key that it takes. */
  readonly apiKey: string;
  /** What it was asked so far, oldest first; at most the last 10,000. */
  readonly requests: readonly ReceivedRequest[];
  readonly clock: EmulatorClock;
  /** Takes other scenarios from now on; each begins anew. */
  useScenario(scenario: Scenario | readonly Scenario[]): void;
  /** Forgets the requests so far. */
  clearRequests(): void;
  /** Ends it; streams that are open are cut. Idempotent. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const ANY_KEY = 'emulator-key';
const BODY_BYTES_MAX = 32 * 1024 * 1024;
const BATCH_BYTES_MAX = 256 * 1024 * 1024;
const PING_EVERY_MS = 15_000;
const MINUTE_MS = 60_000;

/** Of the listener. */
const bounds = {
  headerBytesMax: 64 * 1024,
  connectionsMax: 10_000,
  headersTimeoutMs: MINUTE_MS,
  bodyTimeoutMs: MINUTE_MS,
  keepAliveMs: MINUTE_MS,
  clientStallMs: () => MINUTE_MS,
} as const;

/** Starts an emulator of the Messages API in this process, on 127.0.0.1. */
export async function startEmulator(settings: EmulatorSettings = {}): Promise<StartedEmulator> {
  const clock = new AdjustableClock();
  const profile = settings.profile ?? 'launch';
  const resources = new EmulatorResources();
  const emulator = createEmulator({
    clock,
    seed: settings.seed ?? 'quatrain',
    pace: {
      firstTokenMs: 0,
      tokensPerSecond: 0,
      pingEveryMs: PING_EVERY_MS,
      jitterPercent: 0,
      ...settings.pace,
    },
    faults: [],
    findModel: (name) => resolveModel(name, profile),
    models: modelDirectory(profile),
    findFile: (account, id) => resources.findFile(account, id),
    scenarios:
      settings.scenarioFile === undefined
        ? scenarioFile(settings.scenario ?? [], settings.strict)
        : await loadScenarios(settings.scenarioFile),
    ...(settings.limits === undefined
      ? {}
      : { limits: { everyone: settings.limits, byAccount: new Map() } }),
  });
  // What goes wrong in the emulator itself is a fault, and the one who runs the tests has to see it.
  const log = createLog({
    clock,
    level: () => 'error',
    write: (line) => process.stderr.write(line),
  });
  const once = new EmulatorIdempotency(clock, log);
  const notes = new RequestNotes(clock);
  const requests = new ApiRequests();
  const server = createApiServer({
    walk: walkOf(emulator, { clock, log, profile, settings, resources, once }),
    serve: notes.serve,
    random: systemRandom(),
    requests,
    isReady: () => true,
    ...bounds,
  });
  const baseURL = await listenOn(server, { host: '127.0.0.1', port: settings.port ?? 0 });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopAll(server, { emulator, resources, once });
    return stopping;
  };
  return {
    baseURL,
    apiKey: settings.apiKeys?.[0] ?? ANY_KEY,
    requests: notes.received,
    clock: {
      now: () => new Date(clock.wallMs()),
      advance: (byMs) => {
        clock.advance(byMs);
      },
    },
    useScenario: (scenario) => {
      emulator.useScenarios(scenarioFile(scenario, settings.strict));
    },
    clearRequests: () => {
      notes.clear();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Running {
  readonly emulator: Emulator;
  readonly resources: EmulatorResources;
  readonly once: EmulatorIdempotency;
}

async function stopAll(server: Server, { emulator, resources, once }: Running): Promise<void> {
  once.runs.close();
  await resources.close();
  await emulator.close();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  await once.close();
}

/** YAML and its schema are loaded by those who use them: the others start sooner. */
async function loadScenarios(file: string | URL): Promise<ScenarioFile> {
  const { readScenarioFile } = await import('./read-scenario-file.ts');
  return readScenarioFile(typeof file === 'string' ? file : fileURLToPath(file));
}

function scenarioFile(
  scenario: Scenario | readonly Scenario[],
  strict: boolean | undefined,
): ScenarioFile {
  const scenarios = 'name' in scenario ? [scenario] : scenario;
  return { strict: strict ?? false, scenarios };
}

interface Surroundings {
  readonly clock: AdjustableClock;
  readonly log: Log;
  readonly profile: ProfileName;
  readonly settings: EmulatorSettings;
  readonly resources: EmulatorResources;
  readonly once: EmulatorIdempotency;
}

function walkOf(emulator: Emulator, surroundings: Surroundings): Walk {
  const { clock, log, profile, settings, resources, once } = surroundings;
  const upstreams = {
    byName: new Map([[emulator.name, emulator]]),
    defaultName: emulator.name,
  };
  const walkSettings = {
    bodyBytesMax: BODY_BYTES_MAX,
    batchBytesMax: BATCH_BYTES_MAX,
    answerBytesMax: BATCH_BYTES_MAX,
    plan: plans.standard,
    profile,
    chatCompletions: { flavour: 'aimlapi' as const },
    workersAi: { content: 'relaxed' as const },
    jsonBounds: { depthMax: 512, keysMax: 1_000_000 },
    upstreams,
  };
  return {
    clock,
    random: systemRandom(),
    log,
    requestLog: { record: () => {}, dropped: 0 },
    metrics: noMetrics,
    authenticator: anyCredential(settings.apiKeys),
    limiter: new WindowLimiter(clock),
    settings: () => walkSettings,
    idempotency: once,
    resources,
  };
}
