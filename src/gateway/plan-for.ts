import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Operation } from '../messages/upstream.ts';
import { accountOperations } from '../messages/upstream.ts';
import { unknownStates } from '../routing/order-targets.ts';
import { planRoute, planUpstream } from '../routing/plan-route.ts';
import type { RoutePlan, RouteTarget } from '../routing/route-plan.ts';
import type { RouteQuestion } from '../routing/route-table.ts';
import { drawOf } from '../std/random.ts';
import { AskedBody } from './asked-body.ts';
import { planForChosen, refuseChoice, refuseChosen } from './chosen-upstream.ts';
import { conversationKey } from './conversation-key.ts';
import type { DecodedExchange, WalkSettings } from './exchange.ts';
import { permittedPlan } from './judge-call.ts';
import { planOf } from './plan-of.ts';
import { usesFeature } from './request-features.ts';

/** What an answer can come from anywhere for. All else belongs to one account at one upstream. */
const routedOperations: ReadonlySet<Operation> = new Set([
  'messages.create',
  'messages.count_tokens',
  'complete.create',
]);

/**
 * Stage 10 of the walk: who is to be asked, by what is known of the request and of the upstreams. Who is
 * drained is not, but for what the gateway keeps itself.
 */
export function planFor(exchange: DecodedExchange): RoutePlan {
  const { request, walk } = exchange;
  const isKept = accountOperations.has(request.operation);
  const isAsked = ({ upstream }: RouteTarget): boolean => !isKept || upstream.keepsAccountResources;
  const plan = planWhoever(exchange);
  return walk.health?.drains.leftOutOf(plan, isAsked) ?? plan;
}

/** Why nobody is to be asked by a plan. */
export function refuseUnplanned(exchange: DecodedExchange, plan: RoutePlan): Refusal | undefined {
  const { operation, upstreamName } = exchange.request;
  if (upstreamName === undefined) return refuseDrained(plan);
  if (!routedOperations.has(operation)) return refuseChoice();
  return refuseChosen(exchange, upstreamName, plan);
}

/** An operator's order is no failure of an upstream: where nobody else may answer, nobody does. */
function refuseDrained({ targets, drained }: RoutePlan): Refusal | undefined {
  if (drained === undefined || targets.length > 0) return undefined;
  return refusal('unavailable', DRAINED_TEXT, { reason: 'upstream_drained' });
}

const DRAINED_TEXT =
  'Whoever runs this gateway has taken the upstream for this request out of service for now. Please try again later.';

function planWhoever(exchange: DecodedExchange): RoutePlan {
  const { settings, request, routed, walk } = exchange;
  const { upstreams } = settings;
  if (!routedOperations.has(request.operation)) return planUnread(settings);
  const question = questionOf(exchange);
  const states = walk.health ?? unknownStates;
  const asked = { question, states };
  const name = routed?.upstreamName;
  const chosen = request.upstreamName;
  const usual = (): RoutePlan =>
    name === undefined
      ? planRoute(upstreams, question, states)
      : planUpstream(upstreams, name, asked);
  const plan = chosen === undefined ? usual() : planForChosen(exchange, chosen, asked);
  return permittedPlan(exchange, wantsCallersKey(exchange) ? forCallersKey(plan) : plan);
}

/** The plan for what belongs to an account, and for what is not read yet: the default upstream's first. */
export function planUnread({ upstreams }: WalkSettings): RoutePlan {
  return planUpstream(upstreams, upstreams.defaultName);
}

/** What routes ask of a request. */
export function questionOf(exchange: DecodedExchange): RouteQuestion {
  const { call, settings, principal, request, walk } = exchange;
  const { model } = call;
  const modelId =
    call.modelId ?? (model === undefined ? undefined : resolveAnyName(model, settings.profile)?.id);
  let scanned: AskedBody | undefined;
  const body = (): AskedBody => (scanned ??= new AskedBody(call, settings.jsonBounds));
  const { account, keyId, modelIds, budget } = principal;
  // What is charged was held for the model that was asked for, at its price.
  const isCharged = planOf(exchange).isPrepaid || budget !== null;
  return {
    model,
    modelId,
    account,
    keyId,
    bodyBytes: call.request.body.length,
    header: (name) => {
      const value = request.headers[name];
      return typeof value === 'object' ? value.join(', ') : value;
    },
    has: (feature) => usesFeature({ call, body }, feature),
    mayAnswer: (id) => !isCharged && (modelIds === null || modelIds.has(id)),
    conversation: () => conversationKey(body(), { account, model: modelId ?? model ?? '' }),
    draw: () => drawOf(walk.random),
  };
}

/** Whether the request goes with a key that its caller has at a provider, or not at all. */
function wantsCallersKey({ call, gateway }: DecodedExchange): boolean {
  if (gateway === undefined) return false;
  const { policy, options } = gateway;
  const isNamed = options.providerKeyAlias !== undefined || options.needsProviderKey === true;
  return policy.byokOnly || isNamed || call.gateway?.providerKey !== undefined;
}

/** Only who takes such keys can answer with one, so they come first where there are any. */
function forCallersKey(plan: RoutePlan): RoutePlan {
  const takers = plan.targets.filter(({ upstream }) => upstream.provider !== undefined);
  return takers.length === 0 ? plan : { ...plan, targets: takers };
}
