import { createHash } from 'node:crypto';
import { base62 } from '../../std/base62.ts';

const LETTERS = 29;

/** `chatcmpl-` and 29 letters and digits (chat reference §2.10): always the same ones for a request. */
export function completionIdOf(requestId: string): string {
  let round = 0;
  const nextBytes = (count: number): Uint8Array => {
    const digest = createHash('sha512')
      .update(`${String(round)} ${requestId}`)
      .digest();
    round += 1;
    return digest.subarray(0, count);
  };
  return `chatcmpl-${base62(LETTERS, nextBytes)}`;
}
