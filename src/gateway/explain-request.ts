import type { BillEstimate } from '../billing/bill.ts';
import type { Principal } from '../access/authenticate.ts';
import type { RequestPolicy } from '../config/policy-config.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ExplainedRoute } from '../routing/explain-routes.ts';
import { explainRoutes } from '../routing/explain-routes.ts';
import type { RetryEnvelope } from '../routing/retry-envelope.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import { admitKey } from './admit-key.ts';
import { applyGateway } from './apply-gateway.ts';
import { towards } from './attempt-upstreams.ts';
import { authorizeCaller } from './authorize-call.ts';
import { choosePlan } from './choose-plan.ts';
import { decodeCall, readBody } from './decode-call.ts';
import type { WalkNote } from './dry-walk.ts';
import { dryWalk } from './dry-walk.ts';
import type { EndedWalk } from './ended-walk.ts';
import type { AuthenticatedExchange, DecodedExchange, Walk, WalkRequest } from './exchange.ts';
import { followDynamicRoute } from './follow-dynamic-route.ts';
import { judgeCall } from './judge-call.ts';
import { openBill } from './open-bill.ts';
import { questionOf } from './plan-for.ts';
import { matchingPolicies } from './policies-for.ts';
import type { PreparationStage } from './prepare-model.ts';
import { prepareModel } from './prepare-model.ts';
import { unseenEnvelope } from './retry-unseen.ts';
import { openExchange } from './serve-request.ts';

/** Where a request would come to its end before anybody is asked. */
export type ExplainedStage =
  | PreparationStage
  | 'plan'
  | 'form'
  | 'key_limits'
  | 'gateway'
  | 'gateway_rules'
  | 'money';

/** What would happen to a request; what lies behind the stage that refuses it is not known. */
export interface ExplainedRequest {
  /** As far as it came. */
  readonly at: AuthenticatedExchange | DecodedExchange;
  /** With the settings of the caller's account. */
  readonly refused?: { readonly stage: ExplainedStage; readonly said: Refusal } | undefined;
  readonly notes: readonly WalkNote[];
  /** Those of the installation that are about it. */
  readonly policies: readonly RequestPolicy[];
  readonly plan?: RoutePlan | undefined;
  readonly routes: readonly ExplainedRoute[];
  /** Absent where it is asked once, or as its gateway says. */
  readonly envelope?: RetryEnvelope | undefined;
  readonly estimate?: BillEstimate | undefined;
}

/** What the stages of one model came to. */
interface Explained {
  at: AuthenticatedExchange | DecodedExchange;
  refused?: { stage: ExplainedStage; said: Refusal };
  plan?: RoutePlan | undefined;
}

/**
 * Walks the stages of a request up to its upstream, each of them the one that a real request meets, over
 * parts that only look: nothing is counted, held, kept or sent. What is found in the cache, under an
 * idempotency key or in the words of a request by a gateway's guardrails is not looked for.
 */
export async function explainRequest(
  request: WalkRequest,
  principal: Principal,
  serving: Walk,
): Promise<ExplainedRequest> {
  const { walk, notes, estimate } = dryWalk(serving);
  const opened = { ...openExchange(request, walk), principal };
  const explained = await walkDry(opened);
  const { at, plan } = explained;
  const isDecoded = 'call' in at;
  const question = isDecoded && plan !== undefined ? questionOf(at) : undefined;
  const { routes = [] } = at.settings.upstreams;
  // A dynamic route of a gateway names its upstream itself.
  const isRouted = isDecoded && at.routed?.upstreamName !== undefined;
  return {
    ...explained,
    notes,
    policies: isDecoded ? matchingPolicies(at) : [],
    routes: question && !isRouted ? explainRoutes(routes, question, plan?.route) : [],
    envelope: isDecoded && plan !== undefined ? unseenEnvelope(at, plan) : undefined,
    estimate: estimate(),
  };
}

async function walkDry(opened: AuthenticatedExchange): Promise<Explained> {
  const planned = choosePlan(opened);
  if (isRefusal(planned)) return ended('plan', opened, planned);
  const denied = authorizeCaller(planned);
  if (denied !== undefined) return ended('key', planned, denied);
  const body = await readBody(planned);
  if (isRefusal(body)) return ended('form', planned, body);
  const decoded = decodeCall(planned, body);
  if (isRefusal(decoded)) return ended('form', planned, decoded);
  const { call, edits } = decoded;
  const asked: DecodedExchange = { ...planned, call, ...(edits.length === 0 ? {} : { edits }) };
  const excess = await admitKey(asked);
  if (excess !== undefined) return ended('key_limits', asked, excess);
  const governed = await applyGateway(asked);
  if (isRefusal(governed)) return ended('gateway', asked, governed);
  return call.dynamicRoute === undefined ? walkModel(governed) : walkRoute(governed);
}

/** The first model that the ways of a dynamic route lead to and that would be asked, or the last that would not. */
async function walkRoute(governed: DecodedExchange): Promise<Explained> {
  let explained: Explained | undefined;
  const end = await followDynamicRoute(governed, async (asked): Promise<EndedWalk> => {
    explained = await walkModel(asked);
    const at = { ...asked, ...explained.at };
    return explained.refused === undefined
      ? { kind: 'reply', at, reply: { status: 200, headers: [], body: new Uint8Array(0) } }
      : { kind: 'refused', at, refused: explained.refused.said };
  });
  if (explained !== undefined) return explained;
  return end.kind === 'refused' ? ended('gateway', governed, end.refused) : { at: governed };
}

async function walkModel(governed: DecodedExchange): Promise<Explained> {
  const prepared = prepareModel(governed);
  const { plan } = prepared;
  if (prepared.kind === 'refused') {
    const { stage, refused, at } = prepared;
    return { ...ended(stage, { ...governed, ...at }, refused), plan };
  }
  const judged = judgeCall(prepared.exchange, prepared.plan);
  if (isRefusal(judged)) return { ...ended('gateway_rules', prepared.exchange, judged), plan };
  const unpaid = await openBill(judged, prepared.plan);
  if (unpaid !== undefined) {
    // Breakers that keep a prepaid request from its upstream are asked about there, too.
    const stage = unpaid.reason === 'upstream_unavailable' ? 'route' : 'money';
    return { ...ended(stage, judged, unpaid), plan };
  }
  const [first] = prepared.plan.targets;
  return { at: first === undefined ? judged : towards(judged, first), plan };
}

function ended(
  stage: ExplainedStage,
  at: AuthenticatedExchange | DecodedExchange,
  said: Refusal,
): Explained {
  return { at, refused: { stage, said } };
}
