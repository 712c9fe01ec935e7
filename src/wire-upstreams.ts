import type { AnthropicUpstreamConfig, Config, UpstreamConfig } from './config/config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import { resolveSecret } from './config/resolve-secret.ts';
import { resolveModel } from './catalog/resolve-model.ts';
import { createEmulator } from './emulator/create-emulator.ts';
import type { Upstream } from './messages/upstream.ts';
import type { Clock } from './std/clock.ts';
import { StartProblem } from './start-problem.ts';
import { version } from './std/version.ts';
import type { Log } from './telemetry/log.ts';
import { createAnthropicUpstream } from './upstreams/anthropic/anthropic-upstream.ts';
import { UndiciTransport } from './upstreams/undici-transport.ts';

/** The upstreams of one configuration, each with what it was made from. */
export interface WiredUpstreams {
  readonly byName: ReadonlyMap<string, Upstream>;
  readonly defaultName: string;
  /** By name, the configuration an upstream was made from: the same again keeps its connections. */
  readonly madeFrom: ReadonlyMap<string, string>;
}

export interface UpstreamWiring {
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: SecretSources;
}

const EMULATOR = 'emulator';
const REAL_API = 'anthropic';

/** Makes the upstreams that a configuration names; those of `previous` that did not change stay. */
export function wireUpstreams(
  config: Config,
  wiring: UpstreamWiring,
  previous?: WiredUpstreams,
): WiredUpstreams {
  const configured = withImplicit(config, wiring.secrets);
  const byName = new Map<string, Upstream>();
  const madeFrom = new Map<string, string>();
  for (const [name, upstream] of Object.entries(configured)) {
    const from = JSON.stringify(upstream.kind === EMULATOR ? config.emulator : upstream);
    const kept = previous?.madeFrom.get(name) === from ? previous.byName.get(name) : undefined;
    byName.set(name, kept ?? makeUpstream(name, upstream, { config, wiring }));
    madeFrom.set(name, from);
  }
  return { byName, madeFrom, defaultName: defaultName(config, configured) };
}

type Configured = Readonly<Record<string, UpstreamConfig>>;

/** The emulator is always there; so is the real API where its usual variable is set and nothing else is said. */
function withImplicit(config: Config, { env }: SecretSources): Configured {
  const emulator = { [EMULATOR]: { kind: 'emulator' } } as const;
  const isSilent =
    Object.keys(config.upstreams).length === 0 && config.default_upstream === undefined;
  if (!isSilent || (env['ANTHROPIC_API_KEY'] ?? '') === '') {
    return { ...emulator, ...config.upstreams };
  }
  const realApi: AnthropicUpstreamConfig = {
    kind: 'anthropic',
    base_url: 'https://api.anthropic.com',
    api_key: 'env:ANTHROPIC_API_KEY',
    auth: 'x-api-key',
    share_account_resources: false,
    connections_max: 10_000,
    timeouts: { connect_ms: 10_000, first_byte_ms: 600_000, idle_ms: 300_000 },
  };
  return { ...emulator, [REAL_API]: realApi };
}

function defaultName(config: Config, configured: Configured): string {
  if (config.default_upstream !== undefined) return config.default_upstream;
  const others = Object.keys(configured).filter((name) => name !== EMULATOR);
  if (others.length > 1) {
    throw new StartProblem(
      `several upstreams are configured (${others.join(', ')}); say which one answers with default_upstream`,
    );
  }
  return others[0] ?? EMULATOR;
}

function makeUpstream(
  name: string,
  upstream: UpstreamConfig,
  { config, wiring }: { readonly config: Config; readonly wiring: UpstreamWiring },
): Upstream {
  switch (upstream.kind) {
    case 'emulator':
      return makeEmulator(config, wiring);
    case 'anthropic':
      return makeAnthropic(name, upstream, wiring);
  }
}

function makeEmulator({ emulator }: Config, { clock }: UpstreamWiring): Upstream {
  return createEmulator({
    clock,
    seed: emulator.seed,
    pace: {
      firstTokenMs: emulator.first_token_ms,
      tokensPerSecond: emulator.tokens_per_second,
      pingEveryMs: emulator.ping_every_ms,
    },
    faults: emulator.faults.map((fault) => ({
      error: fault.error,
      times: fault.times,
      ...(fault.after_events === undefined ? {} : { afterEvents: fault.after_events }),
      ...(fault.retry_after_ms === undefined ? {} : { retryAfterMs: fault.retry_after_ms }),
    })),
    findModel: resolveModel,
  });
}

function makeAnthropic(
  name: string,
  upstream: AnthropicUpstreamConfig,
  { log, secrets }: UpstreamWiring,
): Upstream {
  const base = new URL(upstream.base_url);
  const { timeouts } = upstream;
  return createAnthropicUpstream({
    name,
    basePath: base.pathname.replace(/\/+$/, ''),
    transport: new UndiciTransport({
      origin: base.origin,
      connectTimeoutMs: timeouts.connect_ms,
      firstByteTimeoutMs: timeouts.first_byte_ms,
      idleTimeoutMs: timeouts.idle_ms,
      connectionsMax: upstream.connections_max,
    }),
    ...credentialOf(name, upstream, secrets),
    sharesAccountResources: upstream.share_account_resources,
    userAgent: `quatrain/${version}`,
    log,
  });
}

function credentialOf(
  name: string,
  { auth, api_key: reference }: AnthropicUpstreamConfig,
  secrets: SecretSources,
): Pick<Parameters<typeof createAnthropicUpstream>[0], 'credential'> {
  if (auth === 'none') return {};
  if (reference === undefined) {
    throw new StartProblem(
      `upstreams.${name}.api_key is missing: give a reference such as env:ANTHROPIC_API_KEY, or set auth: none`,
    );
  }
  const resolved = resolveSecret(reference, secrets);
  if (resolved.kind === 'missing') {
    throw new StartProblem(`upstreams.${name}.api_key: ${resolved.message}`);
  }
  return { credential: { auth, key: resolved.secret } };
}
