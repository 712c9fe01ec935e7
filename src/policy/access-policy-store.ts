import type { StoredPolicy } from './access-policy.ts';

/** Whose policies are meant. */
export interface GovernedGateway {
  readonly account: string;
  readonly gatewayId: string;
}

/** Most policies of one gateway. */
export const POLICIES_MAX = 100;

/** Where policies of gateways live. Writes resolve once they are durable. */
export interface AccessPolicyStore {
  /** All of a gateway, the oldest first. */
  list(gateway: GovernedGateway): readonly StoredPolicy[];
  /** Whether it was made: no where there are as many as there may be. */
  insert(stored: StoredPolicy): Promise<boolean>;
  /** Whether there was one of that id, which is now this one. */
  replace(stored: StoredPolicy): Promise<boolean>;
  /** Whether there was one. */
  remove(gateway: GovernedGateway, id: string): Promise<boolean>;
}
