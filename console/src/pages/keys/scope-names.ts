import type { KeyAnswer } from '../../../../src/admin/contract.ts';

type Kind = KeyAnswer['kind'];

const inference = {
  messages: 'asks models in the Messages form',
  chat: 'asks models in the Chat Completions form',
  'workers-ai': 'asks models in the Workers AI form',
  batches: 'makes and reads batches',
  files: 'makes and reads files',
  'models:read': 'lists models',
  'gateways:read': 'looks at AI gateways',
  'gateways:write': 'changes AI gateways',
} as const;
const reading = {
  'usage:read': 'sees what its account used',
  'wallet:read': 'sees figures of the wallet',
} as const;
const managing = {
  ...reading,
  'wallet:write': 'tops up',
  'keys:read': 'sees the keys of its account',
  'keys:write': 'makes keys, with its own scopes at most',
} as const;

/** The scopes that a kind of key may have, and what each lets it do. An admin key does all of its own. */
export const scopeNames: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  inference: { ...inference, ...reading },
  management: { ...inference, ...managing },
  admin: {},
};

/** What stands for all scopes of a kind in a form. */
export const ALL_SCOPES = '*';

/** Scopes as a form has them: those that are all of the kind are called so. */
export function scopeText(kind: Kind, scopes: readonly string[]): string {
  const names = Object.keys(scopeNames[kind]);
  const isAll = names.length === scopes.length && names.every((name) => scopes.includes(name));
  return isAll ? ALL_SCOPES : scopes.join('\n');
}
