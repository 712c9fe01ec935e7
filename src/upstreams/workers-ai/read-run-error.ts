import type { ErrorCode } from '../../messages/errors.ts';
import { errorTable } from '../../messages/errors.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson } from '../../std/json.ts';
import type { HostError } from '../host-error.ts';
import { firstOf, hostMessage } from '../host-error.ts';

/** What the numbers of errors amount to; Workers reference §2.3, §3.15. One that is not here goes by its status. */
const codes: Readonly<Record<number, ErrorCode>> = {
  1031: 'permission_denied',
  2001: 'not_found',
  2003: 'rate_limited',
  2005: 'upstream_failed',
  2009: 'unauthenticated',
  2016: 'invalid_request',
  2017: 'invalid_request',
  2021: 'billing',
  2029: 'invalid_request',
  2030: 'invalid_request',
  3003: 'invalid_request',
  3006: 'request_too_large',
  3007: 'upstream_timeout',
  3008: 'upstream_timeout',
  3021: 'rate_limited',
  3023: 'permission_denied',
  3036: 'rate_limited',
  3039: 'invalid_request',
  3040: 'overloaded',
  3041: 'permission_denied',
  3042: 'not_found',
  5004: 'invalid_request',
  5005: 'invalid_request',
  5006: 'invalid_request',
  5007: 'not_found',
  5016: 'permission_denied',
  5018: 'permission_denied',
  5019: 'invalid_request',
  7000: 'internal',
  7013: 'unavailable',
  8001: 'invalid_request',
  8006: 'invalid_request',
};

/**
 * An error of Workers AI or of the gateway in front of it, by its number: `errors` or `error` is a
 * list or an object, or the number stands at the top (Workers reference §1.5, §2.2, §3.15).
 */
export function readRunError({ status, text }: HostError): HostError {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') return { status, text };
  const message = messageOf(parsed.value);
  const code = codes[numberOf(parsed.value) ?? 0];
  return {
    status: code === undefined ? status : errorTable[code].status,
    text: message === undefined ? text : JSON.stringify({ message }),
  };
}

function numberOf(value: JsonValue): number | undefined {
  if (!isJsonObject(value)) return undefined;
  const { errors = null, error = null, internalCode } = value;
  const first = [firstOf(errors), firstOf(error)].find((one) => isJsonObject(one));
  const number = internalCode ?? (isJsonObject(first) ? first['code'] : undefined);
  return typeof number === 'number' ? number : undefined;
}

function messageOf(value: JsonValue): string | undefined {
  const { description } = isJsonObject(value) ? value : {};
  return typeof description === 'string' ? description : hostMessage(value);
}
