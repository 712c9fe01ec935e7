export { usdText } from '../std/usd-text.ts';

/** Money as the API says it: integers of nano-USD as decimal text, since a double loses them (§11). */

const NANO_PER_USD = 1_000_000_000n;
const USD_DIGITS = 9;

/** An amount that people type, in USD with at most nine decimals; undefined for anything else. */
export function readUsd(text: string): bigint | undefined {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return BigInt(whole) * NANO_PER_USD + BigInt(fraction.padEnd(USD_DIGITS, '0'));
}
