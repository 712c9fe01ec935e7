import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { resolveGateway } from '../policy/resolve-gateway.ts';
import { beginGatewayLog, gatewayIds } from './begin-gateway-log.ts';
import type { DecodedExchange } from './exchange.ts';

/**
 * Stage 6 of the walk: the gateway that the request goes through, and whether it may. Requests of
 * routes that belong to none pass as they are. Workers reference §3.4.
 */
export async function applyGateway(exchange: DecodedExchange): Promise<DecodedExchange | Refusal> {
  const { call, principal, walk, startedMs, startedAtMs } = exchange;
  if (call.gateway === undefined) return exchange;
  const { id, options, isAuthenticated } = call.gateway;
  const owner = { account: principal.account, atMs: startedAtMs };
  const policy = await resolveGateway(id, owner, walk.gateways);
  if (isRefusal(policy)) return policy;
  if (policy.authentication && !isAuthenticated) return unauthenticatedAt(id);
  const ids = gatewayIds(exchange, call.gateway);
  const log = beginGatewayLog(walk, call.gateway, policy);
  return { ...exchange, gateway: { policy, options, ids, startedMs, startedAtMs, log } };
}

/** Case G11: the key is one, and it is not where a gateway with authentication looks for it. */
export function unauthenticatedAt(id: string): Refusal {
  return refusal(
    'unauthenticated',
    `The gateway "${id}" asks for authentication: send a key of it as the header "cf-aig-authorization: Bearer <key>" of the request itself.`,
    { reason: 'gateway_unauthenticated' },
  );
}
