import type { GatewayPolicy } from './gateway-policy.ts';

/** Most gateways of one account. The service has 10 or 20 (Workers reference §3.14). */
export const GATEWAYS_MAX = 1000;

/** Which gateways of an account are wanted: those with a text in their names, and which part of them. */
export interface GatewaySearch {
  readonly search: string;
  readonly offset: number;
  readonly limit: number;
}

export interface FoundGateways {
  readonly gateways: readonly GatewayPolicy[];
  /** Of all that were found, the rest too. */
  readonly count: number;
}

/** Where gateways live. Each belongs to an account; writes resolve once they are durable. */
export interface GatewayStore {
  find(account: string, id: string): GatewayPolicy | undefined;
  /** Those of an account, the oldest first. */
  list(account: string, wanted: GatewaySearch): FoundGateways;
  /** Whether it was made: no where there is one of that id, or one too many of the account. */
  insert(policy: GatewayPolicy): Promise<boolean>;
  /**
   * Whether there was one of that id, which is now this one. Where `before` is given it has to say
   * the same still: that is looked at in the same step, so nobody's write comes in between.
   */
  replace(policy: GatewayPolicy, before?: GatewayPolicy): Promise<boolean>;
  /** Whether there was one, which is gone with all that belongs to it; `before` as with `replace`. */
  remove(account: string, id: string, before?: GatewayPolicy): Promise<boolean>;
}
