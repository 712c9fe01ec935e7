import type { HeaderMap } from './dialect.ts';

const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cf-aig-authorization',
  'cookie',
  'x-api-key',
]);

/** A header as the caller sent it, repeated ones joined; credentials are never shown. */
export function callerHeader(headers: HeaderMap, name: string): string | undefined {
  if (credentialHeaders.has(name) || !Object.hasOwn(headers, name)) return undefined;
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}
