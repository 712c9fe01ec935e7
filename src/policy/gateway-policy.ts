import type { Backoff } from '../ai-gateway-form/gateway-call.ts';
import { DEFAULT_GATEWAY_ID } from '../ai-gateway-form/gateway-call.ts';
import type { ContentRules } from './content-rules.ts';
import type { SpendLimits } from './spend-limits.ts';

/** How many requests a gateway lets through; Workers reference §3.6. */
export interface GatewayRateLimit {
  readonly limit: number;
  readonly intervalSeconds: number;
  /** Fixed windows are aligned to the clock; a sliding one is the last seconds. */
  readonly technique: 'fixed' | 'sliding';
}

/** How often a gateway asks an upstream, where a request does not say it; Workers reference §3.7. */
export interface GatewayRetry {
  /** All tries, the first one too. */
  readonly maxAttempts: number;
  readonly delayMs: number;
  readonly backoff: Backoff;
}

/** What becomes of a log that would be one too many; Workers reference §3.12. */
export type LogManagementStrategy = 'STOP_INSERTING' | 'DELETE_OLDEST';

/** A named policy of an account, which its requests go through; Workers reference §3.12. */
export interface GatewayPolicy {
  readonly account: string;
  readonly id: string;
  /** Null or 0: nothing is cached unless a request asks for it by a key of its own. */
  readonly cacheTtlSeconds: number | null;
  readonly cacheInvalidateOnUpdate: boolean;
  readonly collectLogs: boolean;
  readonly rateLimit: GatewayRateLimit | undefined;
  readonly retry: GatewayRetry | undefined;
  readonly content: ContentRules;
  /** Absent where as much may be spent as there is. */
  readonly spendLimits?: SpendLimits;
  /** Whether calls on the gateway's own host have to prove themselves to the gateway as such. */
  readonly authentication: boolean;
  /** Whether only providers' keys of the account's own may be used. */
  readonly byokOnly: boolean;
  /** Most logs that are kept; null is the gateway's own bound. */
  readonly logManagement: number | null;
  readonly logManagementStrategy: LogManagementStrategy;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** The policy with which `default` is made when it is first used; Workers reference §3.4. */
export function defaultGateway(account: string, atMs: number): GatewayPolicy {
  return {
    account,
    id: DEFAULT_GATEWAY_ID,
    cacheTtlSeconds: 0,
    cacheInvalidateOnUpdate: false,
    collectLogs: true,
    rateLimit: undefined,
    retry: undefined,
    content: { guardrails: undefined, dataLoss: undefined },
    authentication: true,
    byokOnly: false,
    logManagement: null,
    logManagementStrategy: 'DELETE_OLDEST',
    isDefault: true,
    createdAtMs: atMs,
    modifiedAtMs: atMs,
  };
}
