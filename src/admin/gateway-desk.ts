import type { Refusal } from '../messages/errors.ts';
import type { StoredPolicy } from '../policy/access-policy.ts';
import type { DynamicRoute, RouteVersion } from '../policy/dynamic-route.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import type { ProviderKeyRecord } from '../policy/provider-key-store.ts';
import type { JsonObject } from '../std/json.ts';

/** Names one AI gateway of one account. */
export interface GatewayName {
  readonly account: string;
  readonly id: string;
}

/** Which AI gateways are wanted: those behind one, in the order of their names. */
export interface GatewaysWanted {
  /** All accounts' where absent. */
  readonly account?: string | undefined;
  readonly after?: GatewayName | undefined;
  readonly limit: number;
}

/** What belongs to one AI gateway. */
export interface GatewayBelongings {
  readonly accessPolicies: readonly StoredPolicy[];
  readonly providerKeys: readonly ProviderKeyRecord[];
  readonly dynamicRoutes: readonly {
    readonly route: DynamicRoute;
    /** The newest first. */
    readonly versions: readonly RouteVersion[];
  }[];
}

/** What is to become of a gateway that was read. */
export interface RemovingOrder {
  /** Whether the gateway has to say still what it was read to say, when the write lands. */
  readonly onlyIfSame: boolean;
}

/** Settings that take the place of those of a gateway that was read. */
export interface ReplacingOrder extends RemovingOrder {
  readonly settings: JsonObject;
  readonly atMs: number;
}

/**
 * The AI gateways of all accounts, by the orders that their owners give over the account's own API: a
 * gateway is the same whoever writes it.
 */
export interface GatewayDesk {
  page(wanted: GatewaysWanted): readonly GatewayPolicy[];
  find(name: GatewayName): GatewayPolicy | undefined;
  belongingsOf(name: GatewayName): GatewayBelongings;
  /** Its settings as the account's own API shows them. */
  encode(policy: GatewayPolicy): JsonObject;
  make(name: GatewayName, settings: JsonObject, atMs: number): Promise<GatewayPolicy | Refusal>;
  replace(before: GatewayPolicy, order: ReplacingOrder): Promise<GatewayPolicy | Refusal>;
  /** With its keys, rules, routes and logs. */
  remove(before: GatewayPolicy, order: RemovingOrder): Promise<GatewayPolicy | Refusal>;
}
