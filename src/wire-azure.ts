import type { AzureUpstreamConfig } from './config/host-upstream-config.ts';
import type { Upstream } from './messages/upstream.ts';
import { StartProblem } from './start-problem.ts';
import { azureBaseUrl, createAzureUpstream } from './upstreams/azure/azure-upstream.ts';
import type { HostCredential } from './upstreams/host-credential.ts';
import type { HostMaking } from './wire-host-parts.ts';
import { hostOptions, hostSecret, rereadBearer } from './wire-host-parts.ts';

/** Makes an upstream that is Claude in Microsoft Foundry. */
export function makeAzureUpstream(making: HostMaking<AzureUpstreamConfig>): Upstream {
  const { name, upstream } = making;
  const { resource, deployments, base_url: baseUrl } = upstream;
  if (resource === undefined && baseUrl === undefined) {
    throw new StartProblem(`upstreams.${name}: give resource or base_url`);
  }
  const credential = credentialOf(making);
  return createAzureUpstream({
    ...hostOptions(making, azureBaseUrl(resource ?? ''), { credential, models: deployments }),
    deployments,
    ...(resource === undefined ? {} : { resource }),
  });
}

function credentialOf(making: HostMaking<AzureUpstreamConfig>): HostCredential {
  const { auth, api_key: key, access_token: token } = making.upstream;
  return key === undefined
    ? { kind: 'bearer', source: rereadBearer(making, 'access_token', token ?? '') }
    : { kind: 'key', header: auth, key: hostSecret(making, 'api_key', key) };
}
