import { DEFAULT_GATEWAY_ID } from '../ai-gateway-form/gateway-call.ts';
import { unknownGateway } from '../ai-gateway-form/read-gateway-id.ts';
import type { Refusal } from '../messages/errors.ts';
import type { GatewayPolicy } from './gateway-policy.ts';
import { defaultGateway } from './gateway-policy.ts';
import type { GatewayStore } from './gateway-store.ts';

/** Whose gateway is looked for, and when. */
export interface GatewayOwner {
  readonly account: string;
  readonly atMs: number;
}

/**
 * The policy behind a gateway's name. `default` is made where it is not there: on first use, and
 * again after somebody removed it (Workers reference §3.4). Without a store it is all there is.
 */
export async function resolveGateway(
  id: string,
  { account, atMs }: GatewayOwner,
  store: GatewayStore | undefined,
): Promise<GatewayPolicy | Refusal> {
  const found = store?.find(account, id);
  if (found !== undefined) return found;
  if (id !== DEFAULT_GATEWAY_ID) return unknownGateway(id);
  const made = defaultGateway(account, atMs);
  if (store === undefined || (await store.insert(made))) return made;
  // Another request of the account was first, or the account has as many gateways as it may.
  return store.find(account, id) ?? made;
}
