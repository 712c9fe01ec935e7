import type { UpstreamConfig } from '../config/config.ts';
import type { ExplainedRequest } from '../gateway/explain-request.ts';
import { attemptRulesOf } from '../policy/attempt-rules.ts';
import type { ExplainedRoute, LeftOut } from '../routing/explain-routes.ts';
import type { RoutePlan, RouteTarget } from '../routing/route-plan.ts';
import { placeOf } from '../routing/route-plan.ts';
import type { Route } from '../routing/route-table.ts';
import type {
  ExplainAffinityAnswer,
  ExplainAnswer,
  ExplainPlaceAnswer,
  ExplainRetriesAnswer,
  ExplainRouteAnswer,
  ExplainTargetAnswer,
  ExplainTimeoutsAnswer,
} from './contract-operations.ts';
import type { OperationParts } from './operation-parts.ts';
import type { KnownTarget } from './target-states.ts';
import { targetStateOf } from './target-states.ts';

/** What routes made of a request. */
export function explainRouting(
  explained: ExplainedRequest,
): Pick<ExplainAnswer, 'routes' | 'route' | 'drained' | 'is_order_drawn' | 'retries' | 'affinity'> {
  const { plan, routes } = explained;
  return {
    routes: routes.map((route) => encodeRoute(route)),
    route: plan?.route ?? null,
    drained: [...(plan?.drained ?? [])],
    is_order_drawn: plan?.isDrawn === true,
    retries: plan === undefined ? null : retriesOf(explained, plan),
    affinity: plan === undefined ? null : affinityOf(explained, plan),
  };
}

/** The conditions as the configuration calls them. */
const conditionNames: Readonly<Record<NonNullable<ExplainedRoute['unmet']>, string>> = {
  models: 'models',
  accounts: 'accounts',
  keys: 'keys',
  headers: 'headers',
  features: 'features',
  bodyBytesMin: 'body_bytes_min',
  bodyBytesMax: 'body_bytes_max',
};

function encodeRoute({ name, outcome, unmet, leftOut }: ExplainedRoute): ExplainRouteAnswer {
  return {
    name,
    outcome,
    failed: unmet === undefined ? null : conditionNames[unmet],
    left_out: leftOut.map(({ candidate, why }) => ({
      upstream: candidate.pool[0]?.name ?? '',
      model: candidate.model ?? null,
      why: whyLeftOut(why),
    })),
  };
}

function whyLeftOut(why: LeftOut['why']): string {
  return why === 'model'
    ? 'It answers with another model, which this caller may not be answered by.'
    : `Its condition "${conditionNames[why]}" is not met.`;
}

/** The targets of a plan in their order, each with how it fares. */
export function encodeTargets(
  { plan, at }: ExplainedRequest,
  { walk: { health }, configured }: OperationParts,
): readonly ExplainTargetAnswer[] {
  if (plan === undefined) return [];
  const byName = configured();
  const route = at.settings.upstreams.routes?.find(({ name }) => name === plan.route);
  return plan.targets.map((target) => {
    const { upstream, model = null, healthKey } = target;
    const known = targetStateOf(health, healthKey);
    return {
      upstream: upstream.name,
      credential: upstream.credential ?? 0,
      model,
      state: known.state,
      why: `${roleOf(target, route)} ${stateText(known)}`,
      live: known.live,
      timeouts: timeoutsOf(target, plan, byName[upstream.name]),
    };
  });
}

function roleOf({ upstream, model }: RouteTarget, route: Route | undefined): string {
  if (route === undefined) return 'The upstream that answers without a route.';
  const isIn = (candidates: Route['targets']): boolean =>
    candidates.some(
      (candidate) => candidate.pool[0]?.name === upstream.name && candidate.model === model,
    );
  return isIn(route.targets) ? 'A target of the route.' : 'A fallback of the route.';
}

function stateText({ state, openForMs, pauseLeftMs }: KnownTarget): string {
  switch (state) {
    case 'free':
      return 'It may be asked.';
    case 'half-open':
      return 'It failed too often, and this request would find out whether it is back.';
    case 'open':
      return `It failed too often and is left alone for another ${String(openForMs)} ms, so others come first.`;
    case 'paused':
      return `It wants to be left alone for another ${String(pauseLeftMs)} ms, so others come first.`;
  }
}

function timeoutsOf(
  { firstByteMs }: RouteTarget,
  { totalMs }: RoutePlan,
  configured: UpstreamConfig | undefined,
): ExplainTimeoutsAnswer {
  const timeouts =
    configured !== undefined && 'timeouts' in configured ? configured.timeouts : undefined;
  const totals = [totalMs, timeouts?.total_ms].filter((ms) => ms !== undefined);
  return {
    connect_ms: timeouts?.connect_ms ?? null,
    first_byte_ms: firstByteMs ?? timeouts?.first_byte_ms ?? null,
    idle_ms: timeouts?.idle_ms ?? null,
    total_ms: totals.length === 0 ? null : Math.min(...totals),
  };
}

function retriesOf({ at, envelope }: ExplainedRequest, plan: RoutePlan): ExplainRetriesAnswer {
  if (envelope !== undefined) {
    const { attemptsMax, totalMs } = envelope;
    const by = plan.attemptsMax === undefined ? 'plan' : 'route';
    return { by, attempts_max: attemptsMax, total_ms: totalMs };
  }
  const gateway = 'gateway' in at ? at.gateway : undefined;
  const rules = gateway && attemptRulesOf(gateway.policy, gateway.options);
  if (rules === undefined || (rules.attemptsMax === 1 && rules.firstByteTimeoutMs === undefined)) {
    return { by: 'nobody', attempts_max: 1, total_ms: null };
  }
  return { by: 'gateway', attempts_max: rules.attemptsMax, total_ms: null };
}

function affinityOf({ at }: ExplainedRequest, plan: RoutePlan): ExplainAffinityAnswer | null {
  const { conversation } = plan;
  if (conversation === undefined) return null;
  const guestAt = at.walk.health?.lastServed(conversation.key);
  return {
    home: encodePlace(conversation.homeKey),
    guest: guestAt === undefined ? null : encodePlace(guestAt),
  };
}

function encodePlace(healthKey: string): ExplainPlaceAnswer {
  const { upstream, credential } = placeOf(healthKey);
  return { upstream, credential };
}
