import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number. */
export function naturalNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
}
