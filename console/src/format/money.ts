const NANO = 1_000_000_000n;
const NANO_DIGITS = 9;
const SMALL_DIGITS = 6;
/** In nano-USD: what is smaller would be nothing in six digits. */
const SMALLEST_IN_SIX = 500n;
const CENT_DIGITS = 2;

/** Amounts are nano-USD as decimal text: a number of JavaScript would lose some of it. */
export function usdText(nano: string | bigint, digits?: number): string {
  const value = BigInt(nano);
  const size = value < 0n ? -value : value;
  const shown = digits ?? usualDigits(size);
  const unit = 10n ** BigInt(NANO_DIGITS - shown);
  const rounded = (size + unit / 2n) / unit;
  const scale = 10n ** BigInt(shown);
  const sign = value < 0n && rounded !== 0n ? '−' : '';
  const whole = (rounded / scale).toLocaleString('en-US');
  const rest = shown === 0 ? '' : `.${String(rounded % scale).padStart(shown, '0')}`;
  return `${sign}$${whole}${rest}`;
}

/** To the nano, for the books. */
export function exactUsdText(nano: string | bigint): string {
  const value = BigInt(nano);
  const size = value < 0n ? -value : value;
  const rest = String(size % NANO).padStart(NANO_DIGITS, '0');
  const shown = rest.replace(/0{1,7}$/, '');
  return `${value < 0n ? '−' : ''}$${(size / NANO).toLocaleString('en-US')}.${shown}`;
}

/** Enough digits that a small cost does not look like none. */
function usualDigits(size: bigint): number {
  if (size === 0n || size >= NANO / 10n) return CENT_DIGITS;
  return size < SMALLEST_IN_SIX ? NANO_DIGITS : SMALL_DIGITS;
}

/** For charts, which draw and do not count. */
export function usdNumber(nano: string): number {
  return Number(BigInt(nano)) / Number(NANO);
}

const amountPattern = /^\d{1,9}(?:\.\d{1,9})?$/;

/** What somebody typed as USD, in nano-USD; undefined where it is no such amount. */
export function nanoOfUsd(text: string): string | undefined {
  const plain = text.trim().replace(/^\$/, '').replaceAll(',', '');
  if (!amountPattern.test(plain)) return undefined;
  const [whole = '0', rest = ''] = plain.split('.');
  return String(BigInt(whole) * NANO + BigInt(rest.padEnd(NANO_DIGITS, '0')));
}
