import { hash } from 'node:crypto';
import type {
  AnthropicUpstreamConfig,
  Config,
  CredentialsConfig,
  UpstreamConfig,
} from './config/config.ts';
import type { HostUpstreamConfig } from './config/host-upstream-config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import { resolveSecret } from './config/resolve-secret.ts';
import type { EmulatorFile } from './emulator/emulator-file.ts';
import { freeQuestion } from './wire-free-question.ts';
import type { Upstream } from './messages/upstream.ts';
import type { Upstreams } from './routing/plan-route.ts';
import type { ProbedUpstream } from './routing/recovery-probes.ts';
import type { Clock } from './std/clock.ts';
import type { Secret } from './std/secret.ts';
import { StartProblem } from './start-problem.ts';
import { version } from './std/version.ts';
import type { Log } from './telemetry/log.ts';
import { createAnthropicUpstream } from './upstreams/anthropic/anthropic-upstream.ts';
import { equipUpstream } from './upstreams/equip-upstream.ts';
import { Http1Transport } from './upstreams/http1/http1-transport.ts';
import { wireBedrock } from './wire-bedrock.ts';
import { wireReplay } from './wire-cassettes.ts';
import { chatMadeFrom, makeChatUpstream } from './wire-chat-upstream.ts';
import type { WiredEmulator } from './wire-emulator.ts';
import { wireEmulator } from './wire-emulator.ts';
import type { WiredHost } from './wire-host-upstream.ts';
import { isHostUpstream, wireHostUpstream } from './wire-host-upstream.ts';
import { wireRoutes } from './wire-routes.ts';

/** The upstreams of one configuration, each with what it was made from. */
export interface WiredUpstreams extends Upstreams {
  readonly pools: ReadonlyMap<string, readonly Upstream[]>;
  /** Every one of them, each credential's own too. */
  readonly all: readonly Upstream[];
  readonly probed: readonly ProbedUpstream[];
  /** By slot, the configuration an upstream was made from: the same again keeps its connections. */
  readonly madeFrom: ReadonlyMap<string, string>;
  readonly bySlot: ReadonlyMap<string, Upstream>;
  readonly emulator: WiredEmulator;
}

export interface UpstreamWiring {
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: SecretSources;
  /** The files of an account, for the emulator to look into. */
  readonly findFile?: (account: string, id: string) => EmulatorFile | undefined;
}

const EMULATOR = 'emulator';
const REAL_API = 'anthropic';

/** Makes the upstreams that a configuration names; those of `previous` that did not change stay. */
export function wireUpstreams(
  config: Config,
  wiring: UpstreamWiring,
  previous?: WiredUpstreams,
): WiredUpstreams {
  const byName = new Map<string, Upstream>();
  const pools = new Map<string, readonly Upstream[]>();
  const bySlot = new Map<string, Upstream>();
  const madeFrom = new Map<string, string>();
  const probed: ProbedUpstream[] = [];
  const wire = (slot: string, from: string, make: () => Upstream): Upstream => {
    const kept = previous?.madeFrom.get(slot) === from ? previous.bySlot.get(slot) : undefined;
    const upstream = kept ?? make();
    bySlot.set(slot, upstream);
    madeFrom.set(slot, from);
    return upstream;
  };
  const takePool = (name: string, pool: readonly Upstream[]): void => {
    const [first] = pool;
    if (first !== undefined) byName.set(name, first);
    if (pool.length > 1) pools.set(name, pool);
  };
  const emulator = wireEmulator(config, wiring, previous?.emulator);
  byName.set(EMULATOR, emulator.upstream);
  const configured = withImplicit(config, wiring.secrets);
  for (const [name, upstream] of Object.entries(configured)) {
    if (upstream.kind === 'replay') continue;
    const pool = eachOf(name, upstream, { config, wiring }).map(({ from, make }, credential) =>
      wire(slotOf(name, credential), from, make),
    );
    takePool(name, pool);
    probed.push(...probedOf(upstream, pool));
  }
  const wired = { byName, madeFrom, emulator };
  for (const [name, upstream] of Object.entries(configured)) {
    if (upstream.kind !== 'replay') continue;
    const { from, make } = wireReplay({ name, upstream, config, wiring, wired });
    byName.set(name, wire(name, from, make));
  }
  const answers = defaultName(config, Object.keys(configured));
  const routes = wireRoutes(config, { byName, pools });
  // Last, once nothing can fail any more: an emulator that stays must not change by halves.
  emulator.takeScenarios();
  const all = [emulator.upstream, ...bySlot.values()];
  const named = { byName, pools, bySlot, madeFrom, all };
  return { ...named, probed, routes, emulator, defaultName: answers };
}

type OriginConfig = Exclude<UpstreamConfig, { readonly kind: 'replay' }>;

/** How an upstream comes about, one for each of its credentials. */
function eachOf(
  name: string,
  upstream: OriginConfig,
  parts: Pick<Making, 'config' | 'wiring'>,
): readonly WiredHost[] {
  if (isHostUpstream(upstream)) return wireHostUpstream({ name, upstream, ...parts });
  if (upstream.kind === 'bedrock') return wireBedrock({ name, upstream, ...parts });
  return credentialsOf(name, upstream, parts.wiring.secrets).map((key, credential, { length }) => {
    const making = { name, upstream, key, ...parts };
    const more = length === 1 ? {} : { credential };
    return { from: madeOf(making), make: () => makeUpstream(making, more) };
  });
}

function probedOf(upstream: OriginConfig, pool: readonly Upstream[]): readonly ProbedUpstream[] {
  const question = freeQuestion(upstream);
  const everyMs = upstream.probe?.every_ms;
  if (question === undefined || everyMs === undefined) return [];
  return pool.map((one) => ({ upstream: one, everyMs, question }));
}

/** Where an upstream stands of which there is one for each credential. */
function slotOf(name: string, credential: number): string {
  return credential === 0 ? name : `${name}#${String(credential)}`;
}

interface Making {
  readonly name: string;
  readonly upstream: Exclude<
    UpstreamConfig,
    HostUpstreamConfig | { readonly kind: 'bedrock' | 'replay' }
  >;
  readonly key: Secret | undefined;
  readonly config: Config;
  readonly wiring: UpstreamWiring;
}

/** What an upstream is made from: a secret that was changed behind its reference makes it anew. */
function madeOf({ upstream, key, config }: Making): string {
  const { api_keys: keys, ...own } = upstream;
  const besides = upstream.kind === 'anthropic' ? [] : chatMadeFrom(config);
  const secret = key === undefined ? '' : digest(key);
  return JSON.stringify([own, (keys?.length ?? 1) > 1, besides, secret]);
}

/** The upstream of one credential; `credential` says which, where there are several. */
function makeUpstream(making: Making, more: { readonly credential?: number }): Upstream {
  const { upstream, wiring, ...rest } = making;
  const made =
    upstream.kind === 'anthropic'
      ? makeAnthropic({ ...rest, upstream, wiring })
      : makeChatUpstream({ ...rest, upstream, wiring });
  const { total_ms: totalMs } = upstream.timeouts;
  return equipUpstream(made, { clock: wiring.clock, totalMs, ...more });
}

/** Without a word about upstreams the real API is one where its usual variable is set. */
export function withImplicit(
  config: Config,
  { env }: Pick<SecretSources, 'env'>,
): Config['upstreams'] {
  const isSilent =
    Object.keys(config.upstreams).length === 0 && config.default_upstream === undefined;
  if (!isSilent || (env['ANTHROPIC_API_KEY'] ?? '') === '') return config.upstreams;
  return {
    [REAL_API]: {
      kind: 'anthropic',
      base_url: 'https://api.anthropic.com',
      api_key: 'env:ANTHROPIC_API_KEY',
      auth: 'x-api-key',
      share_account_resources: false,
      provider_keys: true,
      connections_max: 10_000,
      timeouts: { connect_ms: 10_000, first_byte_ms: 600_000, idle_ms: 300_000 },
    },
  };
}

function defaultName(config: Config, configured: readonly string[]): string {
  if (config.default_upstream !== undefined) return config.default_upstream;
  if (configured.length > 1) {
    throw new StartProblem(
      `several upstreams are configured (${configured.join(', ')}); say which one answers with default_upstream`,
    );
  }
  return configured[0] ?? EMULATOR;
}

function digest(key: Secret): string {
  return hash('sha256', key.reveal());
}

interface AnthropicMaking {
  readonly name: string;
  readonly upstream: AnthropicUpstreamConfig;
  readonly key: Secret | undefined;
  readonly wiring: UpstreamWiring;
}

function makeAnthropic({ name, upstream, key, wiring }: AnthropicMaking): Upstream {
  const { clock, log } = wiring;
  const { auth, timeouts } = upstream;
  const base = new URL(upstream.base_url);
  return createAnthropicUpstream({
    name,
    basePath: base.pathname.replace(/\/+$/, ''),
    transport: new Http1Transport({
      clock,
      origin: base.origin,
      connectTimeoutMs: timeouts.connect_ms,
      firstByteTimeoutMs: timeouts.first_byte_ms,
      idleTimeoutMs: timeouts.idle_ms,
      connectionsMax: upstream.connections_max,
    }),
    ...(key === undefined || auth === 'none' ? {} : { credential: { auth, key } }),
    sharesAccountResources: upstream.share_account_resources,
    takesProviderKeys: upstream.provider_keys,
    userAgent: `quatrain/${version}`,
    log,
  });
}

/** The upstream's keys; one that is absent where it wants none. A key that is wanted and missing is refused. */
function credentialsOf(
  name: string,
  { auth, api_key: only, api_keys: several }: CredentialsConfig & { readonly auth: string },
  secrets: SecretSources,
): readonly (Secret | undefined)[] {
  if (auth === 'none') return [undefined];
  if (several === undefined) return [credentialKey(`${name}.api_key`, only, secrets)];
  return several.map((reference, index) =>
    credentialKey(`${name}.api_keys.${String(index)}`, reference, secrets),
  );
}

function credentialKey(
  path: string,
  reference: string | undefined,
  secrets: SecretSources,
): Secret {
  if (reference === undefined) {
    const [name = ''] = path.split('.');
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_API_KEY`;
    throw new StartProblem(
      `upstreams.${path} is missing: give a reference such as env:${variable}, or set auth: none`,
    );
  }
  const resolved = resolveSecret(reference, secrets);
  if (resolved.kind === 'secret') return resolved.secret;
  throw new StartProblem(`upstreams.${path}: ${resolved.message}`);
}
