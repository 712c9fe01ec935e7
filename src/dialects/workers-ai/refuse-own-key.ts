import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { ErrorAnswer } from '../dialect.ts';

const UNAUTHORIZED = 401;

/**
 * A provider says of a key that the caller brought or stored that it is none: 2009, where the same of
 * the owner's key would be no matter of the caller's. Workers reference §3.4.
 */
export function refuseOwnKey({ status, isOwnKey }: ErrorAnswer): Refusal | undefined {
  if (status !== UNAUTHORIZED || isOwnKey !== true) return undefined;
  const text = 'The provider does not take the key of your own that it was asked with.';
  return refusal('unauthenticated', text, { reason: 'provider_key_rejected' });
}

/**
 * The upstream does not take the key that the gateway has for it: no matter of the caller's, and
 * nothing that runs until its owner has put it right. Workers reference §3.4.
 */
export function asGatewayKeyRefused(said: Refusal, { status }: ErrorAnswer): Refusal {
  return status === UNAUTHORIZED ? { ...said, code: 'unavailable' } : said;
}
