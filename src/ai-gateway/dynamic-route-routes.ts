import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { DynamicRoute, RouteDeployment, RouteVersion } from '../policy/dynamic-route.ts';
import type { ListPart } from '../policy/dynamic-route-store.ts';
import {
  ELEMENTS_BYTES_MAX,
  ROUTES_MAX,
  ROUTE_VERSIONS_MAX,
} from '../policy/dynamic-route-store.ts';
import { readRouteElements } from '../policy/read-route-elements.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { encodeDeployment, encodeRoute, encodeVersion } from './encode-dynamic-route.ts';
import { findGateway } from './gateway-routes.ts';
import { invalidMember } from './invalid-member.ts';
import { newRecordId } from './new-record-id.ts';
import type { ListPage } from './paged-list.ts';
import { readListPage } from './paged-list.ts';

const ROUTES = '/client/v4/accounts/{account}/ai-gateway/gateways/{gateway}/routes';
const ROUTE = `${ROUTES}/{route}`;
const VERSIONS = `${ROUTE}/versions`;
const DEPLOYMENTS = `${ROUTE}/deployments`;

/** Each comes with its elements. */
const VERSIONS_PER_PAGE_MAX = 100;
const ELEMENTS_BOUND = `${String(ELEMENTS_BYTES_MAX / 1024 / 1024)} MiB`;

/** Dynamic routes with their versions and deployments; Workers reference §3.8. */
export const dynamicRouteRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: ROUTES, face: 'account', answer: listRoutes },
  { method: 'POST', path: ROUTES, face: 'account', answer: makeRoute },
  { method: 'GET', path: ROUTE, face: 'account', answer: onRoute(shown) },
  { method: 'PATCH', path: ROUTE, face: 'account', answer: onRoute(renameRoute) },
  { method: 'DELETE', path: ROUTE, face: 'account', answer: onRoute(removeRoute) },
  { method: 'GET', path: VERSIONS, face: 'account', answer: onRoute(listVersions) },
  { method: 'POST', path: VERSIONS, face: 'account', answer: onRoute(addVersion) },
  { method: 'GET', path: `${VERSIONS}/{version}`, face: 'account', answer: onRoute(showVersion) },
  { method: 'GET', path: DEPLOYMENTS, face: 'account', answer: onRoute(listDeployments) },
  { method: 'POST', path: DEPLOYMENTS, face: 'account', answer: onRoute(deploy) },
];

/** Requests name a route in a model's place, behind a prefix. */
const namePattern = /^[A-Za-z0-9_.-]{1,64}$/;

type Answered = ApiAnswer | Refusal | Promise<ApiAnswer | Refusal>;

/** Finds the route that a path names. */
function onRoute(
  answer: (route: DynamicRoute, call: ApiCall) => Answered,
): (call: ApiCall) => Answered {
  return (call) => {
    const { account, params, parts } = call;
    const { gateway: gatewayId = '', route: id = '' } = params;
    const route = parts.dynamicRoutes.store.find({ account, gatewayId }, id);
    if (route !== undefined) return answer(route, call);
    const text = `The gateway "${gatewayId.slice(0, 64)}" has no route of the id "${id.slice(0, 64)}".`;
    return refusal('not_found', text, { reason: 'record_not_found' });
  };
}

async function listRoutes(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const gateway = await findGateway(call);
  if (isRefusal(gateway)) return gateway;
  const asked = readListPage(call.query);
  if (isRefusal(asked)) return asked;
  const { account, parts } = call;
  const all = parts.dynamicRoutes.store.list({ account, gatewayId: gateway.id });
  const { offset, limit } = placeOf(asked);
  const routes = all.slice(offset, offset + limit).map((route) => encodeRoute(route));
  return listed({ routes }, 'asc', asked);
}

/** Lists of routes stand under a name of their own, with how they are ordered. */
function listed(items: object, direction: 'asc' | 'desc', { page, perPage }: ListPage): ApiAnswer {
  const order = { order_by: 'created_at', order_by_direction: direction };
  const data = { ...order, page, per_page: perPage, ...items };
  return { kind: 'result', result: data, members: { data } };
}

function placeOf({ page, perPage }: ListPage): ListPart {
  return { offset: (page - 1) * perPage, limit: perPage };
}

async function makeRoute(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const gateway = await findGateway(call);
  if (isRefusal(gateway)) return gateway;
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const name = readName(body);
  if (typeof name !== 'string') return name;
  const elements = readElements(body);
  if (isRefusal(elements)) return elements;
  const { account, atMs, parts } = call;
  const version = newVersion(elements.given, call);
  const route: DynamicRoute = {
    account,
    gatewayId: gateway.id,
    id: newRecordId(parts.random),
    name,
    deployment: newDeployment(version.id, call),
    version,
    createdAtMs: atMs,
    modifiedAtMs: atMs,
  };
  const { store } = parts.dynamicRoutes;
  if (await store.insert(route)) return shown(route);
  if (store.findByName(route, name) !== undefined) return nameTaken(name);
  const most = `at most ${String(ROUTES_MAX)} routes, with ${ELEMENTS_BOUND} of elements in all versions`;
  return refusal('invalid_request', `A gateway has ${most}.`);
}

async function renameRoute(route: DynamicRoute, call: ApiCall): Promise<ApiAnswer | Refusal> {
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const name = readName(body);
  if (typeof name !== 'string') return name;
  const renamed = { ...route, name, modifiedAtMs: call.atMs };
  if (!(await call.parts.dynamicRoutes.store.rename(renamed))) return nameTaken(name);
  const result = encodeRoute(renamed);
  return { kind: 'result', result, members: { route: result } };
}

async function removeRoute(route: DynamicRoute, { parts }: ApiCall): Promise<ApiAnswer | Refusal> {
  await parts.dynamicRoutes.store.remove(route, route.id);
  return shown(route);
}

function listVersions(route: DynamicRoute, { parts, query }: ApiCall): ApiAnswer | Refusal {
  const asked = readListPage(query, VERSIONS_PER_PAGE_MAX);
  if (isRefusal(asked)) return asked;
  const part = parts.dynamicRoutes.store.versions(route, placeOf(asked));
  const versions = part.map((version) => encodeVersion(version, route));
  return listed({ versions }, 'desc', asked);
}

async function addVersion(route: DynamicRoute, call: ApiCall): Promise<ApiAnswer | Refusal> {
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const elements = readElements(body);
  if (isRefusal(elements)) return elements;
  const version = newVersion(elements.given, call);
  if (await call.parts.dynamicRoutes.store.addVersion(route, version)) {
    return { kind: 'result', result: encodeRoute(route, version) };
  }
  const text = `A route has at most ${String(ROUTE_VERSIONS_MAX)} versions, and the routes of a gateway ${ELEMENTS_BOUND} of elements in all of theirs: remove some.`;
  return refusal('invalid_request', text);
}

function showVersion(route: DynamicRoute, { params, parts }: ApiCall): ApiAnswer | Refusal {
  const version = parts.dynamicRoutes.store.version(route, params['version'] ?? '');
  if (version === undefined) return noVersion(params['version'] ?? '');
  const result = { ...encodeRoute(route, version), ...encodeVersion(version, route) };
  return { kind: 'result', result };
}

function listDeployments(route: DynamicRoute, { parts, query }: ApiCall): ApiAnswer | Refusal {
  const asked = readListPage(query);
  if (isRefusal(asked)) return asked;
  const part = parts.dynamicRoutes.store.deployments(route, placeOf(asked));
  const deployments = part.map((deployment) => encodeDeployment(deployment));
  return listed({ deployments }, 'desc', asked);
}

async function deploy(route: DynamicRoute, call: ApiCall): Promise<ApiAnswer | Refusal> {
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const versionId = body['version_id'];
  if (typeof versionId !== 'string')
    return invalidMember('version_id', 'expected the id of a version');
  const { store } = call.parts.dynamicRoutes;
  const version = store.version(route, versionId);
  if (version === undefined) return noVersion(versionId);
  const deployment = newDeployment(versionId, call);
  await store.deploy(route, deployment);
  return shown({ ...route, version, deployment, modifiedAtMs: call.atMs });
}

function readName(body: JsonObject): string | Refusal {
  const { name } = body;
  return typeof name === 'string' && namePattern.test(name)
    ? name
    : invalidMember('name', 'expected 1 to 64 letters, digits, ., - and _');
}

interface GivenElements {
  readonly kind: 'elements';
  readonly given: readonly JsonValue[];
}

function readElements({ elements }: JsonObject): GivenElements | Refusal {
  const graph = readRouteElements(elements);
  if (isRefusal(graph)) return graph;
  // What makes a graph is a list.
  return { kind: 'elements', given: Array.isArray(elements) ? elements : [] };
}

function newVersion(elements: readonly JsonValue[], { atMs, parts }: ApiCall): RouteVersion {
  return { id: newRecordId(parts.random), elements, createdAtMs: atMs };
}

function newDeployment(versionId: string, { atMs, parts }: ApiCall): RouteDeployment {
  return { id: newRecordId(parts.random), versionId, createdAtMs: atMs };
}

function shown(route: DynamicRoute): ApiAnswer {
  return { kind: 'result', result: encodeRoute(route) };
}

function nameTaken(name: string): Refusal {
  return refusal('conflict', `There is a route "${name}" already, or this one has gone.`);
}

function noVersion(id: string): Refusal {
  const text = `The route has no version "${id.slice(0, 64)}".`;
  return refusal('not_found', text, { reason: 'record_not_found' });
}
