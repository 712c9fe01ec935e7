import { InvalidArgumentError } from 'commander';

const DIGITS_MAX = 9;

/** Reads an option that is a whole number. */
export function naturalNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.');
  if (text.length <= DIGITS_MAX) return Number(text);
  throw new InvalidArgumentError(`It has more than ${String(DIGITS_MAX)} digits.`);
}
