import { vertexName } from './catalog/vertex-name.ts';
import type { VertexUpstreamConfig } from './config/host-upstream-config.ts';
import type { Upstream } from './messages/upstream.ts';
import { StartProblem } from './start-problem.ts';
import { version } from './std/version.ts';
import type { BearerSource } from './upstreams/bearer-source.ts';
import { Http1Transport } from './upstreams/http1/http1-transport.ts';
import { readServiceAccount } from './upstreams/vertex/read-service-account.ts';
import { ServiceAccountTokens } from './upstreams/vertex/service-account-tokens.ts';
import { createVertexUpstream, vertexOrigin } from './upstreams/vertex/vertex-upstream.ts';
import type { HostMaking } from './wire-host-parts.ts';
import { hostOptions, hostSecret, knownModel, rereadBearer } from './wire-host-parts.ts';

/** A token is a small matter: whoever takes longer for one than this is not there. */
const TOKEN_TIMEOUT_MS = 10_000;
/** One token is fetched at a time. */
const TOKEN_CONNECTIONS_MAX = 2;

/** Makes an upstream that is Claude on Vertex AI. */
export function makeVertexUpstream(making: HostMaking<VertexUpstreamConfig>): Upstream {
  const { upstream, config } = making;
  const { project, region, models } = upstream;
  const credential = { kind: 'bearer', source: bearerOf(making) } as const;
  return createVertexUpstream({
    ...hostOptions(making, vertexOrigin(region), { credential, models }),
    project,
    region,
    models,
    byDefault: (name) => {
      const model = knownModel(config, name);
      return model === undefined ? name : vertexName(model);
    },
  });
}

function bearerOf(making: HostMaking<VertexUpstreamConfig>): BearerSource {
  const { name, upstream, wiring } = making;
  const { credentials, access_token: token } = upstream;
  if (credentials === undefined) return rereadBearer(making, 'access_token', token ?? '');
  const account = readServiceAccount(hostSecret(making, 'credentials', credentials).reveal());
  if (account.kind === 'bad') {
    const path = making.pathOf?.('credentials') ?? 'credentials';
    throw new StartProblem(`upstreams.${name}.${path}: ${account.message}`);
  }
  const { clock, log } = wiring;
  return new ServiceAccountTokens({
    name,
    account,
    transport: new Http1Transport({
      clock,
      origin: account.tokenUrl.origin,
      connectTimeoutMs: TOKEN_TIMEOUT_MS,
      firstByteTimeoutMs: TOKEN_TIMEOUT_MS,
      idleTimeoutMs: TOKEN_TIMEOUT_MS,
      connectionsMax: TOKEN_CONNECTIONS_MAX,
    }),
    clock,
    userAgent: `quatrain/${version}`,
    log,
  });
}
