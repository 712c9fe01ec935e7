import type { Refusal } from '../../messages/errors.ts';
import { errorTable, membersOf } from '../../messages/errors.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import type { EncodedError } from '../dialect.ts';
import type { RunError } from './run-error.ts';
import { listedError, policyErrorOf, runErrorOf } from './run-error.ts';

/**
 * A refusal as the binding's own parser reads it: the number comes first and makes the exception's
 * message (Workers reference §1.5). `errors` is for who reads the envelope of the account's API, and
 * `error` for who takes the raw response and reads the Messages form out of it.
 */
export function encodeBindingError(said: Refusal): EncodedError {
  const error = runErrorOf(said);
  const { status, internalCode, name, text } = error;
  const body = {
    internalCode,
    httpCode: status,
    name,
    description: text,
    message: `${name}: ${text}`,
    errors: [listedError(said, internalCode, text)],
    type: 'error',
    error: {
      type: errorTable[said.code].type,
      message: text,
      ...policyErrorOf(said),
      ...membersOf(said),
    },
  };
  return { status, headers: errorHeaders(error), body: Buffer.from(JSON.stringify(body)) };
}

/** The head of an error: the type without a charset, which is how the binding knows JSON. */
export function errorHeaders({ retryAfterMs, isRetryable }: RunError): HeaderList {
  return [
    'content-type',
    'application/json',
    ...(retryAfterMs === undefined ? [] : ['retry-after', String(Math.ceil(retryAfterMs / 1000))]),
    ...(isRetryable === undefined ? [] : ['x-should-retry', String(isRetryable)]),
  ];
}
