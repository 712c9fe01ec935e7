import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import type { Secret } from '../std/secret.ts';
import type { KeyEnvironment } from './api-key.ts';
import { keyDigest, mintKey } from './api-key.ts';
import type { KeyKind, KeyStore } from './key-store.ts';

export interface NewKey {
  readonly kind: KeyKind;
  readonly environment: KeyEnvironment;
  readonly name: string;
  readonly expiresAtMs?: number;
}

export interface KeyMaking {
  readonly store: KeyStore;
  readonly pepper: Secret;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes a key and stores its digest. Resolves once it is durable, with the only copy of the key. */
export async function createKey(
  wanted: NewKey,
  making: KeyMaking,
): Promise<{ readonly publicId: string; readonly key: Secret }> {
  const minted = mintKey(wanted.environment, making.random);
  await making.store.insert({
    ...wanted,
    publicId: minted.publicId,
    digest: keyDigest(minted.key.reveal(), making.pepper),
    createdAtMs: making.clock.wallMs(),
  });
  return minted;
}
