import { base62 } from '../std/base62.ts';
import type { Random } from '../std/random.ts';

const KEY_LETTERS = 22;

/** The key that an order is known by: what was said, or one of its own that no other has. */
export function readIdempotency(said: string | undefined, random: Random): string {
  return said ?? `command-${base62(KEY_LETTERS, (count) => random.bytes(count))}`;
}
