import type { KeyRecord } from '../../src/access/key-store.ts';
import { grantableScopes } from '../../src/access/scopes.ts';

/** A key as it is stored, which may do what every inference key may. */
export function keyRecord(publicId: string, more: Partial<KeyRecord> = {}): KeyRecord {
  return {
    publicId,
    accountId: publicId,
    digest: new Uint8Array(32).fill(7),
    lastLetters: 'last',
    kind: 'inference',
    environment: 'live',
    name: publicId,
    status: 'active',
    scopes: grantableScopes[more.kind ?? 'inference'],
    modelIds: null,
    allowedCidrs: null,
    budget: null,
    rate: null,
    createdAtMs: 1000,
    ...more,
  };
}
