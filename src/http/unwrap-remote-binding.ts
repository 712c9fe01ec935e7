import type { HeaderMap } from '../dialects/dialect.ts';
import { splitTarget } from './request-target.ts';

/**
 * Where a local runtime sends what a binding asks of somewhere else (Workers reference §4.2 B). The
 * request in it is wrapped: its address is one header, each of its own headers another.
 */
const WRAPPED_PATH = '/__mf';
const ADDRESS_HEADER = 'mf-url';
const OWN_HEADER = 'mf-header-';
/** The one header that travels unwrapped, since the connection itself is to change. */
const UPGRADE = 'upgrade';
/** What else counts as a credential: the one in the address is who calls, and there is only one. */
const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'cf-aig-authorization',
]);

/** Target and headers of a request. */
export interface Addressed {
  readonly target: string;
  readonly headers: HeaderMap;
}

/**
 * The request inside a wrapped one, or the request itself where it is none. A runtime that carries
 * no headers of its own may show its key in the address: it counts here alone, and goes no further.
 * Undefined for what wraps nothing: the question whether we speak a runtime's own protocol.
 */
export function unwrapRemoteBinding({ target, headers }: Addressed): Addressed | undefined {
  if (!target.startsWith(WRAPPED_PATH)) return { target, headers };
  const { path, query } = splitTarget(target);
  if (path !== WRAPPED_PATH) return { target, headers };
  const address = headers[ADDRESS_HEADER];
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { pathname, search } = new URL(address);
  const key = new URLSearchParams(query).get('key');
  return { target: `${pathname}${search}`, headers: ownHeaders(headers, key) };
}

function ownHeaders(headers: HeaderMap, key: string | null): HeaderMap {
  const own = Object.entries(headers)
    .filter(([name]) => name.startsWith(OWN_HEADER) || name === UPGRADE)
    .map(([name, value]) => [name.replace(OWN_HEADER, ''), value] as const);
  if (key === null) return Object.fromEntries(own);
  const others = own.filter(([name]) => !credentialHeaders.has(name));
  return Object.fromEntries([...others, ['authorization', `Bearer ${key}`]]);
}
