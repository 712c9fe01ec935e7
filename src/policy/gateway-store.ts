import type { GatewayPolicy } from './gateway-policy.ts';

/** Most gateways of one account. The service has 10 or 20 (Workers reference §3.14). */
export const GATEWAYS_MAX = 1000;

/** Where gateways live. Each belongs to an account; writes resolve once they are durable. */
export interface GatewayStore {
  find(account: string, id: string): GatewayPolicy | undefined;
  /** All of an account, the oldest first. */
  list(account: string): readonly GatewayPolicy[];
  /** Whether it was made: no where there is one of that id, or one too many of the account. */
  insert(policy: GatewayPolicy): Promise<boolean>;
  /** Whether there was one of that id, which is now this one. */
  replace(policy: GatewayPolicy): Promise<boolean>;
  /** Whether there was one; the keys that were stored for it go with it. */
  remove(account: string, id: string): Promise<boolean>;
}
