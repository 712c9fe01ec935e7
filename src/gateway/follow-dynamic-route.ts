import type { DynamicRouteCall } from '../dialects/dialect.ts';
import { gatewayEndpoints } from '../dialects/workers-ai/gateway-endpoints.ts';
import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../messages/errors.ts';
import type {
  DynamicRoute,
  ModelElement,
  RateElement,
  RouteContext,
  RouteStop,
} from '../policy/dynamic-route.ts';
import { nextStop } from '../policy/dynamic-route.ts';
import { readRouteElements } from '../policy/read-route-elements.ts';
import type { FactAt } from '../policy/route-condition.ts';
import { shareOf } from '../policy/route-share.ts';
import type { SpendBudget } from '../policy/spend-limits.ts';
import { fixedWindowAt, nanoUsdOf } from '../policy/spend-window.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { admitRequest } from './admit-request.ts';
import { beginModelLog } from './begin-gateway-log.ts';
import type { EndedWalk, RefusedWalk } from './ended-walk.ts';
import type { DecodedExchange, GatewayUse } from './exchange.ts';
import { logFailedModel } from './log-failed-model.ts';
import { spentOf } from './judge-call.ts';
import { closeBill } from './settle-request.ts';

const MS_PER_SECOND = 1000;
/** Most models that one request asks, as many as it may have steps: each may cost upstream calls. */
const MODELS_MAX = 10;

/**
 * Stage 6 of the walk for a request that names a route of its gateway: the ways of the route are
 * followed to a model, which is then asked as if the request had named it. A failure leads on where
 * the route says so; none is told before an answer has begun, so nobody gets parts of two. Workers
 * reference §3.8, case G21.
 */
export async function followDynamicRoute(
  exchange: DecodedExchange,
  walkModel: (exchange: DecodedExchange) => Promise<EndedWalk>,
): Promise<EndedWalk> {
  const found = findRoute(exchange);
  if (isRefusal(found)) return { kind: 'refused', at: exchange, refused: found };
  const { route, gateway, call } = found;
  const graph = readRouteElements([...route.version.elements]);
  if (isRefusal(graph)) return { kind: 'refused', at: exchange, refused: graph };
  const admitted = admitRequest(exchange);
  if (isRefusal(admitted)) return { kind: 'refused', at: exchange, refused: admitted };
  const budgets: SpendBudget[] = [];
  const context = contextOf(found, exchange, budgets);
  let ended: RefusedWalk | undefined;
  let stop: RouteStop = nextStop(graph, graph.start, context);
  for (let place = 0; stop.type === 'model' && place < MODELS_MAX; place++) {
    // Each model has a log of its own; the last one's is written with the reply.
    if (ended !== undefined) logFailedModel(ended);
    const logged = beginModelLog(exchange, gateway, place);
    const asked = { exchange, gateway: logged, call, budgets: [...budgets] };
    const walked = await askModel(stop, asked, walkModel);
    const isGone = exchange.request.cancellation.cancelled;
    if (walked.kind === 'reply' || isGone || isFinal(walked.refused)) return walked;
    if (stop.fallback === undefined) return walked;
    ended = walked;
    await closeWay(walked);
    stop = nextStop(graph, stop.fallback, context);
  }
  // The last error is the answer where nothing succeeded, whatever it was that failed.
  if (ended !== undefined) return ended;
  const refused = stop.type === 'limited' ? overLimit(route, stop) : withoutModel(route);
  return { kind: 'refused', at: exchange, refused };
}

/** The model that failed is not paid for; the next one has a bill of its own. */
async function closeWay({ at, refused, reported }: RefusedWalk): Promise<void> {
  const { status } = errorTable[refused.code];
  await closeBill(at, { ...reported, status, errorCode: refused.code, responseBytes: 0 });
}

/** What is said of the words of a request or an answer holds whichever model is asked. */
const finalReasons: ReadonlySet<string | undefined> = new Set([
  'prompt_blocked',
  'response_blocked',
  'request_data_blocked',
  'response_data_blocked',
]);

function isFinal({ reason }: Refusal): boolean {
  return finalReasons.has(reason);
}

interface FoundRoute {
  readonly kind: 'route';
  readonly route: DynamicRoute;
  readonly gateway: GatewayUse;
  readonly call: DynamicRouteCall;
}

/** Routes belong to one gateway; Workers reference §1.9. */
function findRoute({ call, gateway, walk }: DecodedExchange): FoundRoute | Refusal {
  const { dynamicRoute } = call;
  if (dynamicRoute === undefined || gateway === undefined) {
    return refusal('invalid_request', 'Dynamic routes belong to a gateway.', { param: 'model' });
  }
  const { account, id: gatewayId } = gateway.policy;
  const { name } = dynamicRoute;
  const route = walk.dynamicRoutes?.store.findByName({ account, gatewayId }, name);
  if (route !== undefined) return { kind: 'route', route, gateway, call: dynamicRoute };
  const text = `The gateway "${gatewayId}" has no route "${name}".`;
  return refusal('not_found', text, { reason: 'model_not_found', param: 'model' });
}

interface RoutedCall {
  readonly exchange: DecodedExchange;
  readonly gateway: GatewayUse;
  readonly call: DynamicRouteCall;
  /** Of the limits that were passed on the way. */
  readonly budgets: readonly SpendBudget[];
}

function askModel(
  element: ModelElement,
  { exchange, gateway, call, budgets }: RoutedCall,
  walkModel: (exchange: DecodedExchange) => Promise<EndedWalk>,
): Promise<EndedWalk> {
  const { provider, model, timeoutMs, retries, fallback } = element;
  const upstreamName = upstreamOf(provider, exchange);
  const decoded =
    upstreamName === undefined
      ? refusal('unavailable', `There is no provider "${provider}" here.`)
      : call.forModel(model);
  const routed = { provider, model, upstreamName, hasFallback: fallback !== undefined, budgets };
  if (isRefusal(decoded)) {
    const at = { ...exchange, gateway, routed };
    return Promise.resolve({ kind: 'refused', at, refused: decoded });
  }
  const options = {
    ...gateway.options,
    ...(timeoutMs === undefined ? {} : { requestTimeoutMs: timeoutMs }),
    ...(retries === 0 ? {} : { maxAttempts: retries + 1 }),
  };
  const { gateway: asked } = exchange.call;
  const isDefault = upstreamName === exchange.settings.upstreams.defaultName;
  return walkModel({
    ...exchange,
    gateway: { ...gateway, options },
    routed,
    call: {
      ...decoded,
      ...(asked === undefined ? {} : { gateway: isDefault ? asked : keyless(asked) }),
    },
  });
}

/** A key that came with the request is for the provider that it knows, not for any that a route names. */
function keyless<Call extends { readonly providerKey?: unknown }>(
  asked: Call,
): Omit<Call, 'providerKey'> {
  const { providerKey: _key, ...rest } = asked;
  return rest;
}

/** Providers that URLs of gateways name, all of which the default upstream stands for. */
const ownProviders: ReadonlySet<string> = new Set(gatewayEndpoints.map(({ provider }) => provider));

/** A provider is an upstream of this name, or one that gateways have anyway. */
function upstreamOf(provider: string, { settings }: DecodedExchange): string | undefined {
  const { byName, defaultName } = settings.upstreams;
  if (byName.has(provider)) return provider;
  return ownProviders.has(provider) ? defaultName : undefined;
}

function contextOf(
  { route, gateway, call }: FoundRoute,
  exchange: DecodedExchange,
  budgets: SpendBudget[],
): RouteContext {
  const factAt = factsOf(call, gateway, exchange);
  const user = factAt('metadata.user_id') ?? factAt('body.user') ?? exchange.request.id;
  return {
    factAt,
    shareOf: (elementId) => shareOf([route.id, elementId, JSON.stringify(user)]),
    admit: (element) => {
      const key = [route.id, element.id, factAt(element.key) ?? null];
      return element.limitType === 'count'
        ? admitByCount(element, JSON.stringify([gateway.policy.id, ...key]), exchange)
        : admitByCost(element, JSON.stringify(['route', ...key]), { exchange, gateway, budgets });
    },
  };
}

function admitByCount(
  { limit, windowSeconds, technique }: RateElement,
  name: string,
  { principal, walk }: DecodedExchange,
): number | undefined {
  const rule = { limit, intervalMs: windowSeconds * MS_PER_SECOND, technique };
  const admission = walk.dynamicRoutes?.limiter.admit({ account: principal.account, name }, rule);
  return admission?.kind === 'excess' ? admission.retryAfterMs : undefined;
}

interface Spending {
  readonly exchange: DecodedExchange;
  readonly gateway: GatewayUse;
  readonly budgets: SpendBudget[];
}

function admitByCost(
  { limit, windowSeconds }: RateElement,
  name: string,
  { exchange, gateway, budgets }: Spending,
): number | undefined {
  const { startedAtMs, walk } = exchange;
  const window = fixedWindowAt(windowSeconds * MS_PER_SECOND, startedAtMs);
  const budget = { name, limitNanoUsd: nanoUsdOf(limit), window };
  if (spentOf(budget, gateway.policy, walk) >= budget.limitNanoUsd) {
    return window.endMs - startedAtMs;
  }
  budgets.push(budget);
  return undefined;
}

/** What conditions may ask about: metadata, headers but for credentials, and the caller's body. */
function factsOf(
  { body }: DynamicRouteCall,
  { options }: GatewayUse,
  { call }: DecodedExchange,
): FactAt {
  return (path) => {
    const dot = path.indexOf('.');
    const name = path.slice(dot + 1);
    switch (path.slice(0, dot)) {
      case 'metadata':
        return ownMember(options.metadata ?? {}, name);
      case 'headers':
        return call.request.callerHeader?.(name.toLowerCase());
      case 'body':
        return name
          .split('.')
          .reduce<JsonValue | undefined>(
            (at, part) => (isJsonObject(at) ? ownMember(at, part) : undefined),
            body,
          );
      default:
        return undefined;
    }
  };
}

function ownMember(
  object: Readonly<Record<string, JsonValue>>,
  name: string,
): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function overLimit(
  { name }: DynamicRoute,
  { element, retryAfterMs }: Extract<RouteStop, { type: 'limited' }>,
): Refusal {
  const what = element.limitType === 'count' ? 'requests' : 'USD';
  const text = `Rate limited: the route "${name}" lets ${String(element.limit)} ${what} through in ${String(element.windowSeconds)} seconds.`;
  return refusal('rate_limited', text, { retryAfterMs, reason: 'gateway_rate_limited' });
}

function withoutModel({ name }: DynamicRoute): Refusal {
  const text = `The route "${name}" ends before it comes to a model.`;
  return refusal('invalid_request', text, { param: 'model' });
}
