import { DEFAULT_GATEWAY_ID, gatewayIdPattern } from '../ai-gateway-form/gateway-call.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { changedGateway } from '../policy/changed-gateway.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { GATEWAYS_MAX } from '../policy/gateway-store.ts';
import type { JsonObject } from '../std/json.ts';
import type { ApiParts } from './api-route.ts';
import { forgetLogs } from './forget-logs.ts';
import { readGatewaySettings } from './read-gateway-settings.ts';

/** What orders about gateways are carried out with, whoever gives them. */
export type GatewayOrderParts = Pick<ApiParts, 'gateways' | 'logs'>;

/** Makes a gateway of an account. */
export async function makeGateway(
  { gateways }: GatewayOrderParts,
  { account, id, body, atMs }: GatewayOrder & { readonly id: unknown },
): Promise<GatewayPolicy | Refusal> {
  if (typeof id !== 'string' || !gatewayIdPattern.test(id)) {
    const text = 'Invalid value at id: expected 1 to 64 letters, digits, - and _';
    return refusal('invalid_request', text, { param: 'id' });
  }
  const settings = readGatewaySettings(body);
  if (isRefusal(settings)) return settings;
  const isDefault = id === DEFAULT_GATEWAY_ID;
  const made = { ...settings, account, id, isDefault, createdAtMs: atMs, modifiedAtMs: atMs };
  if (await gateways.insert(made)) return made;
  return gateways.find(account, id) === undefined
    ? refusal('invalid_request', `An account has at most ${String(GATEWAYS_MAX)} gateways.`)
    : refusal('conflict', `There is a gateway "${id}" already.`);
}

/** Settings of a gateway, as its account sends them. */
export interface GatewayOrder {
  readonly account: string;
  readonly body: JsonObject;
  readonly atMs: number;
}

/** Settings that take the place of others. */
interface ReplacingOrder extends Omit<GatewayOrder, 'account'> {
  /** Whether the gateway has to say still what it was read to say; no where absent. */
  readonly onlyIfSame?: boolean;
}

/** Puts other settings in the place of a gateway's. */
export async function replaceGateway(
  { gateways }: GatewayOrderParts,
  before: GatewayPolicy,
  { body, atMs, onlyIfSame = false }: ReplacingOrder,
): Promise<GatewayPolicy | Refusal> {
  const settings = readGatewaySettings(body);
  if (isRefusal(settings)) return settings;
  const { account, id, isDefault, createdAtMs } = before;
  const after = { ...settings, account, id, isDefault, createdAtMs, modifiedAtMs: atMs };
  if (await gateways.replace(after, onlyIfSame ? before : undefined)) return after;
  return gateways.find(account, id) === undefined ? noGateway(id) : changedGateway(id);
}

/** Removes a gateway with all that belongs to it. */
export async function removeGateway(
  { gateways, logs }: GatewayOrderParts,
  before: GatewayPolicy,
  { onlyIfSame = false }: Pick<ReplacingOrder, 'onlyIfSame'> = {},
): Promise<GatewayPolicy | Refusal> {
  const { account, id } = before;
  if (!(await gateways.remove(account, id, onlyIfSame ? before : undefined))) {
    return gateways.find(account, id) === undefined ? noGateway(id) : changedGateway(id);
  }
  await forgetLogs(logs, { account, gatewayId: id });
  return before;
}

/** What is said of a gateway that is not there. */
export function noGateway(id: string): Refusal {
  const text = `There is no gateway "${id.slice(0, 64)}".`;
  return refusal('not_found', text, { reason: 'record_not_found' });
}
