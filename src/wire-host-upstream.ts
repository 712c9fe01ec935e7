import type { Config, UpstreamConfig } from './config/config.ts';
import type { HostUpstreamConfig } from './config/host-upstream-config.ts';
import type { Upstream } from './messages/upstream.ts';
import { equipUpstream } from './upstreams/equip-upstream.ts';
import { makeAzureUpstream } from './wire-azure.ts';
import { eachCredential } from './wire-host-credentials.ts';
import type { HostMaking } from './wire-host-parts.ts';
import { hostSecret, secretDigest } from './wire-host-parts.ts';
import { makeVertexUpstream } from './wire-vertex.ts';
import { makeWorkersAiUpstream } from './wire-workers-ai.ts';

/** An upstream at a cloud's host: what it is made from, and how. */
export interface WiredHost {
  /** The same again keeps its connections and its token. */
  readonly from: string;
  readonly make: () => Upstream;
}

const kinds: ReadonlySet<UpstreamConfig['kind']> = new Set<HostUpstreamConfig['kind']>([
  'azure',
  'vertex',
  'workers-ai',
]);

/** Whether an upstream stands at a cloud's host. */
export function isHostUpstream(upstream: UpstreamConfig): upstream is HostUpstreamConfig {
  return kinds.has(upstream.kind);
}

/** How an upstream at a cloud's host comes about, one for each of its credentials. */
export function wireHostUpstream(all: HostMaking): readonly WiredHost[] {
  return eachCredential(all).map((making, credential, { length }) => {
    const { upstream, config, wiring } = making;
    const more = length === 1 ? {} : { credential };
    const from = JSON.stringify([upstream, more, madeFrom(config), keyDigest(making)]);
    const equipment = { clock: wiring.clock, totalMs: upstream.timeouts.total_ms, ...more };
    return { from, make: () => equipUpstream(makeHostUpstream(making), equipment) };
  });
}

function makeHostUpstream(making: HostMaking): Upstream {
  const { upstream, ...rest } = making;
  switch (upstream.kind) {
    case 'azure':
      return makeAzureUpstream({ ...rest, upstream });
    case 'vertex':
      return makeVertexUpstream({ ...rest, upstream });
    case 'workers-ai':
      return makeWorkersAiUpstream({ ...rest, upstream });
  }
}

/** What of the configuration besides its own entry such an upstream is made from. */
function madeFrom({ emulator, limits }: Config): readonly unknown[] {
  return [emulator.profile, limits.answer_bytes_max];
}

/** A key that was changed behind the same reference makes the upstream anew; tokens are read anew anyway. */
function keyDigest(making: HostMaking): string {
  const { upstream } = making;
  const key = 'api_key' in upstream ? upstream.api_key : undefined;
  const file = 'credentials' in upstream ? upstream.credentials : undefined;
  if (key !== undefined) return secretDigest(hostSecret(making, 'api_key', key));
  return file === undefined ? '' : secretDigest(hostSecret(making, 'credentials', file));
}
