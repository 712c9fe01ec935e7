import { hash } from 'node:crypto';

/**
 * The hash of a row, of which the first value is the hash of the row before: whoever changes, adds or
 * takes out one row has to make every later one anew. It is written as a JSON list, so that no two rows
 * have one text, and as a store gives it back: half a surrogate pair has no UTF-8, and comes back as
 * U+FFFD.
 */
export function hashRow(values: readonly (string | number | null)[]): string {
  const kept = values.map((value) => (typeof value === 'string' ? value.toWellFormed() : value));
  return hash('sha256', JSON.stringify(kept));
}
