import { randomFillSync } from 'node:crypto';

/** Where unpredictable bytes come from. */
export interface Random {
  /** `count` fresh bytes. The view may not be kept: copy what must last. */
  bytes(count: number): Uint8Array;
}

const POOL_BYTES = 8192;

/**
 * The system's generator behind a pool: one request needs a handful of bytes, and a call
 * into the generator for each costs more than the bytes do.
 */
export function systemRandom(): Random {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return {
    bytes(count: number): Uint8Array {
      if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count));
      if (used + count > POOL_BYTES) {
        randomFillSync(pool);
        used = 0;
      }
      const view = pool.subarray(used, used + count);
      used += count;
      return view;
    },
  };
}

/** A number from 0 up to, but not, 1. */
export function drawOf(random: Random): number {
  const [high = 0, middle = 0, low = 0] = random.bytes(3);
  return (high * 65_536 + middle * 256 + low) / 16_777_216;
}
