import type { Principal } from '../access/authenticate.ts';
import type { KeyRate } from '../access/key-store.ts';
import type {
  RateDemand,
  RateExcess,
  RateLimits,
  RateMeter,
  RateRules,
} from '../limits/rate-limits.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Operation } from '../messages/upstream.ts';
import type { AuthenticatedExchange, DecodedExchange } from './exchange.ts';
import { findKnownModel } from './find-known-model.ts';

/** What a token has of a body, more or less: what was estimated is put right when it is known. */
const BYTES_PER_TOKEN = 4;
/** Reserved for an answer of which nobody says how long it may be. */
const OUTPUT_TOKENS_ASSUMED = 32_000;
const MS_PER_SECOND = 1000;

/** Operations that use tokens; all others count as a request and no more. */
const tokenOperations: ReadonlySet<Operation> = new Set(['messages.create', 'complete.create']);

/** Where the limits of the caller's key stand, for replies to requests that do not come to be admitted. */
export async function lookAtLimits(exchange: AuthenticatedExchange): Promise<void> {
  const { walk, principal, permit } = exchange;
  const rules = rulesOf(exchange);
  if (rules === undefined || walk.rateLimits === undefined) return;
  permit.note(await walk.rateLimits.look(principal.keyId, rules));
}

/**
 * Stage 7 of the walk for keys: requests, input tokens, output tokens and concurrency, all of them
 * or none. It comes before anything that costs, so what it refuses holds nothing; case L11. Items of
 * a batch have their turn when the gateway says, so they count as the one request that brought them.
 */
export async function admitKey(exchange: DecodedExchange): Promise<Refusal | undefined> {
  return admit(exchange, amountsOf(exchange));
}

/** The same for a request that cannot be read: it was work to find that out, so it counts as one. */
export async function admitUnread(exchange: AuthenticatedExchange): Promise<Refusal | undefined> {
  return admit(exchange, ONE_REQUEST);
}

/**
 * The same for what is no exchange: questions about the account, its gateways and the catalog. They
 * count against the requests of the key, whose limits they neither wait for nor hold.
 */
export async function admitQuestion(
  { keyId, rate }: Pick<Principal, 'keyId' | 'rate'>,
  limits: RateLimits | undefined,
): Promise<Refusal | undefined> {
  const { requests } = perMinuteOf(rate);
  if (requests === undefined || limits === undefined) return undefined;
  const rules = { perMinute: { requests } };
  const admitted = await limits.admit({ subject: keyId, rules, amounts: ONE_REQUEST });
  if (admitted.kind === 'excess') return tooMuch(admitted);
  admitted.giveBack({});
  return undefined;
}

const ONE_REQUEST: RateDemand['amounts'] = { requests: 1, 'input-tokens': 0, 'output-tokens': 0 };

async function admit(
  exchange: AuthenticatedExchange,
  amounts: RateDemand['amounts'],
): Promise<Refusal | undefined> {
  const { walk, principal, permit, request } = exchange;
  const rules = rulesOf(exchange);
  const isBatchItem = request.onBehalf?.batchItem !== undefined;
  if (rules === undefined || walk.rateLimits === undefined || isBatchItem) return undefined;
  const admitted = await walk.rateLimits.admit({
    subject: principal.keyId,
    rules,
    amounts,
  });
  if (admitted.kind === 'permit') {
    permit.hold(admitted);
    return undefined;
  }
  permit.note(admitted.standings);
  return tooMuch(admitted);
}

/** The key's own limits, and the configured number of requests at once where it has none for that. */
function rulesOf({ principal, settings }: AuthenticatedExchange): RateRules | undefined {
  const { rate } = principal;
  const concurrency = rate?.concurrency ?? settings.concurrencyPerKey;
  if (rate === null && concurrency === undefined) return undefined;
  return { perMinute: perMinuteOf(rate), ...(concurrency === undefined ? {} : { concurrency }) };
}

function perMinuteOf(rate: KeyRate | null): RateRules['perMinute'] {
  const { requestsPerMinute, inputTokensPerMinute, outputTokensPerMinute } = rate ?? {};
  return {
    ...(requestsPerMinute === undefined ? {} : { requests: requestsPerMinute }),
    ...(inputTokensPerMinute === undefined ? {} : { 'input-tokens': inputTokensPerMinute }),
    ...(outputTokensPerMinute === undefined ? {} : { 'output-tokens': outputTokensPerMinute }),
  };
}

function amountsOf(exchange: DecodedExchange): Readonly<Record<RateMeter, number>> {
  const { call, request } = exchange;
  if (!tokenOperations.has(request.operation)) {
    return ONE_REQUEST;
  }
  return {
    requests: 1,
    'input-tokens': Math.ceil(call.request.body.length / BYTES_PER_TOKEN),
    'output-tokens': call.maxTokens ?? longestAnswer(exchange),
  };
}

function longestAnswer({ call, settings, startedAtMs }: DecodedExchange): number {
  const named = call.modelId ?? call.model;
  const model = named === undefined ? undefined : findKnownModel(named, settings, startedAtMs);
  return model?.outputTokensMax ?? OUTPUT_TOKENS_ASSUMED;
}

const nouns: Readonly<Record<RateMeter, string>> = {
  requests: 'requests',
  'input-tokens': 'input tokens',
  'output-tokens': 'output tokens',
};

function tooMuch({ over, limit, retryAfterMs }: RateExcess): Refusal {
  const seconds = Math.ceil(retryAfterMs / MS_PER_SECOND);
  const rule =
    over === 'concurrency'
      ? `${String(limit)} requests at once`
      : `${String(limit)} ${nouns[over]} per minute`;
  const text = `This request would exceed the rate limit of your key of ${rule}. Please try again in ${String(seconds)} ${seconds === 1 ? 'second' : 'seconds'}.`;
  return refusal('rate_limited', text, { retryAfterMs });
}
