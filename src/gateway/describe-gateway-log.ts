import { chatNameOf, resolveAnyName } from '../catalog/resolve-model.ts';
import type { ContentAction } from '../policy/content-rules.ts';
import { strictest } from '../policy/judge-content.ts';
import type { Usage } from '../messages/usage.ts';
import { customCostUsd, usdOf } from '../metering/custom-cost.ts';
import { priceUsage } from '../metering/price-usage.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { GatewayUse } from './exchange.ts';
import type { SettledLog } from './gateway-log-draft.ts';
import { isGivenAgain } from './given-again.ts';
import { headerIn } from './header-in.ts';
import type { EndedExchange } from './settle-request.ts';

/** What every model of the registry does. */
const MODEL_TYPE = 'Text Generation';
/** Longest text of a caller's that a row holds. */
const LETTERS_MAX = 256;

/** How a request ended, and all that was used for it. */
export interface EndedRequest {
  readonly record: RequestRecord;
  readonly usage: Usage;
}

/** The log of a request that has ended, as far as the exchange says it; Workers reference §3.11. */
export function describeGatewayLog(
  exchange: EndedExchange,
  gateway: GatewayUse,
  ended: EndedRequest,
): SettledLog {
  const { request, call } = exchange;
  const { policy, options, ids } = gateway;
  const { record, usage } = ended;
  const userAgent = request.headers['user-agent'];
  return {
    id: ids.logId,
    requestId: ids.requestId,
    eventId: ids.eventId,
    account: policy.account,
    gatewayId: policy.id,
    createdAtMs: gateway.startedAtMs,
    durationMs: Math.round(record.totalMs - (gateway.startedMs - exchange.startedMs)),
    ...namesOf(exchange),
    modelType: MODEL_TYPE,
    path: request.upstreamPath.replace(/^\//, ''),
    requestType: record.dialect,
    requestContentType: cut(headerIn(call?.request.headers ?? [], 'content-type')),
    statusCode: record.status,
    isSuccess: isSuccess(record),
    isCached: isGivenAgain(exchange),
    tokensIn: tokensIn(usage),
    tokensOut: usage.outputTokens,
    ...costOf(exchange, gateway, ended),
    metadata: options.metadata,
    step: call?.gateway?.step?.index,
    isAuthenticated: call?.gateway?.isAuthenticated ?? false,
    isWholesale: call?.request.providerKey === undefined,
    isTranslated: call?.request.native !== undefined,
    userAgent: cut(typeof userAgent === 'string' ? userAgent : undefined),
    requestBytes: requestBodyOf(exchange).length,
    responseBytes: record.responseBytes,
    feedback: undefined,
    score: undefined,
    dataLossAction: dataLossAction(exchange),
    content: exchange.content,
  };
}

/** What the caller said, in its own form where the exchange still has that. */
export function requestBodyOf({ call }: EndedExchange): Uint8Array {
  return call?.request.native?.body ?? call?.request.body ?? NOTHING;
}

const NOTHING = new Uint8Array(0);

function isSuccess({ status, errorCode }: RequestRecord): boolean {
  return status < 400 && errorCode === undefined;
}

/** A model of the registry has the name `author/model`, whatever it was called by. */
function namesOf({ call, routed, settings, upstream }: EndedExchange): {
  readonly provider: string;
  readonly model: string;
} {
  const name = routed?.model ?? call?.model ?? '';
  const known = resolveAnyName(name, settings.profile);
  if (known === undefined) {
    const provider = upstream?.name ?? routed?.provider ?? 'none';
    return { provider: cut(provider) ?? '', model: cut(name) ?? '' };
  }
  const model = known.formNames.workersAi[0] ?? chatNameOf(known);
  return { provider: model.slice(0, model.indexOf('/')), model };
}

/** What was done about data in the texts; nothing where there was none. */
function dataLossAction({ content }: EndedExchange): ContentAction | undefined {
  const found = content?.dataLoss ?? [];
  return found.length === 0 ? undefined : strictest(found);
}

function cut(text: string | undefined): string | undefined {
  return text?.slice(0, LETTERS_MAX);
}

function tokensIn({
  inputTokens,
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
}: Usage): number | undefined {
  if (inputTokens === undefined) return undefined;
  // Each count is a safe integer; what a row holds is one too.
  return Math.min(inputTokens + cacheReadTokens + cacheWriteTokens, Number.MAX_SAFE_INTEGER);
}

/**
 * Answers that are given again and requests that failed cost nothing, whoever says the price; an
 * answer that is held back costs what it did.
 */
export function costOf(
  { call, settings, spent, ...exchange }: EndedExchange,
  { options: { customCost } }: GatewayUse,
  { record: { status, startedAtMs }, usage }: EndedRequest,
): { readonly cost: number | undefined; readonly isCustomCost: boolean } {
  const isFree = isGivenAgain(exchange) || (status >= 400 && spent === undefined);
  if (isFree) return { cost: 0, isCustomCost: false };
  if (customCost !== undefined) {
    return { cost: customCostUsd(customCost, usage), isCustomCost: true };
  }
  const known = resolveAnyName(call?.model ?? '', settings.profile);
  const nanoUsd = known === undefined ? undefined : priceUsage(usage, known.prices, startedAtMs);
  return { cost: nanoUsd === undefined ? undefined : usdOf(nanoUsd), isCustomCost: false };
}
