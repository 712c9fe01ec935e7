import type { KeyEnvironment } from './api-key.ts';

/** What a key may be used for: calling models, or administering the gateway. Never both. */
export type KeyKind = 'inference' | 'admin';

export interface KeyRecord {
  readonly publicId: string;
  /** HMAC-SHA-256 of the whole key under the server's pepper. */
  readonly digest: Uint8Array;
  readonly kind: KeyKind;
  readonly environment: KeyEnvironment;
  readonly name: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
}

/** Where keys live. Writes resolve once they are durable. */
export interface KeyStore {
  find(publicId: string): KeyRecord | undefined;
  /** All keys, newest first. */
  list(): readonly KeyRecord[];
  insert(record: KeyRecord): Promise<void>;
  /** Whether a key that was active is now revoked. */
  revoke(publicId: string, atMs: number): Promise<boolean>;
}

export function isActive(record: KeyRecord, nowMs: number): boolean {
  const isExpired = record.expiresAtMs !== undefined && record.expiresAtMs <= nowMs;
  return record.revokedAtMs === undefined && !isExpired;
}
