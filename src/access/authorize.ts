import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { isInCidr } from '../std/cidr.ts';
import { parseIpAddress } from '../std/ip-address.ts';
import type { Principal } from './authenticate.ts';
import type { Scope } from './scopes.ts';
import { usableScopes } from './scopes.ts';

/** What a request is about, as far as that is known before its body is read. */
export interface AccessQuestion {
  /** Undefined for what every key may ask. */
  readonly scope: Scope | undefined;
  /** Undefined where nobody knows it: a key that is for some addresses only does not work there. */
  readonly clientAddress: string | undefined;
}

const MODEL_LETTERS_MAX = 128;

/**
 * Stage 5 of the walk, before the body: the address first, then the scope. Wallet reference §3.2
 * rules 7 to 9, §5.2; undefined where nothing stands against it.
 */
export function authorize(
  principal: Principal,
  { scope, clientAddress }: AccessQuestion,
): Refusal | undefined {
  if (!isAddressAllowed(principal, clientAddress)) {
    return denied('ip_not_allowed', 'This key does not work from this address.');
  }
  if (scope === undefined || mayUse(principal, scope)) return undefined;
  return denied('scope_denied', `This key may not do this: it takes the scope "${scope}".`);
}

/** Wallet reference §5.2. */
function denied(
  code: 'ip_not_allowed' | 'scope_denied' | 'model_not_allowed',
  text: string,
): Refusal {
  return refusal('permission_denied', text, { reason: code, members: { code } });
}

/** Whether a key has a scope, and is of a kind that can use it. */
export function mayUse({ keyKind, scopes }: Principal, scope: Scope): boolean {
  return scopes.has(scope) && usableScopes[keyKind].includes(scope);
}

function isAddressAllowed({ allowedCidrs }: Principal, address: string | undefined): boolean {
  if (allowedCidrs === null) return true;
  const known = address === undefined ? undefined : parseIpAddress(address);
  return known !== undefined && allowedCidrs.some((cidr) => isInCidr(cidr, known));
}

/** Stage 5 of the walk for a model, by the registry's id of it or else the name it was asked by. */
export function authorizeModel({ modelIds }: Principal, model: string): Refusal | undefined {
  if (modelIds === null || modelIds.has(model)) return undefined;
  const shown = model.slice(0, MODEL_LETTERS_MAX);
  return denied('model_not_allowed', `This key may not use the model "${shown}".`);
}
