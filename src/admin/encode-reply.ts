import type { WalkReply } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { errorTable, refusalText } from '../messages/errors.ts';
import type { HeaderList } from '../messages/upstream.ts';

const jsonHeaders = (requestId: string): HeaderList => [
  'content-type',
  'application/json',
  // Some answers have secrets, and all of them change.
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
  'request-id',
  requestId,
];

/** An answer in JSON. */
export function encodeAnswer(
  status: number,
  answer: object,
  { requestId, headers = [] }: { readonly requestId: string; readonly headers?: HeaderList },
): WalkReply {
  return {
    status,
    headers: [...jsonHeaders(requestId), ...headers],
    body: Buffer.from(JSON.stringify(answer)),
  };
}

/** One that is in JSON already. */
export function encodedAnswer(body: Uint8Array, requestId: string): WalkReply {
  return { status: 200, headers: jsonHeaders(requestId), body };
}

/** A no, in the form of this API: what a program decides by stands in `code`, the field in `param`. */
export function encodeRefusal(said: Refusal, requestId: string, more: HeaderList = []): WalkReply {
  const { status, type } = errorTable[said.code];
  const { reason, param, retryAfterMs } = said;
  const error = {
    type,
    code: reason ?? said.code,
    message: refusalText(said),
    ...(param === undefined ? {} : { param }),
    request_id: requestId,
  };
  const wait =
    retryAfterMs === undefined ? [] : ['retry-after', String(Math.ceil(retryAfterMs / 1000))];
  return encodeAnswer(status, { error }, { requestId, headers: [...wait, ...more] });
}
