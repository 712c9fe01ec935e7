import type { GatewayCall } from '../ai-gateway-form/gateway-call.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { uuidV7Of } from '../std/uuid-v7.ts';
import type { DecodedExchange, GatewayIds } from './exchange.ts';
import { GatewayLogDraft } from './gateway-log-draft.ts';

/**
 * What a request through a gateway is called. One that is not a step of several has the id of its
 * log, and its event has the same unless the caller names it; Workers reference §3.3.
 */
export function gatewayIds(
  { request, startedAtMs }: DecodedExchange,
  { options, step }: GatewayCall,
): GatewayIds {
  const name = step === undefined ? request.id : `${request.id} ${String(step.index)}`;
  const logId = uuidV7Of(startedAtMs, name);
  const requestId = step?.requestId ?? logId;
  return { logId, requestId, eventId: options.eventId ?? requestId };
}

/** Begins the log of a request where one is to be kept: the request decides, then its gateway. */
export function beginGatewayLog(
  { walk }: DecodedExchange,
  { options }: GatewayCall,
  policy: GatewayPolicy,
): GatewayLogDraft | undefined {
  const intake = walk.gatewayLog;
  if (intake === undefined || !(options.collectLog ?? policy.collectLogs)) return undefined;
  const { account, id: gatewayId, logManagement: rowsMax, logManagementStrategy } = policy;
  const keeping = { rowsMax, strategy: logManagementStrategy };
  if (!intake.takes({ account, gatewayId }, keeping)) return undefined;
  const keepsBodies = options.collectLogPayload !== false;
  return new GatewayLogDraft({ intake, keeping, keepsBodies });
}
