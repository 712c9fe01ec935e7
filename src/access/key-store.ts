import type { KeyEnvironment } from './api-key.ts';
import type { Scope } from './scopes.ts';

/**
 * What a key is for: calling models, looking after the keys and the wallet of one account, or
 * administering the gateway. Never two of them.
 */
export const keyKinds = ['inference', 'management', 'admin'] as const;
export type KeyKind = (typeof keyKinds)[number];

export const keyStatuses = ['active', 'disabled', 'revoked'] as const;
export type KeyStatus = (typeof keyStatuses)[number];

/** How long what a key spends counts together: for ever, or by the calendar in UTC. */
export const budgetPeriods = ['none', 'day', 'week', 'month'] as const;
export type BudgetPeriod = (typeof budgetPeriods)[number];

/** Money that a key may spend in each period; wallet reference §3.1. */
export interface KeyBudget {
  readonly limitNanoUsd: bigint;
  readonly period: BudgetPeriod;
}

/** How much a key may ask for; what is absent has no limit. */
export interface KeyRate {
  readonly requestsPerMinute?: number;
  /** Without what is read from the cache. */
  readonly inputTokensPerMinute?: number;
  readonly outputTokensPerMinute?: number;
  /** Requests at once. */
  readonly concurrency?: number;
}

/** What a key may do. `null` restricts nothing and has to be said; an empty list allows nothing. */
export interface KeyRights {
  readonly scopes: readonly Scope[];
  readonly modelIds: readonly string[] | null;
  /** Ranges of addresses in their one spelling. */
  readonly allowedCidrs: readonly string[] | null;
  readonly budget: KeyBudget | null;
  readonly rate: KeyRate | null;
}

export interface KeyRecord extends KeyRights {
  readonly publicId: string;
  /** Whose it is: a key that was made for no account is one of its own, by its public id. */
  readonly accountId: string;
  /** HMAC-SHA-256 of the whole key under the server's pepper. */
  readonly digest: Uint8Array;
  /** The end of the key, for people to know it by; empty for keys from before it was kept. */
  readonly lastLetters: string;
  /** The key before the last rotation, which works until its time is over. */
  readonly rotated?: RotatedKey;
  readonly kind: KeyKind;
  readonly environment: KeyEnvironment;
  readonly name: string;
  readonly status: KeyStatus;
  /** The key that made it; absent where it was made on the machine itself. */
  readonly createdBy?: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
  /** To the minute. */
  readonly lastUsedAtMs?: number;
}

export interface RotatedKey {
  readonly digest: Uint8Array;
  readonly graceUntilMs: number;
}

/** What of a key can be changed while it lives. */
export interface KeyChange extends KeyRights {
  readonly name: string;
  readonly expiresAtMs?: number;
}

/** A new secret for a key that stays what it is. */
export interface KeyRotation {
  readonly digest: Uint8Array;
  readonly lastLetters: string;
  /** How long the secret of before works on. */
  readonly graceUntilMs: number;
}

/** Which keys are wanted. */
export interface KeyFilter {
  readonly accountId?: string;
}

/** Where keys live. Writes resolve once they are durable, with whether there was such a key. */
export interface KeyStore {
  find(publicId: string): KeyRecord | undefined;
  /** Newest first. */
  list(filter?: KeyFilter): readonly KeyRecord[];
  insert(record: KeyRecord): Promise<void>;
  /** Of a key that is not revoked. */
  update(publicId: string, change: KeyChange): Promise<boolean>;
  /** Of a key that is not revoked. */
  rotate(publicId: string, rotation: KeyRotation): Promise<boolean>;
  /** Of a key that is not revoked and has another status. */
  setStatus(publicId: string, status: 'active' | 'disabled'): Promise<boolean>;
  /** Whether a key that was not revoked is now. */
  revoke(publicId: string, atMs: number): Promise<boolean>;
  /** Notes that a key was used. */
  touch(publicId: string, atMs: number): Promise<void>;
}

/** Whether a key works. */
export function isActive(record: KeyRecord, nowMs: number): boolean {
  const isExpired = record.expiresAtMs !== undefined && record.expiresAtMs <= nowMs;
  return record.status === 'active' && !isExpired;
}
