import { createHmac } from 'node:crypto';

const NONCE_BYTES = 12;
const FILLER_BLOCKS = 4;

/** What a signature vouches for. */
export interface SignedThinking {
  /** The model that is said to have thought. */
  readonly model: string;
  /** The text as the caller sees it and will bring it back. */
  readonly thinking: string;
}

/**
 * Signs a thinking block: a nonce, an HMAC-SHA-256 over nonce, model and text, and filler, as
 * base64. The filler makes it as long and as opaque as the API's, which carry the reasoning itself.
 * The nonce keeps the signatures of blocks whose text is omitted apart.
 */
export function signThinking(key: Uint8Array, signed: SignedThinking, nonce: Uint8Array): string {
  const parts: Uint8Array[] = [nonce.subarray(0, NONCE_BYTES)];
  for (let block = 0; block <= FILLER_BLOCKS; block += 1) {
    const hmac = createHmac('sha256', key);
    hmac.update(`${String(block)}:${signed.model}:${String(signed.thinking.length)}:`);
    hmac.update(signed.thinking);
    parts.push(hmac.update(nonce.subarray(0, NONCE_BYTES)).digest());
  }
  return Buffer.concat(parts).toString('base64');
}
