import { gatewayReplyHeaders } from '../ai-gateway-form/gateway-reply-headers.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { HeaderList } from '../messages/upstream.ts';

/** Origins whose pages may call the gateway from a browser; `*` is every one, and none is none. */
export type CorsOrigins = readonly string[];

/** How long a browser may keep the answer to a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** What a page may read of the replies of forms that do not say so themselves. */
const exposedHeaders = [
  'request-id',
  'retry-after',
  'x-should-retry',
  'x-quatrain-request-id',
  'x-quatrain-edits',
  'x-ignored-params',
  'x-quatrain-ignored-options',
  'x-retry-attempts',
  'idempotent-replayed',
  ...['unit', 'estimated', 'held', 'available', 'charged', 'price-version'].map(
    (figure) => `x-credits-${figure}`,
  ),
  'cf-ai-req-id',
  ...gatewayReplyHeaders,
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((meter) =>
    ['limit', 'remaining', 'reset'].map((figure) => `anthropic-ratelimit-${meter}-${figure}`),
  ),
  'ratelimit-policy',
  'ratelimit',
].join(', ');

/** The headers that let a page of an allowed origin see a reply; empty where it may not. */
export function corsHeaders(origins: CorsOrigins, asked: HeaderMap): HeaderList {
  const { origin } = asked;
  if (typeof origin !== 'string') return [];
  const allowed = allowedOrigin(origins, origin);
  if (allowed === undefined) return [];
  return [
    'access-control-allow-origin',
    allowed,
    'access-control-expose-headers',
    exposedHeaders,
    ...(allowed === '*' ? [] : ['vary', 'origin']),
  ];
}

function allowedOrigin(origins: CorsOrigins, origin: string): string | undefined {
  if (origins.includes('*')) return '*';
  return origins.includes(origin) ? origin : undefined;
}

/** Whether a browser asks, before a page's request, if it may send that. */
export function isPreflight(method: string, asked: HeaderMap): boolean {
  return method === 'OPTIONS' && asked['access-control-request-method'] !== undefined;
}

/** What a page of an allowed origin may send to a path; Fetch standard, CORS-preflight request. */
export function preflightHeaders(methods: readonly string[], asked: HeaderMap): HeaderList {
  const wanted = requestedHeaders(asked['access-control-request-headers']);
  return [
    'access-control-allow-methods',
    [...new Set(methods)].join(', '),
    ...(wanted === undefined ? [] : ['access-control-allow-headers', wanted]),
    'access-control-max-age',
    String(PREFLIGHT_MAX_AGE_SECONDS),
  ];
}

const NAMES_MAX = 64;
const headerName = /^[a-z0-9-]{1,64}$/;

/**
 * Clients name themselves in headers of their own, so whatever is a plain name is allowed: what
 * travels on is picked by name elsewhere. A list that is none of that is not echoed.
 */
function requestedHeaders(value: HeaderMap[string]): string | undefined {
  if (typeof value !== 'string') return undefined;
  const names = value
    .toLowerCase()
    .split(',', NAMES_MAX + 1)
    .map((name) => name.trim());
  const isPlain = names.length <= NAMES_MAX && names.every((name) => headerName.test(name));
  return isPlain ? names.join(', ') : undefined;
}
