import type { ProviderKey } from '../../messages/upstream.ts';
import { Secret } from '../../std/secret.ts';
import type { CredentialHeaders, HeaderMap } from '../dialect.ts';

const bearer = /^Bearer +(\S+)$/i;

/** What the header that is the gateway's own says, without the scheme, which some callers leave out. */
function ownToken(headers: HeaderMap): string | undefined {
  const own = headers['cf-aig-authorization'];
  if (typeof own !== 'string' || own.trim() === '') return undefined;
  return bearer.exec(own.trim())?.[1] ?? own.trim();
}

/** Whether a request proves itself to the gateway in the header that is for nothing else. */
export function hasOwnToken(headers: HeaderMap): boolean {
  return ownToken(headers) !== undefined;
}

/**
 * On a gateway's own URLs the usual headers are the provider's. Where the gateway's own is absent, a
 * key of the gateway may stand in them: whose account it is has to be known. Workers reference §3.4.
 */
export function readHostCredentials(headers: HeaderMap): CredentialHeaders {
  const own = ownToken(headers);
  if (own !== undefined) return { authorization: `Bearer ${own}` };
  const { authorization, 'x-api-key': apiKey } = headers;
  return {
    ...(typeof authorization === 'string' ? { authorization } : {}),
    ...(typeof apiKey === 'string' ? { 'x-api-key': apiKey } : {}),
  };
}

/**
 * The key for the provider that a request brings. Callers whose library insists on a key put the
 * gateway's own there once more: that one is for nobody else, and does not travel.
 */
export function readProviderKey(headers: HeaderMap): ProviderKey | undefined {
  const own = ownToken(headers);
  const { authorization, 'x-api-key': apiKey } = headers;
  if (typeof apiKey === 'string' && apiKey !== '' && apiKey !== own) {
    return { key: new Secret(apiKey), auth: 'x-api-key' };
  }
  const token = typeof authorization === 'string' ? bearer.exec(authorization)?.[1] : undefined;
  return token === undefined || token === own
    ? undefined
    : { key: new Secret(token), auth: 'bearer' };
}
