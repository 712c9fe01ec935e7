import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  timingSafeEqual,
} from 'node:crypto';
import { parseJson } from '../../std/json.ts';
import { hasApiLayout } from './api-signature-layout.ts';

/** What a signature vouches for, and carries. */
export interface SealedThinking {
  readonly kind: 'thinking' | 'redacted_thinking';
  /** The model that is said to have thought. */
  readonly model: string;
  /** Stands for the answer that the block is part of. */
  readonly answer: string;
  /** Place among the thinking blocks of that answer, and how many there are. */
  readonly ordinal: number;
  readonly count: number;
  /** Digest of the seal before this answer in the same turn; empty where the turn began with it. */
  readonly previous: string;
  /** Digest of the text as the caller saw it and must bring it back. */
  readonly shown: string;
  /** All that was thought, of which the text is a summary. */
  readonly reasoning: string;
}

/** What a signature or the `data` of a redacted block turns out to be. */
export type OpenedSeal =
  | { readonly kind: 'own'; readonly sealed: SealedThinking }
  /** Laid out as the real API's are, which nobody else can check. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'forged' };

/**
 * What every seal begins with: four letters of base64, `sX6U`, the last a version. The API's begin
 * with `E` and a letter from `g` to `v`, so no change of one letter makes one look like the other.
 */
const MARKER = Buffer.from('sX6U', 'base64');
const TAG_BYTES = 32;
const IV_BYTES = 16;
const CIPHER = 'aes-256-ctr';

/**
 * Seals a thinking block as base64 that only the holder of the key can make or read: a keyed MAC
 * (HMAC-SHA-256) over what is sealed, which also is the start of the key stream that encrypts it
 * (the SIV construction). So it needs no randomness of its own, and no server has to remember it:
 * it opens after a restart, and under any account.
 */
export function sealThinking(key: Uint8Array, sealed: SealedThinking): string {
  const plain = Buffer.from(JSON.stringify(sealed));
  const tag = macOf(key, plain);
  const cipher = createCipheriv(CIPHER, cipherKey(key), tag.subarray(0, IV_BYTES));
  return Buffer.concat([MARKER, tag, cipher.update(plain), cipher.final()]).toString('base64');
}

/** Opens a seal, and tells what the real API may have made from what nobody made. */
export function openSeal(key: Uint8Array, text: string): OpenedSeal {
  const bytes = Buffer.from(text, 'base64');
  // Decoding forgives letters out of the alphabet and spare bits; a seal has one spelling.
  if (bytes.toString('base64') !== text) return { kind: 'forged' };
  if (!bytes.subarray(0, MARKER.length).equals(MARKER)) {
    return { kind: hasApiLayout(bytes) ? 'foreign' : 'forged' };
  }
  const tag = bytes.subarray(MARKER.length, MARKER.length + TAG_BYTES);
  if (tag.length < TAG_BYTES) return { kind: 'forged' };
  const decipher = createDecipheriv(CIPHER, cipherKey(key), tag.subarray(0, IV_BYTES));
  const hidden = bytes.subarray(MARKER.length + TAG_BYTES);
  const plain = Buffer.concat([decipher.update(hidden), decipher.final()]);
  if (!timingSafeEqual(macOf(key, plain), tag)) return { kind: 'forged' };
  const parsed = parseJson(plain.toString());
  if (parsed.kind === 'malformed') return { kind: 'forged' };
  // The MAC says that this was sealed above, so its shape is known.
  return { kind: 'own', sealed: parsed.value as unknown as SealedThinking };
}

/** Digest of a text, half of a surrogate pair included: for the text shown, and the seal before. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('base64');
}

function macOf(key: Uint8Array, plain: Uint8Array): Buffer {
  return createHmac('sha256', key).update('thinking seal').update(plain).digest();
}

function cipherKey(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('thinking cipher').digest();
}
