import { hash } from 'node:crypto';
import { describeModel } from './catalog/describe-model.ts';
import type { Model } from './catalog/model.ts';
import { modelsOf } from './catalog/profiles.ts';
import { resolveAnyName } from './catalog/resolve-model.ts';
import type { Config } from './config/config.ts';
import type { HostUpstreamConfig } from './config/host-upstream-config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import { resolveSecret } from './config/resolve-secret.ts';
import { StartProblem } from './start-problem.ts';
import type { Clock } from './std/clock.ts';
import type { Secret } from './std/secret.ts';
import { version } from './std/version.ts';
import type { Log } from './telemetry/log.ts';
import type { BearerSource } from './upstreams/bearer-source.ts';
import { RereadBearer } from './upstreams/bearer-source.ts';
import type { HostCredential } from './upstreams/host-credential.ts';
import type { HostUpstreamOptions } from './upstreams/host-upstream.ts';
import { Http1Transport } from './upstreams/http1/http1-transport.ts';

/** What an upstream at a cloud's host is made of. */
export interface HostMaking<Options extends HostUpstreamConfig = HostUpstreamConfig> {
  readonly name: string;
  readonly upstream: Options;
  readonly config: Config;
  readonly wiring: { readonly clock: Clock; readonly log: Log; readonly secrets: SecretSources };
  /** Where an option of the credential stands, if it is one of several. */
  readonly pathOf?: (option: string) => string;
}

/** What all such upstreams are made with. */
export function hostOptions(
  { name, upstream, config, wiring }: HostMaking,
  baseUrl: string,
  more: { readonly credential: HostCredential; readonly models: Readonly<Record<string, string>> },
): HostUpstreamOptions {
  const { clock, log } = wiring;
  const { timeouts } = upstream;
  const { origin, pathname } = new URL(upstream.base_url ?? baseUrl);
  return {
    name,
    origin,
    basePath: pathname.replace(/\/+$/, ''),
    transport: new Http1Transport({
      clock,
      origin,
      connectTimeoutMs: timeouts.connect_ms,
      firstByteTimeoutMs: timeouts.first_byte_ms,
      idleTimeoutMs: timeouts.idle_ms,
      connectionsMax: upstream.connections_max,
    }),
    credential: more.credential,
    listModels: () => listedModels(config, Object.keys(more.models)),
    answerBytesMax: config.limits.answer_bytes_max,
    userAgent: `quatrain/${version}`,
    log,
  };
}

/** The registry's record of a model, by any of its names. */
export function knownModel({ emulator }: Config, name: string): Model | undefined {
  return resolveAnyName(name, emulator.profile);
}

/** Who may be asked for: the models that the configuration names, else all that are served today. */
export function listedModels(
  config: Config,
  named: readonly string[],
): ReturnType<HostUpstreamOptions['listModels']> {
  const names = named.filter((name) => name !== '*');
  const all = modelsOf(config.emulator.profile).filter(({ retiredAt }) => retiredAt === undefined);
  if (names.length === 0) return all.map((model) => describeModel(model));
  return names.map((name) => {
    const model = knownModel(config, name);
    if (model !== undefined) return { ...describeModel(model), id: name };
    return { type: 'model', id: name, display_name: name, created_at: new Date(0).toISOString() };
  });
}

/** The secret of an option. One that is wanted and missing is refused. */
export function hostSecret(
  { name, wiring, pathOf = itself }: Pick<HostMaking, 'name' | 'wiring' | 'pathOf'>,
  option: string,
  reference: string,
): Secret {
  const resolved = resolveSecret(reference, wiring.secrets);
  if (resolved.kind === 'secret') return resolved.secret;
  throw new StartProblem(`upstreams.${name}.${pathOf(option)}: ${resolved.message}`);
}

const itself = (option: string): string => option;

/** A token by reference, which is read anew as time goes; it has to be there at the start. */
export function rereadBearer(
  making: Pick<HostMaking, 'name' | 'wiring' | 'pathOf'>,
  option: string,
  reference: string,
): BearerSource {
  hostSecret(making, option, reference);
  const { clock, secrets } = making.wiring;
  return new RereadBearer({
    clock,
    read: () => {
      const resolved = resolveSecret(reference, secrets);
      return resolved.kind === 'secret' ? resolved.secret : undefined;
    },
  });
}

/** What of secrets a configuration is known by: another secret behind a reference is another upstream. */
export function secretDigest(secret: Secret): string {
  return hash('sha256', secret.reveal());
}
