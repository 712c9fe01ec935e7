import type { DecodedCall } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../messages/errors.ts';
import { accountOperations } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/plan-route.ts';
import { planRoute } from '../routing/plan-route.ts';
import { applyPlan } from './apply-plan.ts';
import type { Attempted } from './attempt-upstreams.ts';
import { attemptUpstreams } from './attempt-upstreams.ts';
import { deliverAnswer } from './deliver-answer.ts';
import { findKnownModel } from './find-known-model.ts';
import { inlineFiles } from './inline-files.ts';
import type {
  DecodedExchange,
  Exchange,
  Walk,
  WalkReply,
  WalkRequest,
  WalkSettings,
} from './exchange.ts';
import type { EndedExchange, Settlement } from './settle-request.ts';
import { settleRequest } from './settle-request.ts';

/**
 * The walk of a request (DESIGN §4), one line a stage. A stage either adds to the exchange or says
 * no; a no is a value, and only the dialect turns it into bytes. Stages that later parts of the
 * house bring have their place marked.
 */
export async function serveRequest(request: WalkRequest, walk: Walk): Promise<WalkReply> {
  const opened = openExchange(request, walk);
  const own = request.dialect.replyHeaders(request.headers, request.id);
  const reply = await walkOrFault(opened);
  return own.length === 0 ? reply : { ...reply, headers: [...reply.headers, ...own] };
}

async function walkOrFault(opened: Exchange): Promise<WalkReply> {
  const { request, walk } = opened;
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
  const listed = applyPlan(decoded); //                                   stages 4, 6
  if (isRefusal(listed)) return refuse(decoded, listed);
  // stages 5, 7–9: access/authorize, limits/admit, cache/lookup, ledger/hold
  const plan = planRoute(listed.settings.upstreams); //                  stage 10
  const asked = await inlineFiles(listed, plan);
  if (isRefusal(asked)) return refuse(listed, asked);
  const attempted = keepsItself(asked, plan) //                           stage 11
    ? await askOwnResources(asked)
    : await attemptUpstreams(asked, plan);
  if (isRefusal(attempted)) return refuse(asked, attempted);
  const { exchange, outcome } = attempted;
  if (isRefusal(outcome)) return refuse(exchange, retold(exchange, outcome));
  const delivered = await deliverAnswer(exchange, outcome); //            stages 12, 13
  if ('failed' in delivered) return refuse(exchange, delivered.failed, delivered);
  return exchange.edits === undefined
    ? delivered
    : { ...delivered, headers: [...delivered.headers, ...editHeaders(exchange)] };
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

/**
 * An upstream in this process judges a request in the canonical form's words, as one elsewhere does
 * in an answer; that it could not be reached is nobody's words but ours.
 */
function retold({ call }: DecodedExchange, said: Refusal): Refusal {
  const isJudged = errorTable[said.code].status < 500 && said.reason === undefined;
  return isJudged ? (call.encoder?.refuseError(said) ?? said) : said;
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
  const principal = request.onBehalf?.principal ?? walk.authenticator.authenticate(request.headers); // 1
  if (isRefusal(principal)) return { refused: principal, at: opened };
  const authenticated = { ...opened, principal };

  const body = isStreamed(opened) //                                      2
    ? NO_BODY
    : await request.body.read(bodyBytesMax(request, settings));
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
    startedAtMs: opened.startedAtMs,
    findModel: (name) => findKnownModel(name, settings, opened.startedAtMs),
    chatCompletions: settings.chatCompletions,
  });
  if (isRefusal(call)) return { refused: call, at: authenticated };
  const isBatch = request.onBehalf !== undefined;
  return { ...authenticated, call: isBatch ? asBatch(call) : call };
}

const NO_BODY = new Uint8Array(0);

/** An upload that the gateway keeps goes to disk as it comes: the body is read where it is kept. */
function isStreamed(exchange: Exchange): boolean {
  const { request, settings } = exchange;
  return (
    request.operation === 'files.create' && keepsItself(exchange, planRoute(settings.upstreams))
  );
}

/** Says to an upstream of our own that the request is one of a batch; nothing of it travels. */
function asBatch(call: DecodedCall): DecodedCall {
  return { ...call, request: { ...call.request, isBatch: true } };
}

function bodyBytesMax({ operation }: WalkRequest, settings: WalkSettings): number {
  return operation === 'batches.create' ? settings.batchBytesMax : settings.bodyBytesMax;
}

/** Names what was changed of the body: nothing is changed in silence. */
function editHeaders({ edits }: EndedExchange): readonly string[] {
  return edits === undefined ? [] : ['x-quatrain-edits', edits.join(', ')];
}

/** Any stage's failing exit: the refusal in the caller's form, and the request settled. */
function refuse(
  exchange: EndedExchange,
  said: Refusal,
  reported: Pick<Settlement, 'usage' | 'isUsageEstimated'> = {},
): WalkReply {
  const { request, walk } = exchange;
  const { status, headers, body } = request.dialect.encodeError(said, request.id);
  const isGone = request.cancellation.cancelled;
  settleRequest(exchange, {
    ...reported,
    status,
    errorCode: isGone ? 'client_gone' : said.code,
    responseBytes: body.length,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  const own = ['x-quatrain-request-id', request.id, ...editHeaders(exchange)];
  return { status, headers: [...headers, ...own], body };
}
