import type { GatewayCall } from '../ai-gateway-form/gateway-call.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { uuidV7Of } from '../std/uuid-v7.ts';
import type { DecodedExchange, GatewayIds, GatewayUse, Walk } from './exchange.ts';
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
  walk: Pick<Walk, 'gatewayLog'>,
  { options }: Pick<GatewayCall, 'options'>,
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

/**
 * The next model that a route leads to has a log of its own, and shares the ids of the request and of
 * its event; Workers reference §3.3, §3.11.
 */
export function beginModelLog(
  exchange: DecodedExchange,
  gateway: GatewayUse,
  place: number,
): GatewayUse {
  const { call, request, walk } = exchange;
  if (call.gateway === undefined || place === 0) return gateway;
  const startedMs = walk.clock.monotonicMs();
  const startedAtMs = walk.clock.wallMs();
  const logId = uuidV7Of(startedAtMs, `${request.id} ${gateway.ids.logId} ${String(place)}`);
  const log = beginGatewayLog(walk, call.gateway, gateway.policy);
  return { ...gateway, ids: { ...gateway.ids, logId }, startedMs, startedAtMs, log };
}
