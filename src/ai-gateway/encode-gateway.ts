import type { ContentRules } from '../policy/content-rules.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { encodeSpendLimits } from '../policy/spend-limits.ts';
import type { JsonObject } from '../std/json.ts';

/** A gateway as the account's API shows it; Workers reference §3.12. */
export function encodeGateway(policy: GatewayPolicy): JsonObject {
  const { rateLimit, retry, content } = policy;
  return {
    id: policy.id,
    authentication: policy.authentication,
    byok_only: policy.byokOnly,
    cache_invalidate_on_update: policy.cacheInvalidateOnUpdate,
    cache_ttl: policy.cacheTtlSeconds,
    collect_logs: policy.collectLogs,
    created_at: new Date(policy.createdAtMs).toISOString(),
    ...encodeContentRules(content),
    is_default: policy.isDefault,
    log_management: policy.logManagement,
    log_management_strategy: policy.logManagementStrategy,
    logpush: false,
    logpush_public_key: null,
    modified_at: new Date(policy.modifiedAtMs).toISOString(),
    rate_limiting_interval: rateLimit?.intervalSeconds ?? null,
    rate_limiting_limit: rateLimit?.limit ?? null,
    rate_limiting_technique: rateLimit?.technique ?? null,
    retry_backoff: retry?.backoff ?? null,
    retry_delay: retry?.delayMs ?? null,
    retry_max_attempts: retry?.maxAttempts ?? null,
    ...encodeSpending(policy),
    zdr: false,
  };
}

function encodeSpending({ spendLimits }: GatewayPolicy): JsonObject {
  return spendLimits === undefined ? {} : { spend_limits: encodeSpendLimits(spendLimits) };
}

/** What stands there was read of JSON, and is shown as it was. */
function encodeContentRules({ guardrails, dataLoss }: ContentRules): JsonObject {
  return {
    ...(dataLoss === undefined ? {} : { dlp: { ...dataLoss } as unknown as JsonObject }),
    ...(guardrails === undefined ? {} : { guardrails: { ...guardrails } }),
  };
}
