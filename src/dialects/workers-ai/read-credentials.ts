import type { CredentialHeaders, HeaderMap } from '../dialect.ts';

/**
 * Where requests of this form carry the gateway's key: in the usual headers, or in the one that is
 * the AI Gateway's own (Workers reference §3.4). That one counts only where the others are absent:
 * they are what a local development server adds, whatever a Worker sends along.
 */
export function readCredentials(headers: HeaderMap): CredentialHeaders {
  const { authorization, 'x-api-key': apiKey } = headers;
  const own = headers['cf-aig-authorization'];
  const isUsual = authorization !== undefined || apiKey !== undefined;
  if (!isUsual && typeof own === 'string') return { authorization: own };
  return {
    ...(typeof authorization === 'string' ? { authorization } : {}),
    ...(typeof apiKey === 'string' ? { 'x-api-key': apiKey } : {}),
  };
}
