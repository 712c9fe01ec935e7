import { DEFAULT_GATEWAY_ID, gatewayIdPattern } from '../ai-gateway-form/gateway-call.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { GATEWAYS_MAX } from '../policy/gateway-store.ts';
import { resolveGateway } from '../policy/resolve-gateway.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { encodeGateway } from './encode-gateway.ts';
import { forgetLogs } from './forget-logs.ts';
import { listPart, readListPage } from './paged-list.ts';
import { readGatewaySettings } from './read-gateway-settings.ts';

const GATEWAYS = '/client/v4/accounts/{account}/ai-gateway/gateways';
const GATEWAY = `${GATEWAYS}/{gateway}`;
/** Each comes with all of its rules. */
const GATEWAYS_PER_PAGE_MAX = 100;

/** The gateways of an account: made, listed, shown, replaced, removed; Workers reference §3.12. */
export const gatewayRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: GATEWAYS, face: 'account', answer: listGateways },
  { method: 'POST', path: GATEWAYS, face: 'account', answer: makeGateway },
  { method: 'GET', path: GATEWAY, face: 'account', answer: showGateway },
  { method: 'PUT', path: GATEWAY, face: 'account', answer: replaceGateway },
  { method: 'DELETE', path: GATEWAY, face: 'account', answer: removeGateway },
];

function listGateways({ account, query, parts }: ApiCall): ApiAnswer | Refusal {
  const page = readListPage(query, GATEWAYS_PER_PAGE_MAX);
  if (isRefusal(page)) return page;
  const search = query.get('search') ?? '';
  const part = { offset: (page.page - 1) * page.perPage, limit: page.perPage };
  const { gateways, count } = parts.gateways.list(account, { search, ...part });
  return listPart(
    gateways.map((policy) => encodeGateway(policy)),
    { page, count },
  );
}

async function makeGateway(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const { account, atMs, parts } = call;
  const id = body['id'];
  if (typeof id !== 'string' || !gatewayIdPattern.test(id)) {
    const text = 'Invalid value at id: expected 1 to 64 letters, digits, - and _';
    return refusal('invalid_request', text, { param: 'id' });
  }
  const settings = readGatewaySettings(body);
  if (isRefusal(settings)) return settings;
  const isDefault = id === DEFAULT_GATEWAY_ID;
  const made = { ...settings, account, id, isDefault, createdAtMs: atMs, modifiedAtMs: atMs };
  if (await parts.gateways.insert(made)) return shown(made);
  return parts.gateways.find(account, id) === undefined
    ? refusal('invalid_request', `An account has at most ${String(GATEWAYS_MAX)} gateways.`)
    : refusal('conflict', `There is a gateway "${id}" already.`);
}

async function showGateway(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const policy = await findGateway(call);
  return isRefusal(policy) ? policy : shown(policy);
}

async function replaceGateway(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const before = await findGateway(call);
  if (isRefusal(before)) return before;
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const settings = readGatewaySettings(body);
  if (isRefusal(settings)) return settings;
  const { account, id, isDefault, createdAtMs } = before;
  const after = { ...settings, account, id, isDefault, createdAtMs, modifiedAtMs: call.atMs };
  return (await call.parts.gateways.replace(after)) ? shown(after) : notFound(call);
}

async function removeGateway(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const { account, params, parts } = call;
  const before = parts.gateways.find(account, params['gateway'] ?? '');
  if (before === undefined) return notFound(call);
  if (!(await parts.gateways.remove(account, before.id))) return notFound(call);
  await forgetLogs(parts.logs, { account, gatewayId: before.id });
  return shown(before);
}

/** A gateway by its name in the path; `default` is there as soon as somebody asks for it. */
export async function findGateway(call: ApiCall): Promise<GatewayPolicy | Refusal> {
  const { account, params, atMs, parts } = call;
  const policy = await resolveGateway(params['gateway'] ?? '', { account, atMs }, parts.gateways);
  return isRefusal(policy) ? notFound(call) : policy;
}

function notFound({ params }: ApiCall): Refusal {
  const text = `There is no gateway "${(params['gateway'] ?? '').slice(0, 64)}".`;
  return refusal('not_found', text, { reason: 'record_not_found' });
}

function shown(policy: GatewayPolicy): ApiAnswer {
  return { kind: 'result', result: encodeGateway(policy) };
}
