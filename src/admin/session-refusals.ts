import { canCheckPasswords } from '../access/operator-password.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { SessionReason } from './contract-session.ts';

/** What this API says no with, in the words of its contract. */
const texts: Readonly<
  Partial<Record<SessionReason, readonly [code: Refusal['code'], text: string]>>
> = {
  confirm_needed: ['permission_denied', 'Say your password again for this.'],
  wrong_password: ['unauthenticated', 'Name or password is not right.'],
  session_ended: ['unauthenticated', 'The session is over: sign in.'],
  setup_needed: ['permission_denied', 'There is no operator yet: set the console up first.'],
  setup_done: ['conflict', 'There is an operator already: sign in.'],
  setup_token: [
    'permission_denied',
    'This is not the set-up token, or its 15 minutes are over; a restart makes another.',
  ],
  operator_exists: ['conflict', 'There is an operator of this name, or there are too many.'],
  operator_not_found: ['not_found', 'There is no operator of this name.'],
  last_operator: ['conflict', 'The last operator stays: make another one first.'],
};

/** A no of the session API. */
export function sessionRefusal(reason: SessionReason): Refusal {
  const [code, text] = texts[reason] ?? ['permission_denied', undefined];
  // What comes again is as wrong as it was.
  return refusal(code, text, { reason, isRetryable: false });
}

/** The same of somebody whose name is known: it can be the password alone that is wrong. */
export function aboutOwnPassword(no: Refusal, param: string): Refusal {
  if (no.reason !== 'wrong_password') return no;
  return { ...no, detail: 'The password is not right.', param };
}

/** Passwords or the token were tried too often. */
export function tooManySignIns(waitMs: number): Refusal {
  const seconds = String(Math.ceil(waitMs / 1000));
  const text = `Too many attempts to sign in. Try again in ${seconds} s.`;
  return refusal('rate_limited', text, { reason: 'too_many_sign_ins', retryAfterMs: waitMs });
}

/** An older Node has no way to check passwords; the rest of the gateway works there. */
export function refuseOldNode(): Refusal | undefined {
  if (canCheckPasswords()) return undefined;
  return refusal('unavailable', 'Signing in needs Node 24.7 or later. Admin keys work.');
}
