import type { Refusal } from '../../messages/errors.ts';
import type { JsonObject } from '../../std/json.ts';
import type { EncodedError } from '../dialect.ts';
import { errorHeaders } from './encode-binding-error.ts';
import type { RunError } from './run-error.ts';
import { accountRunErrorOf, listedError, runErrorOf } from './run-error.ts';

/** What the account's API calls a credential that it does not take; Workers reference §2.3. */
const AUTHENTICATION_ERROR = 10_000;

/** A refusal in the envelope of the account's API; Workers reference §2.2. */
export function encodeAccountError(said: Refusal): EncodedError {
  const error = accountRunErrorOf(said);
  const body = Buffer.from(JSON.stringify(envelopeOf(said, error)));
  return { status: error.status, headers: errorHeaders(error), body };
}

/** The envelope itself, for forms whose errors have members of their own beside it. */
export function accountErrorEnvelope(said: Refusal): JsonObject {
  return envelopeOf(said, runErrorOf(said));
}

function envelopeOf(said: Refusal, { internalCode, text }: RunError): JsonObject {
  const isOwnKey = said.code === 'unauthenticated' && said.reason === undefined;
  const code = isOwnKey ? AUTHENTICATION_ERROR : internalCode;
  return { result: null, success: false, errors: [listedError(said, code, text)], messages: [] };
}

/** The envelope of an answer. */
export function accountEnvelope(result: JsonObject): JsonObject {
  return { result, success: true, errors: [], messages: [] };
}
