import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { resolveGateway } from '../policy/resolve-gateway.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { encodeGateway } from './encode-gateway.ts';
import { makeGateway, noGateway, removeGateway, replaceGateway } from './gateway-orders.ts';
import { listPart, readListPage } from './paged-list.ts';

const GATEWAYS = '/client/v4/accounts/{account}/ai-gateway/gateways';
const GATEWAY = `${GATEWAYS}/{gateway}`;
/** Each comes with all of its rules. */
const GATEWAYS_PER_PAGE_MAX = 100;

/** The gateways of an account: made, listed, shown, replaced, removed; Workers reference §3.12. */
export const gatewayRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: GATEWAYS, face: 'account', answer: listGateways },
  { method: 'POST', path: GATEWAYS, face: 'account', answer: answerMake },
  { method: 'GET', path: GATEWAY, face: 'account', answer: showGateway },
  { method: 'PUT', path: GATEWAY, face: 'account', answer: answerReplace },
  { method: 'DELETE', path: GATEWAY, face: 'account', answer: answerRemove },
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

async function answerMake(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const { account, atMs, parts } = call;
  const made = await makeGateway(parts, { account, id: body['id'], body, atMs });
  return isRefusal(made) ? made : shown(made);
}

async function showGateway(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const policy = await findGateway(call);
  return isRefusal(policy) ? policy : shown(policy);
}

async function answerReplace(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const before = await findGateway(call);
  if (isRefusal(before)) return before;
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const after = await replaceGateway(call.parts, before, { body, atMs: call.atMs });
  return isRefusal(after) ? after : shown(after);
}

async function answerRemove({ account, params, parts }: ApiCall): Promise<ApiAnswer | Refusal> {
  const id = params['gateway'] ?? '';
  const before = parts.gateways.find(account, id);
  if (before === undefined) return noGateway(id);
  const removed = await removeGateway(parts, before);
  return isRefusal(removed) ? removed : shown(removed);
}

/** A gateway by its name in the path; `default` is there as soon as somebody asks for it. */
export async function findGateway(call: ApiCall): Promise<GatewayPolicy | Refusal> {
  const { account, params, atMs, parts } = call;
  const policy = await resolveGateway(params['gateway'] ?? '', { account, atMs }, parts.gateways);
  return isRefusal(policy) ? noGateway(params['gateway'] ?? '') : policy;
}

function shown(policy: GatewayPolicy): ApiAnswer {
  return { kind: 'result', result: encodeGateway(policy) };
}
