import type { Server } from 'node:http';
import { plans } from './catalog/plans.ts';
import type { Config } from './config/config.ts';
import { drainBudget } from './drain-budget.ts';
import type { Walk, WalkSettings } from './gateway/exchange.ts';
import type { ApiRequests } from './http/api-requests.ts';
import { refusal } from './messages/errors.ts';
import { RecoveryProbes } from './routing/recovery-probes.ts';
import type { Timer } from './std/clock.ts';
import type { Secret } from './std/secret.ts';
import { wait, waitAtMost } from './std/wait.ts';
import { recordingsOf } from './wire-cassettes.ts';
import { wireContentScanner } from './wire-content-scanner.ts';
import type { WiredResources } from './wire-resources.ts';
import type { UpstreamWiring, WiredUpstreams } from './wire-upstreams.ts';
import { wireUpstreams } from './wire-upstreams.ts';

/** What a running gateway is made of. */
export interface GatewayParts {
  readonly api: Server;
  readonly admin: Server;
  readonly requests: ApiRequests;
  /** What makes the first operator of the console; undefined where there is one, or no console. */
  readonly setupToken?: () => Secret | undefined;
  readonly walk: Walk;
  /** What runs without a caller: it ends as requests do. */
  readonly resources: Pick<WiredResources, 'drain' | 'close'>;
  readonly wiring: UpstreamWiring;
  /** Writes what is queued, then closes the store. */
  readonly closeStore: () => Promise<void>;
}

/** The life of a gateway between its start and its end: settings that change, and the way down. */
export class RunningGateway {
  readonly parts: GatewayParts;
  readonly #probes: RecoveryProbes | undefined;
  readonly #retired = new Map<Timer, () => Promise<void>>();
  #config: Config;
  #upstreams: WiredUpstreams;
  #settings: WalkSettings;
  #isReady = false;
  #closing: Promise<void> | undefined;

  constructor(parts: GatewayParts, config: Config, upstreams: WiredUpstreams) {
    this.parts = parts;
    this.#config = config;
    this.#upstreams = upstreams;
    this.#settings = settingsOf(config, upstreams, parts.wiring);
    const { health } = parts.walk;
    this.#probes =
      health === undefined ? undefined : new RecoveryProbes(parts.wiring.clock, health);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get config(): Config {
    return this.#config;
  }

  /** The scenarios that the emulator plays, as text. */
  get playedScenarios(): string {
    return this.#upstreams.emulator.scenariosText;
  }

  get settings(): WalkSettings {
    return this.#settings;
  }

  get upstreamName(): string {
    return this.#upstreams.defaultName;
  }

  /** Both listeners stand. */
  becomeReady(): void {
    this.#isReady = true;
    this.#probes?.watch(this.#upstreams.probed);
  }

  /** Takes over what can change without a restart; returns the names of changed options that cannot. */
  reload(next: Config): readonly string[] {
    const upstreams = wireUpstreams(next, this.parts.wiring, this.#upstreams);
    const unchanged = changedButFixed(this.#config, next);
    this.#retire(this.#upstreams, upstreams);
    this.#upstreams = upstreams;
    this.#probes?.watch(upstreams.probed);
    this.#config = inForce(this.#config, next);
    this.#settings = settingsOf(next, upstreams, this.parts.wiring);
    return unchanged;
  }

  /** Not ready, then no new connections, then waits for what is in flight, then ends. */
  async drain(): Promise<void> {
    const { api, requests, resources, wiring, walk } = this.parts;
    const { noticeMs, streamsMs, cutMs } = drainBudget(this.#config);
    this.#isReady = false;
    await wait(wiring.clock, noticeMs);
    requests.startDraining();
    api.close();
    // Answers that are finished for callers who left are in flight too.
    const runs = walk.idempotency?.runs.idle();
    const idle = Promise.all([requests.idle(), resources.drain(), runs]).then(() => {});
    await waitAtMost(idle, streamsMs, wiring.clock);
    if (requests.count > 0) {
      walk.billing?.startClosing?.();
      requests.cutAll(refusal('unavailable', 'The gateway is shutting down.'));
      await waitAtMost(requests.idle(), cutMs, wiring.clock);
    }
    await this.stop();
  }

  /** Ends now; what is in flight is cut. */
  stop(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { api, admin, closeStore, resources, walk } = this.parts;
    this.#isReady = false;
    walk.billing?.startClosing?.();
    this.#probes?.watch([]);
    for (const server of [api, admin]) {
      server.close();
      server.closeAllConnections();
    }
    const { settling, idempotency } = walk;
    idempotency?.runs.close();
    await resources.close();
    const retired = [...this.#retired].map(([timer, close]) => {
      timer.cancel();
      return close();
    });
    const live = this.#upstreams.all.map((upstream) => upstream.close());
    await Promise.all([...retired, ...live]);
    const ended = Promise.all([settling?.idle(), idempotency?.runs.idle()]).then(() => {});
    await waitAtMost(ended, drainBudget(this.#config).settleMs, this.parts.wiring.clock);
    await closeStore();
  }

  /** Upstreams that a reload dropped close once the requests that began with them have had their time. */
  #retire(old: WiredUpstreams, kept: WiredUpstreams): void {
    const staying = new Set(kept.all);
    const leaving = old.all.filter((upstream) => !staying.has(upstream));
    this.parts.walk.health?.forget(leaving);
    for (const upstream of leaving) {
      const timer: Timer = this.parts.wiring.clock.after(this.#config.drain.streams_ms, () => {
        this.#retired.delete(timer);
        void upstream.close();
      });
      this.#retired.set(timer, () => upstream.close());
    }
  }
}

function settingsOf(
  config: Config,
  upstreams: WiredUpstreams,
  { clock }: UpstreamWiring,
): WalkSettings {
  const { limits } = config;
  return {
    plan: plans[config.plan],
    profile: config.emulator.profile,
    chatCompletions: config.chat_completions,
    workersAi: config.workers_ai,
    bodyBytesMax: limits.body_bytes_max,
    batchBytesMax: limits.batch_bytes_max,
    answerBytesMax: limits.answer_bytes_max,
    concurrencyPerKey: limits.concurrency_per_key,
    jsonBounds: { depthMax: limits.json_depth_max, keysMax: limits.json_keys_max },
    contentScanner: wireContentScanner(config, clock),
    recordings: recordingsOf(config),
    upstreams,
    policies: config.policies,
    billingHeaderStripped: billingHeaderStripped(config),
    drainedUpstreams: drainedUpstreams(config),
  };
}

/** Upstreams that are not sent what agents say of their billing. */
function billingHeaderStripped({ upstreams }: Config): ReadonlySet<string> {
  const stripped = Object.entries(upstreams).filter(
    ([, upstream]) => 'strip_billing_header' in upstream && upstream.strip_billing_header === true,
  );
  return new Set(stripped.map(([name]) => name));
}

/** Upstreams whose answers are read to their end although their callers have gone. */
function drainedUpstreams({ upstreams }: Config): ReadonlySet<string> {
  const drained = Object.entries(upstreams).filter(
    ([, upstream]) => 'on_client_gone' in upstream && upstream.on_client_gone === 'drain',
  );
  return new Set(drained.map(([name]) => name));
}

/** Options that a running process cannot change, of those that did. */
function changedButFixed(running: Config, next: Config): readonly string[] {
  const after = fixedOptions(next);
  return Object.entries(fixedOptions(running))
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name]))
    .map(([name]) => name);
}

/** Parts of the configuration that a restart alone can change. */
function fixedParts({
  listen,
  admin,
  console,
  data_dir,
  request_log,
  gateway_log,
  payments,
  telemetry,
}: Config): Partial<Config> {
  return { listen, admin, console, data_dir, request_log, gateway_log, payments, telemetry };
}

/** Limits of which that is so; the others are taken over. */
function fixedLimits({
  limits: { header_bytes_max, connections_max, cache_bytes_max, cached_answer_bytes_max },
}: Config): Partial<Config['limits']> {
  return { header_bytes_max, connections_max, cache_bytes_max, cached_answer_bytes_max };
}

/** What is in force after a reload: the new values, but for those that a restart alone can change. */
function inForce(running: Config, next: Config): Config {
  const { client_stall_ms } = next.timeouts;
  return {
    ...next,
    ...fixedParts(running),
    timeouts: { ...running.timeouts, client_stall_ms },
    limits: { ...next.limits, ...fixedLimits(running) },
  };
}

/** Dotted paths of options that a restart alone can change. */
export function fixedOptionNames(config: Config): readonly string[] {
  return Object.keys(fixedOptions(config));
}

function fixedOptions(config: Config): Readonly<Record<string, unknown>> {
  const { headers_ms, body_ms, keep_alive_ms } = config.timeouts;
  const named = (group: string, options: object): readonly (readonly [string, unknown])[] =>
    Object.entries(options).map(([name, value]) => [`${group}.${name}`, value]);
  return {
    ...fixedParts(config),
    ...Object.fromEntries([
      ...named('timeouts', { headers_ms, body_ms, keep_alive_ms }),
      ...named('limits', fixedLimits(config)),
    ]),
  };
}
