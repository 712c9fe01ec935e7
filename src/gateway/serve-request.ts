import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { accountOperations } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/plan-route.ts';
import { planRoute } from '../routing/plan-route.ts';
import type { Attempted } from './attempt-upstreams.ts';
import { attemptUpstreams } from './attempt-upstreams.ts';
import { deliverAnswer } from './deliver-answer.ts';
import type {
  DecodedExchange,
  Exchange,
  Walk,
  WalkReply,
  WalkRequest,
  WalkSettings,
} from './exchange.ts';
import type { EndedExchange } from './settle-request.ts';
import { settleRequest } from './settle-request.ts';

/**
 * The walk of a request (DESIGN §4), one line a stage. A stage either adds to the exchange or says
 * no; a no is a value, and only the dialect turns it into bytes. Stages that later parts of the
 * house bring have their place marked.
 */
export async function serveRequest(request: WalkRequest, walk: Walk): Promise<WalkReply> {
  const opened = openExchange(request, walk);
  try {
    return await walkStages(opened);
  } catch (error) {
    // Refusals are values: what is thrown is a fault of ours, and the caller is not left without an answer.
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    walk.log.error('fault', { requestId: request.id, reason });
    return refuse(opened, refusal('internal'));
  }
}

async function walkStages(opened: Exchange): Promise<WalkReply> {
  const decoded = await decode(opened); //                                stages 1–3
  if ('refused' in decoded) return refuse(decoded.at, decoded.refused);
  // stage 4, catalog/resolve-model: the upstream judges the name until prices hang on it
  // stages 5–9: access/authorize, policy/apply, limits/admit, cache/lookup, ledger/hold
  const plan = planRoute(decoded.settings.upstreams); //                  stage 10
  const attempted = keepsItself(decoded, plan) //                         stage 11
    ? await askOwnResources(decoded)
    : await attemptUpstreams(decoded, plan);
  if (isRefusal(attempted)) return refuse(decoded, attempted);
  const { exchange, outcome } = attempted;
  if (isRefusal(outcome)) return refuse(exchange, outcome);
  const delivered = await deliverAnswer(exchange, outcome); //            stages 12, 13
  return isRefusal(delivered) ? refuse(exchange, delivered) : delivered;
}

/** Whether the operation is about what the gateway keeps for its accounts. */
function keepsItself({ request }: Exchange, [upstream]: RoutePlan): boolean {
  return accountOperations.has(request.operation) && upstream?.keepsAccountResources === false;
}

async function askOwnResources(exchange: DecodedExchange): Promise<Attempted | Refusal> {
  const { resources } = exchange.walk;
  if (resources === undefined) return refusal('not_found');
  const outcome = await resources.serve(exchange);
  return { exchange: { ...exchange, upstream: resources }, outcome };
}

function openExchange(request: WalkRequest, walk: Walk): Exchange {
  return {
    walk,
    settings: walk.settings(),
    request,
    startedMs: walk.clock.monotonicMs(),
    startedAtMs: walk.clock.wallMs(),
  };
}

type Decoded = DecodedExchange | { readonly refused: Refusal; readonly at: EndedExchange };

async function decode(opened: Exchange): Promise<Decoded> {
  const { request, settings, walk } = opened;
  const principal = walk.authenticator.authenticate(request.headers); //  1
  if (isRefusal(principal)) return { refused: principal, at: opened };
  const authenticated = { ...opened, principal };

  const body = await request.body.read(bodyBytesMax(request, settings)); // 2
  if (isRefusal(body)) return { refused: body, at: authenticated };

  const call = request.dialect.decodeRequest({
    operation: request.operation, //                                      3
    method: request.method,
    upstreamPath: request.upstreamPath,
    headers: request.headers,
    body,
    requestId: request.id,
    account: principal.account,
    jsonBounds: settings.jsonBounds,
  });
  if (isRefusal(call)) return { refused: call, at: authenticated };
  return { ...authenticated, call };
}

function bodyBytesMax({ operation }: WalkRequest, settings: WalkSettings): number {
  return operation === 'batches.create' ? settings.batchBytesMax : settings.bodyBytesMax;
}

/** Any stage's failing exit: the refusal in the caller's form, and the request settled. */
function refuse(exchange: EndedExchange, said: Refusal): WalkReply {
  const { request, walk } = exchange;
  const { status, headers, body } = request.dialect.encodeError(said, request.id);
  const isGone = request.cancellation.cancelled;
  settleRequest(exchange, {
    status,
    errorCode: isGone ? 'client_gone' : said.code,
    responseBytes: body.length,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  return { status, headers: [...headers, 'x-quatrain-request-id', request.id], body };
}
