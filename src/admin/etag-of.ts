import { hash } from 'node:crypto';

/** How many letters one has. */
export const ETAG_LETTERS = 32;

/** What tells a state that was read from one that was written since: a digest of its text. */
export function etagOf(text: string): string {
  return hash('sha256', text).slice(0, ETAG_LETTERS);
}
