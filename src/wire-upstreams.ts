import { hash } from 'node:crypto';
import type { AnthropicUpstreamConfig, Config } from './config/config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import { resolveSecret } from './config/resolve-secret.ts';
import type { EmulatorFile } from './emulator/emulator-file.ts';
import type { Upstream } from './messages/upstream.ts';
import type { Clock } from './std/clock.ts';
import type { Secret } from './std/secret.ts';
import { StartProblem } from './start-problem.ts';
import { version } from './std/version.ts';
import type { Log } from './telemetry/log.ts';
import { createAnthropicUpstream } from './upstreams/anthropic/anthropic-upstream.ts';
import { Http1Transport } from './upstreams/http1/http1-transport.ts';
import { wireReplay } from './wire-cassettes.ts';
import { chatMadeFrom, makeChatUpstream } from './wire-chat-upstream.ts';
import type { WiredEmulator } from './wire-emulator.ts';
import { wireEmulator } from './wire-emulator.ts';

/** The upstreams of one configuration, each with what it was made from. */
export interface WiredUpstreams {
  readonly byName: ReadonlyMap<string, Upstream>;
  readonly defaultName: string;
  /** By name, the configuration an upstream was made from: the same again keeps its connections. */
  readonly madeFrom: ReadonlyMap<string, string>;
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
  const madeFrom = new Map<string, string>();
  const wire = (name: string, from: string, make: () => Upstream): void => {
    const kept = previous?.madeFrom.get(name) === from ? previous.byName.get(name) : undefined;
    byName.set(name, kept ?? make());
    madeFrom.set(name, from);
  };
  const emulator = wireEmulator(config, wiring, previous?.emulator);
  byName.set(EMULATOR, emulator.upstream);
  const configured = withImplicit(config, wiring.secrets);
  for (const [name, upstream] of Object.entries(configured)) {
    if (upstream.kind === 'replay') continue;
    const key = credentialKey(name, upstream, wiring.secrets);
    // A secret that was changed behind the same reference makes the upstream anew.
    const from = JSON.stringify(upstream) + (key === undefined ? '' : digest(key));
    if (upstream.kind === 'anthropic') {
      wire(name, from, () => makeAnthropic({ name, upstream, key, wiring }));
    } else {
      const besides = JSON.stringify(chatMadeFrom(config));
      wire(name, from + besides, () => makeChatUpstream({ name, upstream, key, config, wiring }));
    }
  }
  const wired = { byName, madeFrom, emulator };
  for (const [name, upstream] of Object.entries(configured)) {
    if (upstream.kind !== 'replay') continue;
    const { from, make } = wireReplay({ name, upstream, config, wiring, wired });
    wire(name, from, make);
  }
  const answers = defaultName(config, Object.keys(configured));
  // Last, once nothing can fail any more: an emulator that stays must not change by halves.
  emulator.takeScenarios();
  return { byName, madeFrom, emulator, defaultName: answers };
}

/** Without a word about upstreams the real API is one where its usual variable is set. */
function withImplicit(config: Config, { env }: SecretSources): Config['upstreams'] {
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

/** The upstream's key; absent where it wants none. A key that is wanted and missing is refused. */
function credentialKey(
  name: string,
  { auth, api_key: reference }: Pick<AnthropicUpstreamConfig, 'auth' | 'api_key'>,
  secrets: SecretSources,
): Secret | undefined {
  if (auth === 'none') return undefined;
  if (reference === undefined) {
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_API_KEY`;
    throw new StartProblem(
      `upstreams.${name}.api_key is missing: give a reference such as env:${variable}, or set auth: none`,
    );
  }
  const resolved = resolveSecret(reference, secrets);
  if (resolved.kind === 'secret') return resolved.secret;
  throw new StartProblem(`upstreams.${name}.api_key: ${resolved.message}`);
}
