import type { Backoff } from '../ai-gateway-form/gateway-call.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { DELAY_MS } from '../policy/attempt-rules.ts';
import type {
  GatewayPolicy,
  GatewayRateLimit,
  GatewayRetry,
  LogManagementStrategy,
} from '../policy/gateway-policy.ts';
import { readSpendLimits } from '../policy/read-spend-limits.ts';
import type { SpendLimits } from '../policy/spend-limits.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { invalidMember } from './invalid-member.ts';
import { readDataLoss, readGuardrails } from './read-content-rules.ts';

/** What whoever makes or replaces a gateway decides of it. */
export type GatewaySettings = Omit<
  GatewayPolicy,
  'account' | 'id' | 'isDefault' | 'createdAtMs' | 'modifiedAtMs'
>;

/** Every member that a body has to have, which makes a PUT a replacement; Workers reference §3.12. */
const required = [
  'cache_invalidate_on_update',
  'cache_ttl',
  'collect_logs',
  'rate_limiting_interval',
  'rate_limiting_limit',
] as const;

/** Members of the service's gateways that have no effect here: nothing may be asked of them. */
const unserved: ReadonlySet<string> = new Set([
  'log_classification',
  'logpush',
  'logpush_public_key',
  'otel',
  'store_id',
  'stripe',
  'zdr',
]);

/** Members with a form of their own. */
const readElsewhere: ReadonlySet<string> = new Set(['guardrails', 'dlp', 'spend_limits']);

/** What the service makes itself and clients send back with the rest. */
const readOnly: ReadonlySet<string> = new Set([
  'id',
  'is_default',
  'created_at',
  'modified_at',
  'account_id',
  'account_tag',
  'internal_id',
  'workers_ai_billing_mode',
]);

interface Member<Value> {
  readonly expected: string;
  /** Undefined where it is none. */
  readonly read: (given: JsonValue) => Value | undefined;
  /** What an absent member means. */
  readonly absent: Value;
}

const INTERVAL_SECONDS_MAX = 31 * 24 * 60 * 60;
const CACHE_TTL_SECONDS_MAX = 31 * 24 * 60 * 60;

const flag = (absent: boolean): Member<boolean> => ({
  expected: 'true or false',
  read: (given) => (typeof given === 'boolean' ? given : undefined),
  absent,
});

const count = (least: number, most: number): Member<number | null> => ({
  expected: `null or a whole number from ${String(least)} to ${String(most)}`,
  read: (given) => (given === null || isWithin(given, least, most) ? given : undefined),
  absent: null,
});

function isWithin(given: JsonValue, least: number, most: number): given is number {
  return Number.isSafeInteger(given) && Number(given) >= least && Number(given) <= most;
}

function word<Word extends string>(words: readonly Word[], absent: Word): Member<Word> {
  return {
    expected: words.join(' or '),
    read: (given) => (given === null ? absent : words.find((known) => known === given)),
    absent,
  };
}

/** Every member that has an effect, in one table; bounds of Workers reference §3.7, §3.12, §3.14. */
const members = {
  cache_invalidate_on_update: flag(false),
  cache_ttl: count(0, CACHE_TTL_SECONDS_MAX),
  collect_logs: flag(true),
  rate_limiting_interval: count(0, INTERVAL_SECONDS_MAX),
  rate_limiting_limit: count(0, Number.MAX_SAFE_INTEGER),
  rate_limiting_technique: word<GatewayRateLimit['technique']>(['fixed', 'sliding'], 'fixed'),
  retry_max_attempts: count(1, 5),
  retry_delay: count(0, 5000),
  retry_backoff: word<Backoff>(['constant', 'linear', 'exponential'], 'constant'),
  authentication: flag(false),
  byok_only: flag(false),
  log_management: count(1, Number.MAX_SAFE_INTEGER),
  log_management_strategy: word<LogManagementStrategy>(
    ['STOP_INSERTING', 'DELETE_OLDEST'],
    'DELETE_OLDEST',
  ),
} as const;

type MemberName = keyof typeof members;
type Values = {
  readonly [Name in MemberName]: NonNullable<ReturnType<(typeof members)[Name]['read']>> | null;
};

/** Reads the settings of a gateway out of a body, or says which member of it is wrong. */
export function readGatewaySettings(body: JsonObject): GatewaySettings | Refusal {
  for (const name of required) {
    if (!Object.hasOwn(body, name)) return invalidMember(name, 'required');
  }
  const strange = Object.keys(body).find((name) => !isKnown(name, body[name] ?? null));
  if (strange !== undefined) return invalidMember(strange, strangeText(strange));
  const values: Partial<Record<MemberName, unknown>> = {};
  for (const [name, member] of Object.entries(members) as readonly [
    MemberName,
    Member<unknown>,
  ][]) {
    const given = body[name];
    const value = given === undefined ? member.absent : member.read(given);
    if (value === undefined) return invalidMember(name, `expected ${member.expected}`);
    values[name] = value;
  }
  // Each value was read by the member of its own name.
  return settingsOf(values as Values, body);
}

function settingsOf(values: Values, body: JsonObject): GatewaySettings | Refusal {
  const rateLimit = rateLimitOf(values);
  if (rateLimit !== undefined && isRefusal(rateLimit)) return rateLimit;
  const spendLimits = readSpend(body['spend_limits']);
  if (spendLimits !== undefined && isRefusal(spendLimits)) return spendLimits;
  const guardrails = readGuardrails(body['guardrails']);
  if (guardrails !== undefined && isRefusal(guardrails)) return guardrails;
  const dataLoss = readDataLoss(body['dlp']);
  if (dataLoss !== undefined && isRefusal(dataLoss)) return dataLoss;
  return {
    cacheTtlSeconds: values.cache_ttl,
    cacheInvalidateOnUpdate: values.cache_invalidate_on_update === true,
    collectLogs: values.collect_logs === true,
    rateLimit,
    retry: retryOf(values, body),
    content: { guardrails, dataLoss },
    ...(spendLimits === undefined ? {} : { spendLimits }),
    authentication: values.authentication === true,
    byokOnly: values.byok_only === true,
    logManagement: values.log_management,
    logManagementStrategy: values.log_management_strategy ?? 'DELETE_OLDEST',
  };
}

function readSpend(given: JsonValue | undefined): SpendLimits | Refusal | undefined {
  return given === undefined || given === null ? undefined : readSpendLimits(given);
}

/** Zero is none, as null is. A limit without an interval would mean nothing. */
function rateLimitOf(values: Values): GatewayRateLimit | Refusal | undefined {
  const limit = values.rate_limiting_limit ?? 0;
  const intervalSeconds = values.rate_limiting_interval ?? 0;
  if (limit === 0 && intervalSeconds === 0) return undefined;
  if (intervalSeconds === 0)
    return invalidMember('rate_limiting_interval', 'a limit needs an interval');
  if (limit === 0) return undefined;
  return { limit, intervalSeconds, technique: values.rate_limiting_technique ?? 'fixed' };
}

function retryOf(values: Values, body: JsonObject): GatewayRetry | undefined {
  const said = [body['retry_max_attempts'], body['retry_delay'], body['retry_backoff']];
  if (said.every((value) => (value ?? null) === null)) return undefined;
  return {
    maxAttempts: values.retry_max_attempts ?? 1,
    delayMs: values.retry_delay ?? DELAY_MS,
    backoff: values.retry_backoff ?? 'constant',
  };
}

function isKnown(name: string, value: JsonValue): boolean {
  if (Object.hasOwn(members, name) || readOnly.has(name)) return true;
  if (readElsewhere.has(name)) return true;
  return unserved.has(name) && asksForNothing(value);
}

/** Clients send back what they were shown: what is off, empty or absent asks for nothing. */
function asksForNothing(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) {
    return (
      value['enabled'] === false || Object.values(value).every((inner) => asksForNothing(inner))
    );
  }
  return value === null || value === false || value === '';
}

function strangeText(name: string): string {
  return unserved.has(name)
    ? 'this gateway does not have it; leave it out or turn it off'
    : 'no such member';
}
