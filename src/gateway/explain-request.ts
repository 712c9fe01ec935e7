import type { BillEstimate } from '../billing/bill.ts';
import type { Principal } from '../access/authenticate.ts';
import type { RequestPolicy } from '../config/policy-config.ts';
import type { IdempotencyStore } from '../ledger/idempotency-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ExplainedRoute } from '../routing/explain-routes.ts';
import { explainRoutes } from '../routing/explain-routes.ts';
import type { RetryEnvelope } from '../routing/retry-envelope.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import { admitKey } from './admit-key.ts';
import { applyGateway } from './apply-gateway.ts';
import { towards } from './attempt-upstreams.ts';
import { authorizeCalledModel, authorizeCaller } from './authorize-call.ts';
import { choosePlan } from './choose-plan.ts';
import { decodeCall, readBody } from './decode-call.ts';
import type { WalkNote } from './dry-walk.ts';
import { dryWalk } from './dry-walk.ts';
import type { EndedWalk } from './ended-walk.ts';
import type { AuthenticatedExchange, DecodedExchange, Walk, WalkRequest } from './exchange.ts';
import { followDynamicRoute } from './follow-dynamic-route.ts';
import { guardRequest } from './guard-content.ts';
import { readIdempotentAsk } from './idempotent-ask.ts';
import { judgeCall } from './judge-call.ts';
import type { CacheLook } from './look-into-cache.ts';
import { lookIntoCache } from './look-into-cache.ts';
import type { KeyLook } from './look-up-key.ts';
import { lookUpKey } from './look-up-key.ts';
import { openBill } from './open-bill.ts';
import { questionOf } from './plan-for.ts';
import { matchingPolicies } from './policies-for.ts';
import type { PreparationStage, PreparedModel } from './prepare-model.ts';
import { prepareModel } from './prepare-model.ts';
import { unseenEnvelope } from './retry-unseen.ts';
import { openExchange } from './serve-request.ts';

/** Where a request would come to its end before anybody is asked. */
export type ExplainedStage =
  | PreparationStage
  | 'plan'
  | 'form'
  | 'idempotency'
  | 'key_limits'
  | 'gateway'
  | 'gateway_rules'
  | 'guardrails'
  | 'money';

/** What the stages came to that have a say before anybody is asked. */
interface Foretold {
  /** As far as it came. */
  readonly at: AuthenticatedExchange | DecodedExchange;
  /** With the settings of the caller's account. */
  readonly refused?: { readonly stage: ExplainedStage; readonly said: Refusal } | undefined;
  readonly plan?: RoutePlan | undefined;
  /** What has an answer to it, so that nobody is asked. */
  readonly answeredFrom?: 'cache' | 'idempotency' | undefined;
  /** Absent where it has no key that counts, or did not come so far. */
  readonly key?: KeyLook | undefined;
  /** Absent where it did not come so far, as all that follows. */
  readonly cache?: CacheLook | undefined;
  /** Whether it was held against the rules about texts of its gateway. */
  readonly isGuarded?: boolean | undefined;
}

/** What would happen to a request; what lies behind the stage that ends it is not known. */
export interface ExplainedRequest extends Foretold {
  readonly notes: readonly WalkNote[];
  /** Those of the installation that are about it. */
  readonly policies: readonly RequestPolicy[];
  readonly routes: readonly ExplainedRoute[];
  /** Absent where it is asked once, or as its gateway says. */
  readonly envelope?: RetryEnvelope | undefined;
  readonly estimate?: BillEstimate | undefined;
}

/**
 * Walks the stages of a request up to its upstream, each of them the one that a real request meets, over
 * parts that only look: nothing is counted, held, claimed, kept or sent.
 */
export async function explainRequest(
  request: WalkRequest,
  principal: Principal,
  serving: Walk,
): Promise<ExplainedRequest> {
  const { walk, notes, estimate } = dryWalk(serving);
  const opened = { ...openExchange(request, walk), principal };
  const foretold = await walkDry(opened, serving.idempotency?.store);
  const { at, plan } = foretold;
  const isDecoded = 'call' in at;
  const question = isDecoded && plan !== undefined ? questionOf(at) : undefined;
  const { routes = [] } = at.settings.upstreams;
  return {
    ...foretold,
    notes,
    policies: isDecoded ? matchingPolicies(at) : [],
    routes: question && isRouted(at) ? explainRoutes(routes, question, plan?.route) : [],
    envelope: isDecoded && plan !== undefined ? unseenEnvelope(at, plan) : undefined,
    estimate: estimate(),
  };
}

/** Whether the conditions of routes decide: a dynamic route and an operator name an upstream themselves. */
function isRouted(at: ExplainedRequest['at']): boolean {
  const named = 'routed' in at ? at.routed?.upstreamName : undefined;
  return (at.request.upstreamName ?? named) === undefined;
}

type Keys = Pick<IdempotencyStore, 'look'>;

async function walkDry(opened: AuthenticatedExchange, keys: Keys | undefined): Promise<Foretold> {
  const planned = choosePlan(opened);
  if (isRefusal(planned)) return ended('plan', opened, planned);
  const denied = authorizeCaller(planned);
  if (denied !== undefined) return ended('key', planned, denied);
  const body = await readBody(planned);
  if (isRefusal(body)) return ended('form', planned, body);
  const decoded = decodeCall(planned, body);
  if (isRefusal(decoded)) return ended('form', planned, decoded);
  const { call, edits } = decoded;
  const idempotent = readIdempotentAsk(asSent(planned.request), call, body);
  if (idempotent !== undefined && isRefusal(idempotent))
    return ended('idempotency', planned, idempotent);
  const asked: DecodedExchange = { ...planned, call, ...(edits.length === 0 ? {} : { edits }) };
  const excess = await admitKey(asked);
  if (excess !== undefined) return ended('key_limits', asked, excess);
  const governed = await applyGateway(asked);
  if (isRefusal(governed)) return ended('gateway', asked, governed);
  const key = idempotent && (await lookUpKey(governed, idempotent, keys));
  return { ...(await walkUnclaimed(governed, key)), key };
}

/** That nobody sends it does not make it a part of something else. */
function asSent({ onBehalf: _explained, ...request }: WalkRequest): WalkRequest {
  return request;
}

/** The stages behind the key: a repeat meets none of them but whether its caller may have the answer. */
function walkUnclaimed(
  governed: DecodedExchange,
  key: KeyLook | undefined,
): Foretold | Promise<Foretold> {
  if (key?.kind === 'refused') return ended('idempotency', governed, key.said);
  if (key?.kind === 'repeats') {
    const denied = authorizeCalledModel(governed);
    if (denied !== undefined) return ended('key', governed, denied);
    return { at: governed, answeredFrom: 'idempotency' };
  }
  return governed.call.dynamicRoute === undefined ? walkModel(governed) : walkRoute(governed);
}

/** The first model that the ways of a dynamic route lead to and that would be asked, or the last that would not. */
async function walkRoute(governed: DecodedExchange): Promise<Foretold> {
  let foretold: Foretold | undefined;
  const end = await followDynamicRoute(governed, async (asked): Promise<EndedWalk> => {
    foretold = await walkModel(asked);
    const at = { ...asked, ...foretold.at };
    return foretold.refused === undefined
      ? { kind: 'reply', at, reply: { status: 200, headers: [], body: new Uint8Array(0) } }
      : { kind: 'refused', at, refused: foretold.refused.said };
  });
  if (foretold !== undefined) return foretold;
  return end.kind === 'refused' ? ended('gateway', governed, end.refused) : { at: governed };
}

async function walkModel(governed: DecodedExchange): Promise<Foretold> {
  const prepared = prepareModel(governed);
  const { plan } = prepared;
  if (prepared.kind === 'refused') {
    const { stage, refused, at } = prepared;
    return { ...ended(stage, { ...governed, ...at }, refused), plan };
  }
  const cache = await lookIntoCache(prepared.exchange, prepared.plan);
  if (cache.kind === 'hit') return { at: prepared.exchange, plan, cache, answeredFrom: 'cache' };
  return { ...(await walkMissed(prepared)), plan, cache };
}

/** The stages between the cache and the upstream. */
async function walkMissed({ exchange, plan }: PreparedModel): Promise<Foretold> {
  const judged = judgeCall(exchange, plan);
  if (isRefusal(judged)) return ended('gateway_rules', exchange, judged);
  const guarded = await guardRequest(judged);
  const isGuarded = guarded.exchange.gateway !== undefined;
  if (guarded.refused !== undefined) {
    return { ...ended('guardrails', guarded.exchange, guarded.refused), isGuarded };
  }
  const unpaid = await openBill(guarded.exchange, plan);
  if (unpaid !== undefined) {
    // Breakers that keep a prepaid request from its upstream are asked about there, too.
    const stage = unpaid.reason === 'upstream_unavailable' ? 'route' : 'money';
    return { ...ended(stage, guarded.exchange, unpaid), isGuarded };
  }
  const [first] = plan.targets;
  const at = first === undefined ? guarded.exchange : towards(guarded.exchange, first);
  return { at, isGuarded };
}

function ended(
  stage: ExplainedStage,
  at: AuthenticatedExchange | DecodedExchange,
  said: Refusal,
): Foretold {
  return { at, refused: { stage, said } };
}
