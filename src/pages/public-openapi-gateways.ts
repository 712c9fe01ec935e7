import type { JsonObject } from '../std/json.ts';
import { enveloped } from './public-openapi-catalog-schemas.ts';
import type { PublicContent, PublicOperation } from './public-openapi-operation.ts';
import { count, inQuery, json, listOf, named, object, text } from './public-openapi-operation.ts';
import { universalOperation } from './public-openapi-universal.ts';

const GATEWAYS = '/client/v4/accounts/{account}/ai-gateway/gateways';
const GATEWAY = `${GATEWAYS}/{gateway}`;
const BINDING = '/ai-gateway/gateways/{gateway}';
const KEYS = `${GATEWAY}/provider_configs`;
const ROUTES = `${GATEWAY}/routes`;
const POLICIES = `${GATEWAY}/policies`;
const LOGS = `${GATEWAY}/logs`;

const pages: readonly JsonObject[] = [
  inQuery('page', { type: 'integer', minimum: 1, default: 1 }, 'Which page.'),
  inQuery('per_page', { type: 'integer', minimum: 1, default: 20 }, 'Most items of a page.'),
];
const filters = inQuery(
  'filters',
  text('JSON.'),
  'A list of `{key, operator, value}`: only logs that fit all of them.',
);

const managing = { tag: 'gateways', access: 'key' } as const;

type Row = readonly [
  id: string,
  summary: string,
  result: JsonObject,
  more?: {
    readonly body?: PublicContent;
    readonly parameters?: readonly JsonObject[];
    readonly isPaged?: true;
    readonly isForBinding?: true;
  },
];

const settings: JsonObject = {
  cache_invalidate_on_update: false,
  cache_ttl: 300,
  collect_logs: true,
  rate_limiting_interval: 60,
  rate_limiting_limit: 600,
};
const policy: JsonObject = { name: 'no other model', action: 'allow', resource: 'anthropic/*' };
const elements: readonly JsonObject[] = [
  { id: 'start', type: 'start', outputs: { next: { elementId: 'sonnet' } } },
  {
    id: 'sonnet',
    type: 'model',
    properties: { provider: 'anthropic', model: 'claude-sonnet-4-6' },
    outputs: { success: { elementId: 'end' } },
  },
  { id: 'end', type: 'end', outputs: {} },
];

/** Lists of routes say how they are ordered beside what they hold. */
function ordered(name: string, items: JsonObject): JsonObject {
  return object({
    order_by: text(),
    order_by_direction: text(),
    page: count,
    per_page: count,
    [name]: listOf(items),
  });
}

const gateway = named('Gateway');
const key = named('ProviderKey');
const route = named('DynamicRoute');
const accessPolicy = named('AccessPolicy');
const log = named('GatewayLog');
const version: JsonObject = { type: 'object', properties: { version_id: text() } };
const deployment: JsonObject = { type: 'object', properties: { deployment_id: text() } };
const patch = json(named('GatewayLogPatch'), { feedback: 1 });

/** By method and path, as the table of these routes has them. */
const rows: Readonly<Record<string, Row>> = {
  [`GET ${GATEWAYS}`]: [
    'listGateways',
    'List the gateways of the account.',
    listOf(gateway),
    { parameters: [...pages, inQuery('search', text(), 'Part of a name.')], isPaged: true },
  ],
  [`POST ${GATEWAYS}`]: [
    'createGateway',
    'Make a gateway.',
    gateway,
    { body: json(named('NewGateway'), { id: 'team-a', ...settings }) },
  ],
  [`GET ${GATEWAY}`]: ['getGateway', 'Show a gateway. `default` is always there.', gateway],
  [`PUT ${GATEWAY}`]: [
    'replaceGateway',
    'Replace the settings of a gateway.',
    gateway,
    { body: json(named('GatewaySettings'), settings) },
  ],
  [`DELETE ${GATEWAY}`]: ['deleteGateway', 'Remove a gateway, its rules and its logs.', gateway],
  [`GET ${GATEWAY}/url/{provider}`]: ['getGatewayUrl', 'Where a gateway is reached.', text()],
  [`GET ${BINDING}/url/{provider}`]: [
    'getGatewayUrlForBinding',
    'Where a gateway is reached, as the binding asks.',
    object({ url: text() }),
    { isForBinding: true },
  ],
  [`GET ${KEYS}`]: [
    'listProviderKeys',
    "List a gateway's keys for providers, without the keys themselves.",
    listOf(key),
    { parameters: pages, isPaged: true },
  ],
  [`POST ${KEYS}`]: [
    'createProviderKey',
    'Store a key for a provider.',
    key,
    {
      body: json(named('ProviderKeyRequest'), {
        provider_slug: 'anthropic',
        alias: 'default',
        secret: 'the-key-of-the-provider',
      }),
    },
  ],
  [`PUT ${KEYS}/{key}`]: [
    'replaceProviderKey',
    'Replace a stored key; without `secret` the key itself stays.',
    key,
    {
      body: json(named('ProviderKeyRequest'), { provider_slug: 'anthropic', alias: 'other' }),
    },
  ],
  [`DELETE ${KEYS}/{key}`]: ['deleteProviderKey', 'Remove a stored key.', key],
  [`GET ${ROUTES}`]: [
    'listDynamicRoutes',
    'List the dynamic routes of a gateway.',
    ordered('routes', route),
    { parameters: pages },
  ],
  [`POST ${ROUTES}`]: [
    'createDynamicRoute',
    'Make a route that comes to a model by what a request says. It serves at once.',
    route,
    { body: json(named('DynamicRouteRequest'), { name: 'support', elements }) },
  ],
  [`GET ${ROUTES}/{route}`]: ['getDynamicRoute', 'Show a route.', route],
  [`PATCH ${ROUTES}/{route}`]: [
    'renameDynamicRoute',
    'Give a route another name.',
    route,
    { body: json(named('DynamicRouteName'), { name: 'support-2' }) },
  ],
  [`DELETE ${ROUTES}/{route}`]: ['deleteDynamicRoute', 'Remove a route.', route],
  [`GET ${ROUTES}/{route}/versions`]: [
    'listRouteVersions',
    'List the versions of a route, newest first.',
    ordered('versions', version),
    { parameters: pages },
  ],
  [`POST ${ROUTES}/{route}/versions`]: [
    'createRouteVersion',
    'Add a version to a route. It serves once it is deployed.',
    route,
    { body: json(named('RouteElements'), { elements }) },
  ],
  [`GET ${ROUTES}/{route}/versions/{version}`]: ['getRouteVersion', 'Show a version.', route],
  [`GET ${ROUTES}/{route}/deployments`]: [
    'listRouteDeployments',
    'Which versions of a route served, newest first.',
    ordered('deployments', deployment),
    { parameters: pages },
  ],
  [`POST ${ROUTES}/{route}/deployments`]: [
    'deployRouteVersion',
    'Have a version of a route serve.',
    route,
    { body: json(named('DeploymentRequest')) },
  ],
  [`GET ${POLICIES}`]: [
    'listAccessPolicies',
    'List who may ask a gateway for what.',
    listOf(accessPolicy),
    { parameters: pages, isPaged: true },
  ],
  [`POST ${POLICIES}`]: [
    'createAccessPolicy',
    'Add a policy.',
    accessPolicy,
    { body: json(named('AccessPolicyRequest'), policy) },
  ],
  [`GET ${POLICIES}/{policy}`]: ['getAccessPolicy', 'Show a policy.', accessPolicy],
  [`PUT ${POLICIES}/{policy}`]: [
    'replaceAccessPolicy',
    'Replace a policy.',
    accessPolicy,
    { body: json(named('AccessPolicyRequest'), policy) },
  ],
  [`DELETE ${POLICIES}/{policy}`]: ['deleteAccessPolicy', 'Remove a policy.', accessPolicy],
  [`GET ${LOGS}`]: [
    'listGatewayLogs',
    'List the logs of a gateway, newest first unless `order_by` says otherwise.',
    listOf(log),
    { parameters: [...pages, filters], isPaged: true },
  ],
  [`DELETE ${LOGS}`]: [
    'deleteGatewayLogs',
    'Remove logs that fit, at most 10,000.',
    object({ removed: count }),
    { parameters: [filters] },
  ],
  [`GET ${LOGS}/{log}`]: ['getGatewayLog', 'Show a log, with how its bodies begin.', log],
  [`PATCH ${LOGS}/{log}`]: [
    'patchGatewayLog',
    'Say what an answer was worth, or add metadata.',
    log,
    { body: patch },
  ],
  [`GET ${BINDING}/logs/{log}`]: [
    'getGatewayLogForBinding',
    'Show a log, as the binding asks.',
    log,
    { isForBinding: true },
  ],
  [`PATCH ${BINDING}/logs/{log}`]: [
    'patchGatewayLogForBinding',
    'The same as for the account, as the binding asks.',
    log,
    { isForBinding: true, body: patch },
  ],
  [`GET ${GATEWAY}/analytics`]: [
    'countGatewayLogs',
    'Count logs by what they have in common.',
    listOf(named('LogGroup')),
    {
      parameters: [inQuery('dimensions', text(), 'Names with commas: `model,date`.'), filters],
    },
  ],
};

function logBody(id: string, which: string): PublicOperation {
  return {
    ...managing,
    id,
    summary: `The ${which} of a log as it was, where it was kept.`,
    answers: [json({}), { type: 'text/event-stream' }, { type: 'application/octet-stream' }],
    errors: 'AccountError',
  };
}

const others: Readonly<Record<string, PublicOperation>> = {
  [`GET ${LOGS}/{log}/request`]: logBody('getLoggedRequest', 'request'),
  [`GET ${LOGS}/{log}/response`]: logBody('getLoggedResponse', 'answer'),
  'POST /v1/{owner}/{gateway}': universalOperation,
  'POST /ai-gateway/universal/run/{gateway}': {
    ...universalOperation,
    id: 'runUniversalForBinding',
  },
};

/** What a route about gateways does; undefined where nobody has described it. */
export function gatewayOperation(method: string, path: string): PublicOperation | undefined {
  const place = `${method} ${path}`;
  const row = rows[place];
  if (row === undefined) return others[place];
  const [id, summary, result, { body, parameters = [], isPaged = false, isForBinding } = {}] = row;
  const bare = object({ success: { type: 'boolean', const: true }, result }, ['success', 'result']);
  return {
    ...managing,
    id,
    summary,
    parameters,
    ...(body === undefined ? {} : { body: [body] }),
    answers: [json(isForBinding === true ? bare : enveloped(result, isPaged))],
    errors: isForBinding === true ? 'BindingError' : 'AccountError',
  };
}

/** The places that are described: none of them may be missing from the table. */
export const gatewayPlaces: readonly string[] = [...Object.keys(rows), ...Object.keys(others)];
