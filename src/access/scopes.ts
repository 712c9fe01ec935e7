import type { KeyKind } from './key-store.ts';

/** What a key may be used for; wallet reference §3.2 rule 7. What is not listed is denied. */
export const scopes = [
  'messages',
  'chat',
  'workers-ai',
  'batches',
  'files',
  'models:read',
  'gateways:read',
  'gateways:write',
  'usage:read',
  'wallet:read',
  'wallet:write',
  'keys:read',
  'keys:write',
] as const;
export type Scope = (typeof scopes)[number];

/** Whether a word is the name of a scope. */
export function isScope(word: string): word is Scope {
  return scopes.some((scope) => scope === word);
}

const inference = [
  'messages',
  'chat',
  'workers-ai',
  'batches',
  'files',
  'models:read',
  'gateways:read',
  'gateways:write',
] as const;
const reading = ['usage:read', 'wallet:read'] as const;
const managing = [...reading, 'wallet:write', 'keys:read', 'keys:write'] as const;

/** What a kind of key can be used for, whatever its scopes say; wallet reference §3.2 rule 7. */
export const usableScopes: Readonly<Record<KeyKind, readonly Scope[]>> = {
  inference: [...inference, ...reading],
  management: managing,
  /** All of the admin API, and nothing else. */
  admin: [],
};

/**
 * What may be written into a key, and what one gets whose maker does not say: a management key has
 * those that it may give to others, too.
 */
export const grantableScopes: Readonly<Record<KeyKind, readonly Scope[]>> = {
  inference: usableScopes.inference,
  management: [...inference, ...managing],
  admin: usableScopes.admin,
};
