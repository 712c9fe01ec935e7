import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { assert } from '../std/assert.ts';
import type { Random } from '../std/random.ts';
import { Secret } from '../std/secret.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte says how the rest was made, so that a later way can stand beside this one. */
const VERSION = 1;

/** Keeps secrets of others so that the database alone does not show them. */
export class SecretSealer {
  readonly #key: Uint8Array;
  readonly #random: Random;

  /** `purpose` parts its keys from whatever else is derived from the same pepper. */
  constructor(pepper: Secret, purpose: string, random: Random) {
    const material = hkdfSync('sha256', pepper.reveal(), '', `quatrain:${purpose}`, KEY_BYTES);
    this.#key = new Uint8Array(material);
    this.#random = random;
  }

  /** `place` is where it is kept: sealed bytes that are moved to another place do not open. */
  seal(secret: Secret, place: string): Uint8Array {
    return this.sealBytes(Buffer.from(secret.reveal(), 'utf8'), place);
  }

  /** The same of what is no secret of ours, but was said by or to somebody. */
  sealBytes(bytes: Uint8Array, place: string): Uint8Array {
    const nonce = Buffer.from(this.#random.bytes(NONCE_BYTES));
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = [cipher.update(bytes), cipher.final()];
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ...sealed]);
  }

  /** Throws where the bytes were changed, moved, or sealed under another pepper. */
  open(sealed: Uint8Array, place: string): Secret {
    return new Secret(this.openBytes(sealed, place).toString('utf8'));
  }

  openBytes(sealed: Uint8Array, place: string): Buffer {
    assert(sealed[0] === VERSION, 'a sealed secret is of a version that is known');
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const rest = sealed.subarray(1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    return Buffer.concat([decipher.update(rest), decipher.final()]);
  }
}
