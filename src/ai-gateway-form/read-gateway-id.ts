import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import type { GatewayHeaders } from './gateway-call.ts';
import { DEFAULT_GATEWAY_ID, gatewayIdPattern } from './gateway-call.ts';
import { invalidOption } from './invalid-option.ts';

/** The header that names a gateway where the path does not; Workers reference §2.1. */
const GATEWAY_ID_HEADER = 'cf-aig-gateway-id';

/**
 * The gateway that a request names, or the one that every account has. A header is more specific
 * than an option of the body; an empty name is none (case B03).
 */
export function readGatewayId(headers: GatewayHeaders, option?: JsonValue): string | Refusal {
  const id = headers[GATEWAY_ID_HEADER] ?? option ?? '';
  if (id === '') return DEFAULT_GATEWAY_ID;
  if (typeof id !== 'string') return invalidOption('options/gateway/id', 'a string');
  return gatewayIdPattern.test(id) ? id : unknownGateway(id);
}

/** What is said of a gateway that is not there: number 2001, by its word. Workers reference §3.15. */
export function unknownGateway(id: string): Refusal {
  const text = `There is no gateway "${id.slice(0, 64)}": make it, or name "${DEFAULT_GATEWAY_ID}" or none.`;
  return refusal('invalid_request', text, { reason: 'gateway_not_found' });
}
