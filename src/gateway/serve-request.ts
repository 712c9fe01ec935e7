import type { Principal } from '../access/authenticate.ts';
import type { DecodedCall } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../messages/errors.ts';
import { accountOperations } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import { logWith } from '../telemetry/log.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { admitKey, admitUnread, lookAtLimits } from './admit-key.ts';
import { applyGateway } from './apply-gateway.ts';
import { askThroughCache } from './ask-through-cache.ts';
import type { Attempted } from './attempt-upstreams.ts';
import { AttemptTrail } from './attempt-trail.ts';
import { authorizeCaller } from './authorize-call.ts';
import { choosePlan } from './choose-plan.ts';
import { closeReply, dressReply } from './close-reply.ts';
import type { ContentDraft } from './content-draft.ts';
import { beginContent } from './content-draft.ts';
import { decodeCall, readBody } from './decode-call.ts';
import { deliverAnswer } from './deliver-answer.ts';
import type { EndedWalk } from './ended-walk.ts';
import { followDynamicRoute } from './follow-dynamic-route.ts';
import { withMissing } from './gateway-headers.ts';
import { askGuarded } from './guard-content.ts';
import { readIdempotentAsk } from './idempotent-ask.ts';
import { serveOnce } from './idempotent-exchange.ts';
import { inlineFiles } from './inline-files.ts';
import { judgeCall } from './judge-call.ts';
import { openBill } from './open-bill.ts';
import { planUnread } from './plan-for.ts';
import { prepareModel } from './prepare-model.ts';
import type {
  AuthenticatedExchange,
  DecodedExchange,
  Exchange,
  Walk,
  WalkReply,
  WalkRequest,
} from './exchange.ts';
import { openIfSilent } from './silent-opening.ts';
import { RequestPermit } from './request-permit.ts';
import { RequestBills } from './request-bills.ts';
import { attemptRepaired } from './repair-thinking.ts';
import type { EndedExchange, Reported } from './settle-request.ts';
import { settleBeforeReply } from './settle-request.ts';
import { shedRequest, shedStream } from './shed-load.ts';

/**
 * The walk of a request (DESIGN §4), one line a stage. A stage either adds to the exchange or says
 * no; a no is a value, and only the dialect turns it into bytes. Stages that later parts of the
 * house bring have their place marked.
 */
export async function serveRequest(request: WalkRequest, walk: Walk): Promise<WalkReply> {
  const said = beginContent(request, walk);
  const opened = openExchange(said?.request ?? request, walk, said);
  const own = request.dialect.replyHeaders(request.headers, request.id);
  const reply = await walkOrFault(opened);
  const dressed = own.length === 0 ? reply : { ...reply, headers: withMissing(reply.headers, own) };
  return said === undefined ? dressed : said.answer(dressed);
}

function walkOrFault(opened: Exchange): Promise<WalkReply> {
  return orFault(opened, walkStages(opened));
}

async function orFault(opened: Exchange, walking: Promise<WalkReply>): Promise<WalkReply> {
  const { request, walk } = opened;
  try {
    return await walking;
  } catch (error) {
    // Refusals are values: what is thrown is a fault of ours, and the caller is not left without an answer.
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    walk.log.error('fault', { requestId: request.id, reason });
    return refuse(opened, refusal('internal'));
  }
}

async function walkStages(opened: Exchange): Promise<WalkReply> {
  const shed = shedRequest(opened);
  if (shed !== undefined) return refuse(opened, shed);
  const decoded = await decode(opened); //                                stages 1–3
  if ('refused' in decoded) return refuse(decoded.at, decoded.refused);
  const noRoom = shedStream(decoded);
  if (noRoom !== undefined) return refuse(decoded, noRoom);
  const excess = await admitKey(decoded); //                              stage 7, of the key
  if (excess !== undefined) return refuse(decoded, excess);
  const governed = await applyGateway(decoded); //                        stage 6
  if (isRefusal(governed)) return refuse(decoded, governed);
  const once = await serveOnce(governed, walkGoverned);
  return once.kind === 'served' ? once.reply : closeWalk(once);
}

/** The stages behind the gateway's rules, and the end; a stream does not wait in silence for them. */
function walkGoverned(governed: DecodedExchange): Promise<WalkReply> {
  return openIfSilent(governed, orFault(governed, walkToReply(governed)), (reply) =>
    dressReply(governed, reply),
  );
}

async function walkToReply(governed: DecodedExchange): Promise<WalkReply> {
  const ended =
    governed.call.dynamicRoute === undefined
      ? await walkModel(governed)
      : await followDynamicRoute(governed, walkModel); //                  stage 6
  return closeWalk(ended);
}

function closeWalk(ended: EndedWalk): WalkReply | Promise<WalkReply> {
  return ended.kind === 'refused'
    ? refuse(ended.at, ended.refused, ended.reported)
    : closeReply(ended.at, ended.reply);
}

/** The stages once it is known which model is asked. */
async function walkModel(governed: DecodedExchange): Promise<EndedWalk> {
  const prepared = prepareModel(governed); //                             stages 4–7, 10
  if (prepared.kind === 'refused') return prepared;
  const { exchange: keyed, plan } = prepared;
  const ask = (missed: DecodedExchange): Promise<Asked> => askUpstreams(missed, plan);
  const attempted = await askThroughCache(keyed, plan, ask); //           stages 8, 11
  if (isRefusal(attempted)) return refusedAt(keyed, attempted);
  const { exchange, outcome, reported } = attempted;
  if (isRefusal(outcome)) return refusedAt(exchange, retold(exchange, outcome), reported);
  const delivered = await deliverAnswer(exchange, outcome); //            stages 12, 13
  if ('failed' in delivered) return refusedAt(exchange, delivered.failed, delivered);
  return { kind: 'reply', at: exchange, reply: delivered };
}

function refusedAt(at: EndedExchange, refused: Refusal, reported?: Reported): EndedWalk {
  return { kind: 'refused', at, refused, ...(reported === undefined ? {} : { reported }) };
}

type Asked = Attempted | Refusal;

/** Stage 11, and what has to be in the body before it. */
async function askUpstreams(exchange: DecodedExchange, plan: RoutePlan): Promise<Asked> {
  const judged = judgeCall(exchange, plan); //                            stage 5, after the cache
  if (isRefusal(judged)) return judged;
  const asked = await inlineFiles(judged, plan);
  if (isRefusal(asked)) return asked;
  if (keepsItself(asked, plan)) return askOwnResources(asked);
  return askGuarded(asked, (guarded) => askPaid(guarded, plan));
}

/** Stages 9 and 11: no upstream hears of a request that nobody pays for. */
async function askPaid(exchange: DecodedExchange, plan: RoutePlan): Promise<Asked> {
  const refused = await openBill(exchange, plan);
  if (refused !== undefined) return refused;
  // Whoever left while the money was set aside is not to be paid for.
  const isGone = exchange.bills.bill !== undefined && exchange.request.cancellation.cancelled;
  return isGone ? refusal('upstream_failed') : attemptRepaired(exchange, plan);
}

/** Whether the operation is about what the gateway keeps for its accounts. */
function keepsItself({ request }: Exchange, { targets: [first] }: RoutePlan): boolean {
  return (
    accountOperations.has(request.operation) && first?.upstream.keepsAccountResources === false
  );
}

async function askOwnResources(exchange: DecodedExchange): Promise<Asked> {
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
  if (!isJudged) return said;
  return call.encoder?.refuseError(said) ?? call.refuseError?.(said) ?? said;
}

/** A request at its beginning. */
export function openExchange(request: WalkRequest, serving: Walk, said?: ContentDraft): Exchange {
  const trace = serving.traces?.begin(request.headers);
  const walk = trace === undefined ? serving : tracedWalk(serving, trace);
  return {
    walk,
    ...(trace === undefined ? {} : { trace }),
    ...(said === undefined ? {} : { said }),
    settings: walk.settings(),
    request,
    startedMs: walk.clock.monotonicMs(),
    startedAtMs: walk.clock.wallMs(),
    bills: new RequestBills(),
    permit: new RequestPermit(),
    trail: new AttemptTrail(),
  };
}

/** What is logged of a request that is traced says where its trace is. */
function tracedWalk(walk: Walk, { traceId }: TraceContext): Walk {
  return { ...walk, log: logWith(walk.log, { traceId }) };
}

type Decoded = DecodedExchange | { readonly refused: Refusal; readonly at: EndedExchange };

async function decode(opened: Exchange): Promise<Decoded> {
  const identified = await identify(opened); //                           1, 5
  if ('refused' in identified) return identified;
  const { request } = identified;
  const body = isStreamed(identified) ? NO_BODY : await readBody(identified); //  2
  if (isRefusal(body)) return unread(identified, body);
  const decoded = decodeCall(identified, body); //                        3
  if (isRefusal(decoded)) return unread(identified, decoded);
  const { call, edits } = decoded;
  const idempotent = readIdempotentAsk(request, call, body);
  if (idempotent !== undefined && isRefusal(idempotent)) {
    return { refused: idempotent, at: identified };
  }
  const isBatch = request.onBehalf?.batchItem !== undefined;
  const asked = { ...identified, call: isBatch ? asBatch(call) : call, idempotent };
  return edits.length === 0 ? asked : { ...asked, edits };
}

/** What cannot be read counts as a request all the same; stage 7 for it. */
async function unread(at: AuthenticatedExchange, said: Refusal): Promise<Decoded> {
  return { refused: (await admitUnread(at)) ?? said, at };
}

type Identified = AuthenticatedExchange | { readonly refused: Refusal; readonly at: EndedExchange };

/** Who calls, by which plan, and whether it may from where it does. */
async function identify(opened: Exchange): Promise<Identified> {
  const principal = authenticate(opened);
  if (isRefusal(principal)) return { refused: principal, at: opened };
  const authenticated = choosePlan({ ...opened, principal });
  if (isRefusal(authenticated)) return { refused: authenticated, at: { ...opened, principal } };
  await lookAtLimits(authenticated);
  const denied = authorizeCaller(authenticated);
  return denied === undefined ? authenticated : { refused: denied, at: authenticated };
}

const NO_BODY = new Uint8Array(0);

function authenticate({ request, walk }: Exchange): Principal | Refusal {
  const { dialect, headers, onBehalf } = request;
  if (onBehalf !== undefined) return onBehalf.principal;
  return walk.authenticator.authenticate(dialect.readCredentials?.(headers) ?? headers);
}

/** An upload that the gateway keeps goes to disk as it comes: the body is read where it is kept. */
function isStreamed(exchange: Exchange): boolean {
  const { request, settings } = exchange;
  return request.operation === 'files.create' && keepsItself(exchange, planUnread(settings));
}

/** Says to an upstream of our own that the request is one of a batch; nothing of it travels. */
function asBatch(call: DecodedCall): DecodedCall {
  return { ...call, request: { ...call.request, isBatch: true } };
}

/** Any stage's failing exit: the refusal in the caller's form, and the request settled. */
async function refuse(
  exchange: EndedExchange,
  said: Refusal,
  reported: Reported = {},
): Promise<WalkReply> {
  const { request, walk } = exchange;
  const { status, headers, body } = request.dialect.encodeError(said, request.id);
  const isGone = request.cancellation.cancelled;
  const paid = await settleBeforeReply(exchange, {
    ...reported,
    status,
    errorCode: isGone ? 'client_gone' : said.code,
    responseBytes: body.length,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  const own = ['x-quatrain-request-id', request.id, ...paid];
  return closeReply(exchange, { status, headers: [...headers, ...own], body });
}
