import type { GatewayOptions, GatewayStep } from '../ai-gateway-form/gateway-call.ts';
import { readGatewayHeaders } from '../ai-gateway-form/read-gateway-headers.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import { gatewayHostDialect } from '../dialects/workers-ai/gateway-endpoints.ts';
import { beginGatewayLog } from '../gateway/begin-gateway-log.ts';
import type { GatewayIds, WalkReply } from '../gateway/exchange.ts';
import type { SettledLog } from '../gateway/gateway-log-draft.ts';
import { gatewayIdHeaders } from '../gateway/gateway-headers.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { uuidV7Of } from '../std/uuid-v7.ts';
import type { ApiCall } from './api-route.ts';

/** A universal request that its gateway let in. */
export interface UniversalEntry {
  readonly policy: GatewayPolicy;
  /** Whether it showed the gateway's own token, or has shown its key already. */
  readonly isAuthenticated: boolean;
}

/** What of a universal request is refused: all of it, or a step that nobody serves. */
export interface RefusedPart extends UniversalEntry {
  readonly provider: string;
  readonly path: string;
  readonly headers: HeaderMap;
  /** What was read of it by then. */
  readonly body: Uint8Array;
  readonly step?: GatewayStep;
}

/**
 * Refuses what never becomes a walk: like any request that reached its gateway it leaves a log;
 * Workers reference §3.11, case G02.
 */
export function refuseWithLog(said: Refusal, part: RefusedPart, call: ApiCall): WalkReply {
  const { parts, requestId } = call;
  const options = optionsIn(part.headers);
  const ids = idsOf(part, options, call);
  const log = beginGatewayLog(parts.walk, { options }, part.policy);
  const { status, headers, body } = gatewayHostDialect.encodeError(said, requestId);
  const own = gatewayHostDialect.replyHeaders(part.headers, requestId);
  log?.settle(
    {
      ...describe(part, options, call),
      ...idsOfRow(ids),
      statusCode: status,
      responseBytes: body.length,
    },
    part.body,
  );
  const shown = gatewayIdHeaders(ids, log !== undefined);
  const reply = { status, headers: [...headers, ...own, ...shown], body };
  return log?.answer(reply) ?? reply;
}

/** Options that cannot be read are a matter of the steps. */
function optionsIn(headers: HeaderMap): GatewayOptions {
  const read = readGatewayHeaders(headers);
  return isRefusal(read) ? {} : read.options;
}

function idsOf(
  { step }: RefusedPart,
  { eventId }: GatewayOptions,
  { atMs, requestId: name }: ApiCall,
): GatewayIds {
  const logId = uuidV7Of(atMs, step === undefined ? name : `${name} ${String(step.index)} refused`);
  const requestId = step?.requestId ?? logId;
  return { logId, requestId, eventId: eventId ?? requestId };
}

function idsOfRow({ logId: id, ...ids }: GatewayIds): Pick<SettledLog, 'id' | keyof typeof ids> {
  return { id, ...ids };
}

const LETTERS_MAX = 256;

function describe(
  { policy, isAuthenticated, provider, path, headers, body, step }: RefusedPart,
  { metadata }: GatewayOptions,
  { atMs, parts }: ApiCall,
): Omit<SettledLog, 'id' | 'requestId' | 'eventId' | 'statusCode' | 'responseBytes'> {
  return {
    account: policy.account,
    gatewayId: policy.id,
    createdAtMs: atMs,
    durationMs: Math.max(parts.walk.clock.wallMs() - atMs, 0),
    provider: provider.slice(0, LETTERS_MAX),
    model: '',
    modelType: '',
    path: path.slice(0, LETTERS_MAX),
    requestType: 'universal',
    requestContentType: textOf(headers, 'content-type'),
    isSuccess: false,
    isCached: false,
    tokensIn: undefined,
    tokensOut: undefined,
    cost: 0,
    isCustomCost: false,
    metadata,
    step: step?.index,
    isAuthenticated,
    isWholesale: true,
    isTranslated: false,
    userAgent: textOf(headers, 'user-agent'),
    requestBytes: body.length,
    feedback: undefined,
    score: undefined,
  };
}

function textOf(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value.slice(0, LETTERS_MAX) : undefined;
}
