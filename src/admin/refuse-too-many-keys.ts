import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { OrderParts } from './admin-parts.ts';

/** Keys of an account that are not revoked, and all of them: lists of them are read at once. */
const KEYS_MAX = 1000;
const KEYS_EVER_MAX = 5000;

/** Keys that an account makes itself have a bound; those that the operator makes are the operator's matter. */
export function refuseTooManyKeys(
  { keys }: Pick<OrderParts, 'keys'>,
  account: string | undefined,
): Refusal | undefined {
  if (account === undefined) return undefined;
  const all = keys.list({ accountId: account });
  const inUse = all.filter(({ status }) => status !== 'revoked').length;
  if (inUse < KEYS_MAX && all.length < KEYS_EVER_MAX) return undefined;
  const text = `This account has as many keys as it may make: ${String(KEYS_MAX)} at a time, ${String(KEYS_EVER_MAX)} in all.`;
  return refusal('conflict', text, { reason: 'too_many_keys' });
}
