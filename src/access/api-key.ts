import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62, base62Number } from '../std/base62.ts';
import type { Random } from '../std/random.ts';
import { Secret } from '../std/secret.ts';

/**
 * An API key is `qtn_<environment>_` and 59 letters: a public id (10) that finds the record, a
 * secret (43, 256 bits) and a checksum (6) by which a mistyped key is told from an unknown one
 * without a look-up, and by which scanners recognise a leaked one.
 */
export type KeyEnvironment = 'live' | 'dev';

const PUBLIC_ID_LETTERS = 10;
const SECRET_LETTERS = 43;
const CHECKSUM_LETTERS = 6;
const SHOWN_LETTERS = 4;
const keyPattern = /^qtn_(?:live|dev)_([0-9A-Za-z]{10})[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;

export interface MintedKey {
  readonly publicId: string;
  /** The whole key: shown once, never stored. */
  readonly key: Secret;
}

/** Draws a key; with a public id, another secret for the key of that id. */
export function mintKey(
  environment: KeyEnvironment,
  random: Random,
  ofPublicId?: string,
): MintedKey {
  const letters = (count: number): string => base62(count, (bytes) => random.bytes(bytes));
  const publicId = ofPublicId ?? letters(PUBLIC_ID_LETTERS);
  const unchecked = `qtn_${environment}_${publicId}${letters(SECRET_LETTERS)}`;
  return { publicId, key: new Secret(`${unchecked}${checksum(unchecked)}`) };
}

/** The end of a key, by which people know it again; wallet reference §3.2 rule 2. */
export function lastLettersOf(key: Secret): string {
  return key.reveal().slice(-SHOWN_LETTERS);
}

/** The public id of a well-formed key; undefined for anything else. */
export function publicIdOf(key: string): string | undefined {
  const match = keyPattern.exec(key);
  if (match === null) return undefined;
  const isIntact = checksum(key.slice(0, -CHECKSUM_LETTERS)) === match[2];
  return isIntact ? match[1] : undefined;
}

/**
 * What is stored of a key. A fast keyed digest is enough: the secret has 256 bits, so there is
 * nothing to guess, and the pepper keeps a stolen database from being checked against leaked keys.
 */
export function keyDigest(key: string, pepper: Secret): Uint8Array {
  return createHmac('sha256', pepper.reveal()).update(key).digest();
}

function checksum(text: string): string {
  return base62Number(crc32(text), CHECKSUM_LETTERS);
}
