import type { MintedKey } from './api-key.ts';
import { keyDigest, lastLettersOf, mintKey } from './api-key.ts';
import type { KeyMaking } from './create-key.ts';

/**
 * Gives a key another secret: its id, its rights and what it spent stay, and the secret of before
 * works until its grace is over. Undefined where there is no such key, or it is revoked. Wallet
 * reference §3.2 rule 6.
 */
export async function rotateKey(
  publicId: string,
  graceMs: number,
  making: KeyMaking,
): Promise<MintedKey | undefined> {
  const record = making.store.find(publicId);
  if (record === undefined || record.status === 'revoked') return undefined;
  const minted = mintKey(record.environment, making.random, publicId);
  const isRotated = await making.store.rotate(publicId, {
    digest: keyDigest(minted.key.reveal(), making.pepper),
    lastLetters: lastLettersOf(minted.key),
    graceUntilMs: making.clock.wallMs() + graceMs,
  });
  return isRotated ? minted : undefined;
}
