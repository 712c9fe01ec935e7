import type { HeaderList } from '../messages/upstream.ts';

/** Every header that a reply to a request through a gateway may have of it; Workers reference §3.3. */
export const gatewayReplyHeaders: readonly string[] = [
  'log-id',
  'request-id',
  'event-id',
  'cache-status',
  'step',
  'model',
  'provider',
  'dlp',
].map((name) => `cf-aig-${name}`);

const EXPOSE = 'access-control-expose-headers';

/**
 * The head of a reply in a form that names itself what pages in browsers may read of it, which for
 * requests through a gateway is that and these. Where no list is named the general one holds.
 */
export function exposing(headers: HeaderList, names: readonly string[]): HeaderList {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text === EXPOSE);
  if (at < 0) return headers;
  const own = (headers[at + 1] ?? '').split(', ');
  const missing = names.filter((name) => !own.includes(name));
  return headers.with(at + 1, [...own, ...missing].join(', '));
}
