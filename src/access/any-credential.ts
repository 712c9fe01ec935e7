import { hash } from 'node:crypto';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { Authenticator, CredentialHeaders, Principal } from './authenticate.ts';
import { ofOwnAccount, readCredential, refuseCredential } from './authenticate.ts';

const ACCOUNT_LETTERS = 16;

/**
 * Takes every credential, or those that were given: for an emulator inside a test suite, which has
 * no keys to keep. Each credential is an account of its own, as two keys of the API may be.
 */
export function anyCredential(
  only?: readonly string[],
): Pick<Authenticator, 'authenticate' | 'principalFor'> {
  const known = only === undefined ? undefined : new Set(only);
  return {
    authenticate(headers: CredentialHeaders): Principal | Refusal {
      const credential = readCredential(headers);
      if (isRefusal(credential)) return credential;
      if (known?.has(credential.text) === false) return refuseCredential(credential.form);
      const keyId = hash('sha256', credential.text).slice(0, ACCOUNT_LETTERS);
      return ofOwnAccount(keyId);
    },
    principalFor: (keyId) => ofOwnAccount(keyId),
  };
}
