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

/** Commas stand before every third digit or nowhere: `1,50` is somebody's one and a half, and not 150. */
const amountPattern = /^(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d{0,9})?$/;

/** What somebody typed as USD, in nano-USD; undefined where it is no such amount. */
export function nanoOfUsd(text: string): string | undefined {
  const plain = text.trim().replace(/^\$/, '');
  if (!amountPattern.test(plain)) return undefined;
  const [whole = '0', rest = ''] = plain.replaceAll(',', '').split('.');
  return String(BigInt(whole) * NANO + BigInt(rest.padEnd(NANO_DIGITS, '0')));
}

/** Most that one amount of an order may be, in nano-USD. */
const AMOUNT_MAX = 10n ** 16n - 1n;

/** What is wrong with an amount that is being typed; undefined where nothing is, and before anything was typed. */
export function amountProblem(
  text: string,
  { mayBeZero = false }: { readonly mayBeZero?: boolean } = {},
): string | undefined {
  if (text.trim() === '') return undefined;
  const nano = nanoOfUsd(text);
  if (nano === undefined) return 'An amount in USD is wanted, such as 25 or 1,250.50.';
  if (BigInt(nano) > AMOUNT_MAX) return `At most ${exactUsdText(AMOUNT_MAX)} at once.`;
  return BigInt(nano) > 0n || mayBeZero ? undefined : 'More than nothing is wanted.';
}
