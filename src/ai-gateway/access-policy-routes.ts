import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { StoredPolicy } from '../policy/access-policy.ts';
import { POLICIES_MAX } from '../policy/access-policy-store.ts';
import { encodeAccessPolicy, readAccessPolicy } from '../policy/read-access-policy.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { findGateway } from './gateway-routes.ts';
import { newRecordId } from './new-record-id.ts';
import { pagedList, readListPage } from './paged-list.ts';

const POLICIES = '/client/v4/accounts/{account}/ai-gateway/gateways/{gateway}/policies';
const POLICY = `${POLICIES}/{policy}`;

/** Who may ask a gateway for what: policies made, listed, shown, replaced, removed; Workers reference §3.6. */
export const accessPolicyRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: POLICIES, face: 'account', answer: listPolicies },
  { method: 'POST', path: POLICIES, face: 'account', answer: makePolicy },
  { method: 'GET', path: POLICY, face: 'account', answer: showPolicy },
  { method: 'PUT', path: POLICY, face: 'account', answer: replacePolicy },
  { method: 'DELETE', path: POLICY, face: 'account', answer: removePolicy },
];

async function listPolicies(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const gateway = await findGateway(call);
  if (isRefusal(gateway)) return gateway;
  const page = readListPage(call.query);
  if (isRefusal(page)) return page;
  const { account, parts } = call;
  const stored = parts.accessPolicies.list({ account, gatewayId: gateway.id });
  return pagedList(
    stored.map((one) => encode(one)),
    page,
  );
}

async function makePolicy(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const gateway = await findGateway(call);
  if (isRefusal(gateway)) return gateway;
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const policy = readAccessPolicy(body);
  if (isRefusal(policy)) return policy;
  const { account, atMs, parts } = call;
  const stored: StoredPolicy = {
    account,
    gatewayId: gateway.id,
    id: newRecordId(parts.random),
    policy,
    createdAtMs: atMs,
    modifiedAtMs: atMs,
  };
  if (await parts.accessPolicies.insert(stored)) return shown(stored);
  return refusal('invalid_request', `A gateway has at most ${String(POLICIES_MAX)} policies.`);
}

function showPolicy(call: ApiCall): ApiAnswer | Refusal {
  const stored = findPolicy(call);
  return stored === undefined ? notFound(call) : shown(stored);
}

async function replacePolicy(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const before = findPolicy(call);
  if (before === undefined) return notFound(call);
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const policy = readAccessPolicy(body);
  if (isRefusal(policy)) return policy;
  const after = { ...before, policy, modifiedAtMs: call.atMs };
  return (await call.parts.accessPolicies.replace(after)) ? shown(after) : notFound(call);
}

async function removePolicy(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const before = findPolicy(call);
  if (before === undefined) return notFound(call);
  const isRemoved = await call.parts.accessPolicies.remove(before, before.id);
  return isRemoved ? shown(before) : notFound(call);
}

function findPolicy({ account, params, parts }: ApiCall): StoredPolicy | undefined {
  const { gateway: gatewayId = '', policy: id } = params;
  return parts.accessPolicies.list({ account, gatewayId }).find((stored) => stored.id === id);
}

function notFound({ params }: ApiCall): Refusal {
  const { gateway = '', policy = '' } = params;
  const text = `The gateway "${gateway.slice(0, 64)}" has no policy "${policy.slice(0, 64)}".`;
  return refusal('not_found', text, { reason: 'record_not_found' });
}

function shown(stored: StoredPolicy): ApiAnswer {
  return { kind: 'result', result: encode(stored) };
}

function encode({ id, gatewayId, policy, createdAtMs, modifiedAtMs }: StoredPolicy): object {
  return {
    id,
    gateway_id: gatewayId,
    ...encodeAccessPolicy(policy),
    created_at: new Date(createdAtMs).toISOString(),
    modified_at: new Date(modifiedAtMs).toISOString(),
  };
}
