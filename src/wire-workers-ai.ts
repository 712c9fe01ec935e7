import type { WorkersAiUpstreamConfig } from './config/host-upstream-config.ts';
import type { Upstream } from './messages/upstream.ts';
import { createWorkersAiUpstream } from './upstreams/workers-ai/workers-ai-upstream.ts';
import { inputCounter } from './wire-chat-upstream.ts';
import type { HostMaking } from './wire-host-parts.ts';
import { hostOptions, knownModel, rereadBearer } from './wire-host-parts.ts';

const BASE_URL = 'https://api.cloudflare.com';

/** Makes an upstream that is Claude on Workers AI. */
export function makeWorkersAiUpstream(making: HostMaking<WorkersAiUpstreamConfig>): Upstream {
  const { upstream, config } = making;
  const { account_id: accountId, gateway, endpoint, models } = upstream;
  const source = rereadBearer(making, 'api_token', upstream.api_token ?? '');
  return createWorkersAiUpstream({
    ...hostOptions(making, BASE_URL, { credential: { kind: 'bearer', source }, models }),
    accountId,
    endpoint,
    ...(gateway === undefined ? {} : { gatewayId: gateway }),
    models,
    byDefault: (name) => {
      const model = knownModel(config, name);
      return model?.formNames.workersAi[0] ?? withAuthor(model?.id ?? name);
    },
    countInput: inputCounter(config.emulator.profile),
  });
}

function withAuthor(name: string): string {
  return name.includes('/') ? name : `anthropic/${name}`;
}
