import type { Refusal } from '../../messages/errors.ts';
import type { EncodedError } from '../dialect.ts';
import { errorHeaders } from './encode-binding-error.ts';
import { listedError, policyErrorOf, runErrorOf } from './run-error.ts';

/** Steps of the universal endpoint have headers of their own, where callers put it too; case G12. */
const WHERE_THE_KEY_GOES =
  'Authentication error: send a key of this gateway as the header "cf-aig-authorization: Bearer <key>" of the request itself. The headers of a step are not looked at for it.';

/**
 * What a gateway says on its own URLs: the list that clients of these read, and the flat members by
 * which its own no is told from a provider's. Workers reference §3.15, forms b and d.
 */
export function encodeHostError(said: Refusal): EncodedError {
  const error = runErrorOf(said);
  const { status, internalCode, name } = error;
  const lacksKey = said.code === 'unauthenticated' && said.reason === undefined;
  const text = lacksKey ? WHERE_THE_KEY_GOES : error.text;
  const body = {
    success: false,
    result: [],
    messages: [],
    error: policyErrorOf(said) ?? [listedError(said, internalCode, text)],
    internalCode,
    httpCode: status,
    name,
    description: text,
    message: `${name}: ${text}`,
  };
  return { status, headers: errorHeaders(error), body: Buffer.from(JSON.stringify(body)) };
}
