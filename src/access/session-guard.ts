import { timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { OperatorSession, SessionBook } from './session-book.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { OriginHeaders, RequestIntent } from './session-origin.ts';
import { isOwnName, isOwnPage, isOwnPageOrNone } from './session-origin.ts';

/** What of a request tells whose session it is of, and that its own page sent it. */
export interface SessionHeaders extends OriginHeaders {
  readonly cookie?: string | undefined;
  readonly 'x-csrf-token'?: string | undefined;
  /** Of a read that a page makes by itself. */
  readonly 'x-quatrain-poll'?: string | undefined;
}

/**
 * Lets requests in by a session, on the admin listener alone. A cookie proves who sits before the
 * browser, not what they want: writes also show the token of the session and come from our own page.
 */
export class SessionGuard {
  readonly #book: Pick<SessionBook, 'find'>;
  readonly #listensOn: string;

  /** `listensOn`: the configured host of the admin listener. */
  constructor(book: Pick<SessionBook, 'find'>, listensOn: string) {
    this.#book = book;
    this.#listensOn = listensOn;
  }

  /** Whose session it is, or why that does not count. */
  admit(headers: SessionHeaders, intent: RequestIntent): OperatorSession | Refusal {
    const stranger = this.refuseName(headers);
    if (stranger !== undefined) return stranger;
    const id = readSessionCookie(headers.cookie);
    if (id === undefined) return signedOut('not_signed_in', 'Sign in first.');
    const isPoll = headers['x-quatrain-poll'] === '1';
    const session = this.#book.find(id, { isPoll });
    if (session === undefined) return signedOut('session_ended', 'The session is over: sign in.');
    if (!isOwnPage(headers, intent)) return foreign('This came from another page.');
    if (intent === 'write' && !isSame(headers['x-csrf-token'], session.csrfToken)) {
      return foreign('x-csrf-token: the token of the session is wanted on every write.');
    }
    return session;
  }

  /** What comes before a session: from our own page, or from a program. */
  refuseForeign(headers: SessionHeaders, intent: RequestIntent): Refusal | undefined {
    const isOwn = intent === 'read' ? isOwnPage(headers, intent) : isOwnPageOrNone(headers);
    return (
      this.refuseName(headers) ?? (isOwn ? undefined : foreign('This came from another page.'))
    );
  }

  /** A listener on loopback is called by this machine's names. */
  refuseName(headers: SessionHeaders): Refusal | undefined {
    if (isOwnName(headers, this.#listensOn)) return undefined;
    return foreign('On loopback the console is answered at localhost only.');
  }
}

function signedOut(reason: 'not_signed_in' | 'session_ended', text: string): Refusal {
  return refusal('unauthenticated', text, { reason });
}

function foreign(text: string): Refusal {
  return refusal('permission_denied', text, { reason: 'csrf' });
}

function isSame(offered: string | undefined, wanted: string): boolean {
  const bytes = Buffer.from(offered ?? '');
  const expected = Buffer.from(wanted);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
