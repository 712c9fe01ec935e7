import { createHash } from 'node:crypto';

const TIME_DIGITS = 12;
const VERSION = '7';
/** The two bits that say by which standard the rest is to be read. */
const VARIANTS = '89ab';

/**
 * An id in the form of RFC 9562 §5.7: the time, then what makes it unique. That is a digest of a name
 * that is unique already, so that the id needs no randomness of its own and can be told again.
 */
export function uuidV7Of(atMs: number, name: string): string {
  const time = Math.trunc(atMs).toString(16).padStart(TIME_DIGITS, '0').slice(-TIME_DIGITS);
  const digits = createHash('sha256').update(name).digest('hex');
  const variant = VARIANTS[Number.parseInt(digits.charAt(3), 16) % VARIANTS.length] ?? '8';
  return [
    time.slice(0, 8),
    time.slice(8),
    VERSION + digits.slice(0, 3),
    variant + digits.slice(4, 7),
    digits.slice(7, 19),
  ].join('-');
}
