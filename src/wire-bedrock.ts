import { bedrockName } from './catalog/bedrock-name.ts';
import type { BedrockUpstreamConfig } from './config/bedrock-config.ts';
import type { Config } from './config/config.ts';
import { resolveSecret } from './config/resolve-secret.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import type { Upstream } from './messages/upstream.ts';
import { StartProblem } from './start-problem.ts';
import type { Clock } from './std/clock.ts';
import type { Secret } from './std/secret.ts';
import { version } from './std/version.ts';
import type { Log } from './telemetry/log.ts';
import type { AwsSecrets } from './upstreams/bedrock/aws-secrets.ts';
import { RereadAwsSecrets } from './upstreams/bedrock/aws-secrets.ts';
import { createBedrockUpstream } from './upstreams/bedrock/bedrock-upstream.ts';
import { equipUpstream } from './upstreams/equip-upstream.ts';
import { Http1Transport } from './upstreams/http1/http1-transport.ts';
import { hostSecret, knownModel, listedModels } from './wire-host-parts.ts';

interface BedrockMaking {
  readonly name: string;
  readonly upstream: BedrockUpstreamConfig;
  readonly config: Config;
  readonly wiring: { readonly clock: Clock; readonly log: Log; readonly secrets: SecretSources };
  /** Where an option stands, if it is of one of several credentials. */
  readonly pathOf?: (option: string) => string;
}

/** An upstream of one region: what it is made from, and how. */
export interface WiredRegion {
  /** The same again keeps its connections. */
  readonly from: string;
  readonly make: () => Upstream;
}

/**
 * How the upstreams of a configuration come about: one for each credential in each region. Both are told
 * apart as credentials are.
 */
export function wireBedrock(making: BedrockMaking): readonly WiredRegion[] {
  const { regions } = making.upstream;
  const accounts = eachAccount(making);
  const isPool = regions.length * accounts.length > 1;
  return accounts.flatMap((account, at) => {
    const references = referencesOf(account);
    const secrets = new RereadAwsSecrets({
      first: secretsBehind(account, references),
      read: () => presentSecrets(account, references),
      clock: making.wiring.clock,
    });
    return regions.map((region, index) => {
      const more = isPool ? { credential: at * regions.length + index } : {};
      return wireRegion(account, { region, secrets, more });
    });
  });
}

interface RegionWiring {
  readonly region: string;
  readonly secrets: RereadAwsSecrets;
  /** Which of several it is. */
  readonly more: { readonly credential?: number };
}

function wireRegion(making: BedrockMaking, { region, secrets, more }: RegionWiring): WiredRegion {
  const { upstream, config, wiring } = making;
  const { regions: _all, ...own } = upstream;
  const besides = [config.emulator.profile, config.limits.answer_bytes_max];
  const equipment = { clock: wiring.clock, totalMs: upstream.timeouts.total_ms, ...more };
  return {
    from: JSON.stringify([own, region, more, besides]),
    make: () => equipUpstream(makeRegion(making, region, secrets), equipment),
  };
}

/** The same once for each of its credentials, as if each were its only one. */
function eachAccount(making: BedrockMaking): readonly BedrockMaking[] {
  const { credentials, ...own } = making.upstream;
  if (credentials === undefined) return [{ ...making, upstream: own }];
  const beside = secretOptions.find((option) => own[option] !== undefined);
  if (beside !== undefined) {
    throw new StartProblem(`upstreams.${making.name}: give ${beside} or credentials, not both`);
  }
  return credentials.map((one, index) => ({
    ...making,
    upstream: { ...own, ...one },
    pathOf: (option) => `credentials.${String(index)}.${option}`,
  }));
}

function makeRegion(
  { name, upstream, config, wiring }: BedrockMaking,
  region: string,
  secrets: RereadAwsSecrets,
): Upstream {
  const { clock, log } = wiring;
  const { timeouts, models } = upstream;
  const { origin, pathname } = new URL(baseUrlOf(name, upstream, region));
  return createBedrockUpstream({
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
    secrets,
    region,
    inferenceProfile: upstream.inference_profile,
    registered: (asked) => {
      const model = knownModel(config, asked);
      return model === undefined ? undefined : bedrockName(model);
    },
    models,
    listModels: () => listedModels(config, Object.keys(models)),
    answerBytesMax: config.limits.answer_bytes_max,
    userAgent: `quatrain/${version}`,
    clock,
    log,
  });
}

const USUAL_BASE_URL = 'https://bedrock-runtime.{region}.amazonaws.com';

function baseUrlOf(
  name: string,
  { base_url: given = USUAL_BASE_URL, regions }: BedrockUpstreamConfig,
  region: string,
): string {
  const url = given.replaceAll('{region}', region);
  if (!URL.canParse(url)) throw new StartProblem(`upstreams.${name}.base_url: ${url} is no URL`);
  if (url === given && regions.length > 1) {
    throw new StartProblem(
      `upstreams.${name}.base_url: with several regions it needs {region}, or all of them are one place`,
    );
  }
  return url;
}

/** The variables in which the tools of AWS look too, where the configuration names no secret. */
const usual = {
  api_key: 'AWS_BEARER_TOKEN_BEDROCK',
  access_key_id: 'AWS_ACCESS_KEY_ID',
  secret_access_key: 'AWS_SECRET_ACCESS_KEY',
  session_token: 'AWS_SESSION_TOKEN',
} as const;

const secretOptions = Object.keys(usual) as readonly (keyof typeof usual)[];

/** Where the secrets are: of an API key, or of what requests are signed with. */
type SecretReferences =
  | { readonly kind: 'key'; readonly api_key: string }
  | {
      readonly kind: 'signing';
      readonly access_key_id: string;
      readonly secret_access_key: string;
      readonly session_token?: string | undefined;
    };

function referencesOf(making: BedrockMaking): SecretReferences {
  const { name, upstream } = making;
  const { api_key: key, access_key_id: id, secret_access_key: secret } = upstream;
  const { session_token } = upstream;
  const signs = id !== undefined || secret !== undefined || session_token !== undefined;
  if (key !== undefined && signs) {
    throw new StartProblem(
      `upstreams.${name}: give api_key or an access key (access_key_id, secret_access_key), not both`,
    );
  }
  if (key !== undefined) return { kind: 'key', api_key: key };
  // One of several has to say where its secrets are.
  if (!signs && making.pathOf === undefined) return usualReferences(making);
  return {
    kind: 'signing',
    access_key_id: wanted(making, 'access_key_id', id),
    secret_access_key: wanted(making, 'secret_access_key', secret),
    session_token,
  };
}

function usualReferences({ wiring }: BedrockMaking): SecretReferences {
  const { env } = wiring.secrets;
  const isSet = (option: keyof typeof usual): boolean => (env[usual[option]] ?? '').trim() !== '';
  if (isSet('api_key')) return { kind: 'key', api_key: `env:${usual.api_key}` };
  return {
    kind: 'signing',
    access_key_id: `env:${usual.access_key_id}`,
    secret_access_key: `env:${usual.secret_access_key}`,
    session_token: isSet('session_token') ? `env:${usual.session_token}` : undefined,
  };
}

function wanted(
  { name, pathOf }: BedrockMaking,
  option: keyof typeof usual,
  reference: string | undefined,
): string {
  if (reference !== undefined) return reference;
  throw new StartProblem(
    `upstreams.${name}.${pathOf?.(option) ?? option} is missing: give a reference such as env:${usual[option]}`,
  );
}

/** The secrets that the references name. One that is missing is refused. */
function secretsBehind(making: BedrockMaking, references: SecretReferences): AwsSecrets {
  const behind = (option: keyof typeof usual, reference: string): Secret => {
    const secret = hostSecret(making, option, reference);
    if (isPlain(secret)) return secret;
    throw new StartProblem(
      `upstreams.${making.name}.${making.pathOf?.(option) ?? option}: ${reference} has spaces or letters that no secret of AWS has`,
    );
  };
  if (references.kind === 'key') {
    return { kind: 'key', key: behind('api_key', references.api_key) };
  }
  const { session_token: session } = references;
  return {
    kind: 'signing',
    credentials: {
      accessKeyId: behind('access_key_id', references.access_key_id),
      secretAccessKey: behind('secret_access_key', references.secret_access_key),
      ...(session === undefined ? {} : { sessionToken: behind('session_token', session) }),
    },
  };
}

/** The same while the gateway runs: what is missing for a moment is no problem then. */
function presentSecrets(
  making: BedrockMaking,
  references: SecretReferences,
): AwsSecrets | undefined {
  const { kind: _kind, ...all } = references;
  const { secrets } = making.wiring;
  const isThere = Object.values(all).every((reference: string | undefined) => {
    if (reference === undefined) return true;
    const resolved = resolveSecret(reference, secrets);
    return resolved.kind === 'secret' && isPlain(resolved.secret);
  });
  return isThere ? secretsBehind(making, references) : undefined;
}

/** Whether it can stand in a header: what cannot would be named by whoever makes that. */
function isPlain(secret: Secret): boolean {
  return /^[\x21-\x7e]+$/.test(secret.reveal());
}
