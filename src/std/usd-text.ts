const NANO_PER_USD = 1_000_000_000n;
const USD_DIGITS = 9;

/** An amount of nano-USD in USD with nine decimals, for people: a double would lose some of them. */
export function usdText(nanoUsd: bigint): string {
  const sign = nanoUsd < 0n ? '-' : '';
  const size = nanoUsd < 0n ? -nanoUsd : nanoUsd;
  const fraction = String(size % NANO_PER_USD).padStart(USD_DIGITS, '0');
  return `${sign}${String(size / NANO_PER_USD)}.${fraction}`;
}
