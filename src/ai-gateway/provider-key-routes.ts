import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { ProviderKeyRecord } from '../policy/provider-key-store.ts';
import { PROVIDER_KEYS_MAX } from '../policy/provider-key-store.ts';
import type { JsonObject } from '../std/json.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { findGateway } from './gateway-routes.ts';
import { pagedList, readListPage } from './paged-list.ts';
import { previewOf, readProviderKey } from './read-provider-key.ts';

const KEYS = '/client/v4/accounts/{account}/ai-gateway/gateways/{gateway}/provider_configs';
const KEY = `${KEYS}/{key}`;
const ID_BYTES = 16;

/** Keys for providers that a gateway uses: stored, never shown again; Workers reference §3.12. */
export const providerKeyRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: KEYS, face: 'account', answer: listKeys },
  { method: 'POST', path: KEYS, face: 'account', answer: storeKey },
  { method: 'PUT', path: KEY, face: 'account', answer: replaceKey },
  { method: 'DELETE', path: KEY, face: 'account', answer: removeKey },
];

async function listKeys(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const policy = await findGateway(call);
  if (isRefusal(policy)) return policy;
  const page = readListPage(call.query);
  if (isRefusal(page)) return page;
  const { account, parts } = call;
  const records = parts.providerKeys.list({ account, gatewayId: policy.id });
  return pagedList(
    records.map((record) => encodeKey(record)),
    page,
  );
}

async function storeKey(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const policy = await findGateway(call);
  if (isRefusal(policy)) return policy;
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const read = readProviderKey(body);
  if (isRefusal(read)) return read;
  const { key, ...named } = read;
  if (key === undefined) {
    return refusal('invalid_request', 'Invalid value at secret: required', { param: 'secret' });
  }
  const { account, atMs, parts } = call;
  const { providerKeys, random } = parts;
  const record: ProviderKeyRecord = {
    ...named,
    id: Buffer.from(random.bytes(ID_BYTES)).toString('hex'),
    account,
    gatewayId: policy.id,
    preview: previewOf(key),
    createdAtMs: atMs,
    modifiedAtMs: atMs,
  };
  if (await providerKeys.insert(record, key)) return shown(record);
  const isFull = providerKeys.list(record).length >= PROVIDER_KEYS_MAX;
  return isFull
    ? refusal('invalid_request', `A gateway has at most ${String(PROVIDER_KEYS_MAX)} keys.`)
    : aliasTaken(record);
}

async function replaceKey(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const before = findKey(call);
  if (before === undefined) return notFound(call);
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const read = readProviderKey(body);
  if (isRefusal(read)) return read;
  const { key, ...named } = read;
  const preview = key === undefined ? before.preview : previewOf(key);
  const after = { ...before, ...named, preview, modifiedAtMs: call.atMs };
  return (await call.parts.providerKeys.replace(after, key)) ? shown(after) : aliasTaken(after);
}

async function removeKey(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const before = findKey(call);
  if (before === undefined) return notFound(call);
  const isRemoved = await call.parts.providerKeys.remove(before, before.id);
  return isRemoved ? shown(before) : notFound(call);
}

function findKey({ account, params, parts }: ApiCall): ProviderKeyRecord | undefined {
  const { gateway: gatewayId = '', key: id } = params;
  return parts.providerKeys.list({ account, gatewayId }).find((record) => record.id === id);
}

function notFound({ params }: ApiCall): Refusal {
  const { gateway = '', key = '' } = params;
  const text = `The gateway "${gateway.slice(0, 64)}" has no stored key "${key.slice(0, 64)}".`;
  return refusal('not_found', text, { reason: 'record_not_found' });
}

function aliasTaken({ alias, provider }: ProviderKeyRecord): Refusal {
  return refusal('conflict', `There is a key "${alias}" for the provider "${provider}" already.`);
}

function shown(record: ProviderKeyRecord): ApiAnswer {
  return { kind: 'result', result: encodeKey(record) };
}

/** The key itself is not in it; Workers reference §3.12. */
function encodeKey(record: ProviderKeyRecord): JsonObject {
  return {
    id: record.id,
    alias: record.alias,
    default_config: record.isDefault,
    gateway_id: record.gatewayId,
    modified_at: new Date(record.modifiedAtMs).toISOString(),
    provider_slug: record.provider,
    secret_id: record.id,
    secret_preview: record.preview,
  };
}
