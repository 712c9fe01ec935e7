import type { Principal } from '../access/authenticate.ts';
import type { Scope } from '../access/scopes.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { GatewayApiRequest } from '../gateway/gateway-api.ts';
import type { Walk, WalkReply, WalkRequest } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import type { AccessPolicyStore } from '../policy/access-policy-store.ts';
import type { DynamicRouteStore } from '../policy/dynamic-route-store.ts';
import type { GatewayLogs } from '../policy/gateway-log.ts';
import type { GatewayStore } from '../policy/gateway-store.ts';
import type { ProviderKeyStore } from '../policy/provider-key-store.ts';
import type { JsonObject } from '../std/json.ts';
import type { Random } from '../std/random.ts';

/** What the answers are made from. */
export interface ApiParts {
  readonly walk: Walk;
  readonly gateways: GatewayStore;
  readonly providerKeys: ProviderKeyStore;
  readonly dynamicRoutes: { readonly store: DynamicRouteStore };
  readonly accessPolicies: AccessPolicyStore;
  /** Absent where no logs are kept. */
  readonly logs: GatewayLogs | undefined;
  readonly random: Random;
  /** Where callers reach the gateway; without a slash at its end. */
  readonly publicUrl: () => string;
}

/** A request of a known account to one route. */
export interface ApiCall {
  readonly account: string;
  readonly principal: Principal;
  /** What stands in the place of each `{name}` of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: HeaderMap;
  readonly requestId: string;
  readonly atMs: number;
  readonly parts: ApiParts;
  /** The request as it came, for what walks with it. */
  readonly request: GatewayApiRequest;
  /** Told how what walks with it ended. */
  readonly onSettled?: WalkRequest['onSettled'];
  /** The body, which has to be a JSON object. */
  readonly readObject: () => Promise<JsonObject | Refusal>;
}

/** What a route answers; it is put into the envelope of the route's face, or goes as it is. */
export type ApiAnswer =
  | {
      readonly kind: 'result';
      readonly result: object | string | null;
      /** Of lists; Workers reference §2.2. */
      readonly resultInfo?: object;
      /** What the envelope has beside the result, for clients that look for it there. */
      readonly members?: object;
    }
  | { readonly kind: 'reply'; readonly reply: WalkReply };

/**
 * Who asks: the class behind `env.AI`, or whoever uses the account's API. Their envelopes differ;
 * Workers reference §1.6, §2.2. What either asks of a gateway's providers is answered as on the
 * gateway's own URLs.
 */
export type ApiFace = 'binding' | 'account' | 'gateway-host' | 'gateway-binding';

/** One route of the API about gateways. `{name}` stands for one segment of a path. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly face: ApiFace;
  /** What a key needs for it, where that is not to read or to write gateways. */
  readonly scope?: Scope;
  /** Whether what it does counts against the limits of the key by itself. */
  readonly walks?: boolean;
  readonly answer: (call: ApiCall) => ApiAnswer | Refusal | Promise<ApiAnswer | Refusal>;
}

/** The scope that a key needs for a route: what reads takes that for reading, all else for writing. */
export function scopeOfRoute({ method, scope }: Pick<ApiRoute, 'method' | 'scope'>): Scope {
  return scope ?? (method === 'GET' ? 'gateways:read' : 'gateways:write');
}
