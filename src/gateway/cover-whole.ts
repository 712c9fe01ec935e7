import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { AttemptedExchange } from './exchange.ts';

/**
 * An upstream that was asked for a stream may give one piece, for which only the beginning of an
 * answer is held: the rest is held before any of it goes out. Says why it cannot go out.
 */
export async function coverWhole(
  { bills }: AttemptedExchange,
  bytes: Uint8Array,
): Promise<Refusal | undefined> {
  const meter = bills.meter();
  if (meter === undefined || meter.covers(bytes, 0, bytes.length)) return undefined;
  const verdict = await meter.whenCovered();
  if (verdict === 'covered') return undefined;
  return verdict === 'stop' ? refusal('billing') : verdict;
}
