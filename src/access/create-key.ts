import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import type { Secret } from '../std/secret.ts';
import type { KeyEnvironment, MintedKey } from './api-key.ts';
import { keyDigest, lastLettersOf, mintKey } from './api-key.ts';
import type { KeyKind, KeyRights, KeyStore } from './key-store.ts';
import { grantableScopes } from './scopes.ts';

export interface NewKey {
  readonly kind: KeyKind;
  readonly environment: KeyEnvironment;
  readonly name: string;
  /** An account of its own where absent. */
  readonly accountId?: string;
  /** In their one spelling (`normalizeRights`); what a key of its kind has anyway where absent. */
  readonly rights?: KeyRights;
  readonly expiresAtMs?: number;
  /** The key that makes it; absent where it is made on the machine itself. */
  readonly createdBy?: string;
}

export interface KeyMaking {
  readonly store: Pick<KeyStore, 'find' | 'insert' | 'rotate'>;
  readonly pepper: Secret;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes a key and stores its digest. Resolves once it is durable, with the only copy of the key. */
export async function createKey(wanted: NewKey, making: KeyMaking): Promise<MintedKey> {
  const { kind, environment, name, accountId, rights, expiresAtMs, createdBy } = wanted;
  const minted = mintKey(environment, making.random);
  await making.store.insert({
    ...(rights ?? defaultRights(kind)),
    publicId: minted.publicId,
    accountId: accountId ?? minted.publicId,
    digest: keyDigest(minted.key.reveal(), making.pepper),
    lastLetters: lastLettersOf(minted.key),
    kind,
    environment,
    name,
    status: 'active',
    createdAtMs: making.clock.wallMs(),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  });
  return minted;
}

function defaultRights(kind: KeyKind): KeyRights {
  return {
    scopes: grantableScopes[kind],
    modelIds: null,
    allowedCidrs: null,
    budget: null,
    rate: null,
  };
}
