import type { ProviderKey } from '../messages/upstream.ts';

/** Request headers by lower-case name. */
export type GatewayHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The gateway that every account has without making it; Workers reference §3.4. */
export const DEFAULT_GATEWAY_ID = 'default';

/** What a gateway's id is made of; Workers reference §3.14. */
export const gatewayIdPattern: RegExp = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?$/;

/** What a request says of the gateway that it goes through. */
export interface GatewayCall {
  readonly id: string;
  readonly options: GatewayOptions;
  /**
   * Whether it proved itself to the gateway as such. Calls of the binding and of the account's API
   * always have; on the gateway's own host a credential may be a provider's. Workers reference §3.4.
   */
  readonly isAuthenticated: boolean;
  /** The key for the provider that the request brings itself; it goes before every other. */
  readonly providerKey?: ProviderKey;
  /** Which step of a request with several it is; absent where it is the whole of one. */
  readonly step?: GatewayStep;
}

/** One step of a universal request. Each has a log of its own, and they share the request's id. */
export interface GatewayStep {
  readonly index: number;
  /** That of the whole request, as `cf-aig-request-id` says it; that of the log where absent. */
  readonly requestId?: string;
}

/** How waits grow between attempts. */
export type Backoff = 'constant' | 'linear' | 'exponential';

/** Values that the metadata of a request may have. */
export type MetadataValue = string | number | boolean | null;

/** What a caller says that a request costs, in USD; Workers reference §3.2. */
export type CustomCost =
  | { readonly kind: 'total'; readonly total: number }
  | {
      readonly kind: 'per-token';
      readonly input: number;
      readonly output: number;
      /** Both or none: where one is given, the other is what input costs. */
      readonly cacheRead?: number;
      readonly cacheWrite?: number;
    };

/**
 * What one request asks of its gateway, whichever way it says so; Workers reference §1.3, §3.2. What
 * is absent was not said, and the gateway's own setting holds.
 */
export interface GatewayOptions {
  readonly skipCache?: boolean;
  /** 0 turns the cache off for this request. */
  readonly cacheTtlSeconds?: number;
  readonly cacheKey?: string;
  /** Flat, in the caller's order, at most five. */
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
  readonly collectLog?: boolean;
  readonly collectLogPayload?: boolean;
  readonly eventId?: string;
  /** To the first byte of an answer. */
  readonly requestTimeoutMs?: number;
  /** All tries, the first one too. */
  readonly maxAttempts?: number;
  readonly retryDelayMs?: number;
  readonly backoff?: Backoff;
  readonly customCost?: CustomCost;
  readonly providerKeyAlias?: string;
  /** Nothing but a provider's key may be used: one of the request, or a stored one. */
  readonly needsProviderKey?: boolean;
}

/** Options as they were read, and the names of those that were sent and have no effect. */
export interface ReadOptions {
  readonly kind: 'options';
  readonly options: GatewayOptions;
  readonly ignored: readonly string[];
}
