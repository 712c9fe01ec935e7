import { createHash } from 'node:crypto';

const BYTES = 6;

/**
 * Where somebody falls among a hundred: spread evenly, and the same whenever the same parts are
 * asked about, so that a user stays on one way of a route.
 */
export function shareOf(parts: readonly string[]): number {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  return (digest.readUIntBE(0, BYTES) / 2 ** (8 * BYTES)) * 100;
}
