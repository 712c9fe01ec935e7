import type { Refusal } from '../../messages/errors.ts';
import { errorEnvelope, errorEvent, errorTable, isRetryable } from '../../messages/errors.ts';
import type { Dialect, EncodedError } from '../dialect.ts';
import { decodeRequest } from './decode-request.ts';

/** The Messages API's own form. Its answers need no encoding: they are the canonical form. */
export const messagesDialect: Dialect = {
  name: 'messages',
  callerForm: 'messages',
  decodeRequest,
  encodeError,
  encodeErrorEvent: (said, requestId) => Buffer.from(errorEvent(said, requestId)),
  replyHeaders: () => [],
};

/** API reference §4.1 (envelope), §10 (`x-should-retry`, `retry-after` in whole seconds). */
function encodeError(said: Refusal, requestId: string): EncodedError {
  const row = errorTable[said.code];
  const retryAfter =
    said.retryAfterMs === undefined
      ? []
      : ['retry-after', String(Math.ceil(said.retryAfterMs / 1000))];
  return {
    status: row.status,
    headers: [
      'content-type',
      'application/json',
      'request-id',
      requestId,
      'x-should-retry',
      String(isRetryable(said)),
      ...retryAfter,
    ],
    body: Buffer.from(JSON.stringify(errorEnvelope(said, requestId))),
  };
}
