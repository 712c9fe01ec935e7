import { gatewayReplyHeaders } from '../../ai-gateway-form/gateway-reply-headers.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import type { HeaderMap } from '../dialect.ts';
import { EVENT_ID_HEADER, IGNORED_INPUTS_HEADER, IGNORED_OPTIONS_HEADER } from './run-headers.ts';
import { readEventId } from './run-headers.ts';

/** What a page in a browser may read besides the body. */
const exposed = [
  'cf-ai-req-id',
  ...gatewayReplyHeaders,
  'x-quatrain-request-id',
  'x-quatrain-edits',
  IGNORED_INPUTS_HEADER,
  IGNORED_OPTIONS_HEADER,
  'ratelimit-policy',
  'ratelimit',
  'retry-after',
].join(', ');

/** What every reply of a run says in its head. */
export function runReplyHeaders(asked: HeaderMap, requestId: string): HeaderList {
  return [...runIdHeaders(asked, requestId), 'access-control-expose-headers', exposed];
}

/** The request's id where the binding looks for it (Workers reference §1.4), and the caller's own. */
export function runIdHeaders(asked: HeaderMap, requestId: string): HeaderList {
  const eventId = readEventId(asked[EVENT_ID_HEADER]);
  const own = eventId === undefined ? [] : [EVENT_ID_HEADER, eventId];
  return ['cf-ai-req-id', requestId, ...own];
}
