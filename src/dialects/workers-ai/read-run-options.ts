import type { GatewayCall } from '../../ai-gateway-form/gateway-call.ts';
import { readGatewayHeaders } from '../../ai-gateway-form/read-gateway-headers.ts';
import { readGatewayId } from '../../ai-gateway-form/read-gateway-id.ts';
import { readGatewayOptions } from '../../ai-gateway-form/read-gateway-options.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { HeaderMap } from '../dialect.ts';
import { invalidValue } from './invalid-value.ts';

/** What the options of a run come to; Workers reference §1.3. */
export interface RunOptions {
  readonly kind: 'run-options';
  readonly gateway: GatewayCall;
  /** Names of those that ask for something and have no effect. */
  readonly ignored: readonly string[];
}

const NO_GATEWAY: JsonObject = {};
/**
 * What need not be named as without effect: the gateway is read, nothing waits in a queue here, and
 * the rest is for the class behind `env.AI`. All else is named, since clients put among the options
 * what was meant for the inputs (Workers reference §6, 26).
 */
const quiet: ReadonlySet<string> = new Set([
  'gateway',
  'queueRequest',
  'rejectIfBusy',
  'returnRawResponse',
  'websocket',
]);

/** Reads the options of a run, which come in its body, or as headers for what is more specific. */
export function readRunOptions(
  options: JsonValue | undefined,
  headers: HeaderMap,
): RunOptions | Refusal {
  const given = options ?? {};
  if (!isJsonObject(given)) return invalidValue('options', 'expected an object');
  const gateway = given['gateway'] ?? NO_GATEWAY;
  if (!isJsonObject(gateway)) return invalidValue('options/gateway', 'expected an object');
  if (given['queueRequest'] === true) {
    return invalidValue('options/queueRequest', 'the model takes no requests that wait in a queue');
  }
  const id = readGatewayId(headers, gateway['id']);
  if (typeof id !== 'string') return id;
  const read = readGatewayOptions(gateway, headers);
  if (isRefusal(read)) return read;
  return {
    kind: 'run-options',
    gateway: { id, options: read.options, isAuthenticated: true },
    ignored: [...Object.keys(given).filter((name) => !quiet.has(name)), ...read.ignored],
  };
}

/** The gateway of a request whose headers alone say what is asked of it; Workers reference §2.1. */
export function readAccountGateway(headers: HeaderMap): GatewayCall | Refusal {
  const id = readGatewayId(headers);
  if (typeof id !== 'string') return id;
  const read = readGatewayHeaders(headers);
  return isRefusal(read) ? read : { id, options: read.options, isAuthenticated: true };
}
