import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { StoredPolicy } from '../policy/access-policy.ts';
import { changedGateway } from '../policy/changed-gateway.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import type { JsonObject } from '../std/json.ts';
import type { AdminParts } from './admin-parts.ts';
import type { Done } from './audit-note.ts';
import { changesOf } from './audit-note.ts';
import type {
  GatewayAccessPolicyAnswer,
  GatewayAnswer,
  GatewayDetailAnswer,
} from './contract-operations.ts';
import type { Page } from './contract.ts';
import { etagOf } from './etag-of.ts';
import { timeText } from './field-schemas.ts';
import type { GatewayBelongings, GatewayDesk, GatewayName } from './gateway-desk.ts';

interface ListWanted {
  readonly account?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** AI gateways by account and name. */
export function listGateways(
  desk: GatewayDesk,
  { account, cursor, limit }: ListWanted,
): Page<GatewayAnswer> | Refusal {
  const after = cursor === undefined ? undefined : nameIn(cursor);
  if (cursor !== undefined && after === undefined) {
    return refusal('invalid_request', 'cursor: it is none of this list', { param: 'cursor' });
  }
  const found = desk.page({ account, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map((policy) => encode(desk, policy)),
    next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}

/** One gateway with what belongs to it. */
export function showGateway(desk: GatewayDesk, name: GatewayName): GatewayDetailAnswer | Refusal {
  const policy = desk.find(name);
  return policy === undefined ? noGateway(name) : detail(desk, policy);
}

/** Makes a gateway for an account that is there. */
export async function makeGateway(
  { accounts, operations: { gateways: desk } }: AdminParts,
  name: GatewayName,
  order: { readonly settings: JsonObject; readonly atMs: number },
): Promise<Done<GatewayDetailAnswer> | Refusal> {
  const { account, id } = name;
  if (accounts.find(account)?.status === 'closed') {
    const text = `The account "${account}" is closed.`;
    return refusal('conflict', text, { reason: 'account_closed' });
  }
  const made = await desk.make(name, order.settings, order.atMs);
  if (isRefusal(made)) return made;
  const after = encode(desk, made);
  const note = { action: 'gateway.create', subject: id, account, after };
  return { kind: 'done', answer: detail(desk, made), note };
}

/** Settings for the place of those with an etag, or of whichever there are. */
interface ReplacementWanted {
  readonly settings: JsonObject;
  readonly etag: string | undefined;
  readonly atMs: number;
}

/** Puts other settings in the place of a gateway's. */
export async function replaceGateway(
  desk: GatewayDesk,
  name: GatewayName,
  { settings, etag, atMs }: ReplacementWanted,
): Promise<Done<GatewayDetailAnswer> | Refusal> {
  const before = findSame(desk, name, etag);
  if (isRefusal(before)) return before;
  const made = await desk.replace(before, { settings, atMs, onlyIfSame: etag !== undefined });
  if (isRefusal(made)) return made;
  const { account, id } = name;
  const changes = changesOf(desk.encode(before), desk.encode(made));
  const note = { action: 'gateway.replace', subject: id, account, ...changes };
  return { kind: 'done', answer: detail(desk, made), note };
}

/** Removes a gateway with its keys, rules, routes and logs: that of an etag, or whichever there is. */
export async function removeGateway(
  desk: GatewayDesk,
  name: GatewayName,
  etag: string | undefined,
): Promise<Done<GatewayAnswer> | Refusal> {
  const before = findSame(desk, name, etag);
  if (isRefusal(before)) return before;
  const removed = await desk.remove(before, { onlyIfSame: etag !== undefined });
  if (isRefusal(removed)) return removed;
  const answer = encode(desk, removed);
  const { account, id } = name;
  const note = { action: 'gateway.remove', subject: id, account, before: answer };
  return { kind: 'done', answer, note };
}

/** A gateway that says what whoever names an etag has read of it. */
function findSame(
  desk: GatewayDesk,
  name: GatewayName,
  etag: string | undefined,
): GatewayPolicy | Refusal {
  const found = desk.find(name);
  if (found === undefined) return noGateway(name);
  const isSame = etag === undefined || etag === gatewayEtag(desk.encode(found));
  return isSame ? found : changedGateway(name.id);
}

function encode(desk: GatewayDesk, policy: GatewayPolicy): GatewayAnswer {
  const settings = desk.encode(policy);
  return {
    account: policy.account,
    id: policy.id,
    is_default: policy.isDefault,
    created_at: timeText(policy.createdAtMs),
    modified_at: timeText(policy.modifiedAtMs),
    settings,
    etag: gatewayEtag(settings),
  };
}

/** Of what it says, whenever that was written: the same settings sent again are no other ones. */
function gatewayEtag(settings: JsonObject): string {
  return etagOf(JSON.stringify({ ...settings, modified_at: null }));
}

function detail(desk: GatewayDesk, policy: GatewayPolicy): GatewayDetailAnswer {
  const belongings = desk.belongingsOf(policy);
  return {
    ...encode(desk, policy),
    access_policies: belongings.accessPolicies.map((stored) => encodeAccess(stored)),
    provider_keys: belongings.providerKeys.map((key) => ({
      id: key.id,
      provider: key.provider,
      alias: key.alias,
      is_default: key.isDefault,
      preview: key.preview,
      created_at: timeText(key.createdAtMs),
    })),
    dynamic_routes: belongings.dynamicRoutes.map((one) => encodeRoute(one)),
  };
}

function encodeAccess({ id, policy }: StoredPolicy): GatewayAccessPolicyAnswer {
  const { action } = policy;
  return {
    id,
    name: policy.name,
    is_enabled: policy.isEnabled,
    actor: policy.actor,
    resource: policy.resource,
    condition: policy.conditionText ?? null,
    action: action.kind,
    limit_usd: action.kind === 'cap' ? action.limitUsd : null,
    period: action.kind === 'cap' ? action.unit : null,
  };
}

function encodeRoute({
  route,
  versions,
}: GatewayBelongings['dynamicRoutes'][number]): GatewayDetailAnswer['dynamic_routes'][number] {
  const active = route.deployment.versionId;
  return {
    id: route.id,
    name: route.name,
    active_version: active,
    versions: versions.map(({ id, createdAtMs }) => ({
      id,
      is_active: id === active,
      created_at: timeText(createdAtMs),
    })),
  };
}

/** Names of accounts have letters that cursors have not. */
function cursorOf({ account, id }: GatewayName): string {
  return Buffer.from(JSON.stringify([account, id])).toString('base64url');
}

function nameIn(cursor: string): GatewayName | undefined {
  const [account, id] = partsIn(Buffer.from(cursor, 'base64url').toString());
  return account === undefined || id === undefined ? undefined : { account, id };
}

function partsIn(text: string): readonly (string | undefined)[] {
  const [, account, id] = /^\["([^"\\]*)","([^"\\]*)"\]$/.exec(text) ?? [];
  return [account, id];
}

function noGateway({ account, id }: GatewayName): Refusal {
  const text = `The account "${account}" has no gateway "${id}".`;
  return refusal('not_found', text, { reason: 'gateway_not_found' });
}
