const FRACTION_DIGITS_MAX = 2;

/** A number for people: `200,000`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: FRACTION_DIGITS_MAX });
}
