import type {
  AzureUpstreamConfig,
  VertexUpstreamConfig,
  WorkersAiUpstreamConfig,
} from './config/host-upstream-config.ts';
import { StartProblem } from './start-problem.ts';
import type { HostMaking } from './wire-host-parts.ts';

/**
 * The same upstream once for each of its credentials, as if each were its only one. Whoever has two kinds
 * of credentials, or none, is refused.
 */
export function eachCredential(making: HostMaking): readonly HostMaking[] {
  const { upstream, ...rest } = making;
  switch (upstream.kind) {
    case 'azure':
      return eachKey({ ...rest, upstream });
    case 'vertex':
      return eachAccount({ ...rest, upstream });
    case 'workers-ai':
      return eachToken({ ...rest, upstream });
  }
}

function eachKey(making: HostMaking<AzureUpstreamConfig>): readonly HostMaking[] {
  const { api_keys: several, ...own } = making.upstream;
  const { api_key: key, access_token: token } = own;
  wantsOne(making, { api_key: key, api_keys: several, access_token: token });
  if (several === undefined) return [{ ...making, upstream: own }];
  return several.map((reference, index) => ({
    ...making,
    upstream: { ...own, api_key: reference },
    pathOf: () => `api_keys.${String(index)}`,
  }));
}

function eachToken(making: HostMaking<WorkersAiUpstreamConfig>): readonly HostMaking[] {
  const { api_tokens: several, ...own } = making.upstream;
  wantsOne(making, { api_token: own.api_token, api_tokens: several });
  if (several === undefined) return [{ ...making, upstream: own }];
  return several.map((reference, index) => ({
    ...making,
    upstream: { ...own, api_token: reference },
    pathOf: () => `api_tokens.${String(index)}`,
  }));
}

/** What may be used is counted by project: an account may be of another one. */
function eachAccount(making: HostMaking<VertexUpstreamConfig>): readonly HostMaking[] {
  const { service_accounts: several, ...own } = making.upstream;
  const { credentials, access_token: token } = own;
  wantsOne(making, { credentials, service_accounts: several, access_token: token });
  if (several === undefined) return [{ ...making, upstream: own }];
  return several.map(({ credentials: file, project = own.project }, index) => ({
    ...making,
    upstream: { ...own, project, credentials: file },
    pathOf: (option) => `service_accounts.${String(index)}.${option}`,
  }));
}

function wantsOne({ name }: HostMaking, options: Readonly<Record<string, unknown>>): void {
  const given = Object.values(options).filter((value) => value !== undefined);
  if (given.length === 1) return;
  const names = Object.keys(options);
  const all = `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
  throw new StartProblem(`upstreams.${name}: give ${all}, one of them`);
}
