import type { HeaderList } from '../../messages/upstream.ts';
import type { HeaderMap } from '../dialect.ts';
import { limitHeaderNames } from './answer-headers.ts';

const CLIENT_ID_HEADER = 'x-client-request-id';
const clientId = /^[A-Za-z0-9._:-]{1,128}$/;

/** What a page in a browser may read besides the body; chat reference §1.6. */
const exposed = [
  'x-request-id',
  'request-id',
  'x-inference-id',
  CLIENT_ID_HEADER,
  'x-upstream-request-id',
  'x-quatrain-request-id',
  'x-quatrain-edits',
  'x-ignored-params',
  'x-aimlapi-credits-used',
  'x-aimlapi-usd-spent',
  'retry-after',
  'x-should-retry',
  ...limitHeaderNames,
].join(', ');

/** The request's id under each name that clients look for, and the caller's own where it is one. */
export function replyHeaders(asked: HeaderMap, requestId: string): HeaderList {
  const own = asked[CLIENT_ID_HEADER];
  const isId = typeof own === 'string' && clientId.test(own);
  return [
    'x-request-id',
    requestId,
    'request-id',
    requestId,
    'x-inference-id',
    requestId,
    ...(isId ? [CLIENT_ID_HEADER, own] : []),
    'access-control-expose-headers',
    exposed,
  ];
}
