import { refusePassword } from '../access/operator-password.ts';
import type { OperatorSession } from '../access/session-book.ts';
import { readSessionCookie, sessionCookie, sessionDigest } from '../access/session-cookie.ts';
import type { SessionHeaders } from '../access/session-guard.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { Secret } from '../std/secret.ts';
import { version } from '../std/version.ts';
import type { ApiCall } from './api-route.ts';
import type { AuditNote, Done } from './audit-note.ts';
import { auditEntry } from './audit-note.ts';
import type { SessionAnswer, SetupOrder, SignInOrder } from './contract-session.ts';
import { timeText } from './field-schemas.ts';
import { newOperator } from './operator-orders.ts';
import type { SessionParts } from './session-parts.ts';
import { refuseOldNode, sessionRefusal, tooManySignIns } from './session-refusals.ts';

/** How soon to come back where too many passwords are being checked. */
const BUSY_MS = 1000;

/** What signing in works with; not there where the console is off, and on the public listener. */
export function sessionPartsOf({ parts }: Pick<ApiCall, 'parts'>): SessionParts | Refusal {
  return parts.sessions ?? refusal('not_found', 'The console is switched off.');
}

/** Where a session stands; without one, what comes first. */
export function encodeSession(
  { operators, publicUrl }: SessionParts,
  session: OperatorSession | undefined,
): SessionAnswer {
  const signedOut = operators.hasAny() ? 'signed-out' : 'setup';
  return {
    state: session === undefined ? signedOut : 'signed-in',
    operator: session?.operator ?? null,
    csrf_token: session?.csrfToken ?? null,
    expires_at: session === undefined ? null : timeText(session.idleEndsAtMs),
    version,
    public_url: publicUrl(),
  };
}

/** Who asks, if anybody is signed in. */
export function showSession(call: ApiCall): SessionAnswer | Refusal {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  const session = parts.guard.admit(call.headers, 'read');
  return encodeSession(parts, isRefusal(session) ? undefined : session);
}

/** Makes the first operator with the one-time token, and signs in. */
export async function setUp(
  call: ApiCall,
  { token, name, password: written }: SetupOrder,
): Promise<Done<SessionAnswer> | Refusal> {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  const { operators, throttle, setupToken, digests, onSetUp } = parts;
  if (operators.hasAny()) return sessionRefusal('setup_done');
  const old = refuseOldNode();
  if (old !== undefined) return old;
  const { address } = call.actor;
  const waitMs = throttle.attempt(SETUP, address);
  if (waitMs !== undefined) return tooManySignIns(waitMs);
  if (!setupToken.isIt(new Secret(token))) {
    await note(call, { action: 'console.set_up_failed', subject: 'setup-token' });
    return sessionRefusal('setup_token');
  }
  throttle.succeeded(SETUP, address);
  const password = new Secret(written);
  const weak = refusePassword(password, name);
  if (weak !== undefined) return weak;
  const digest = await digests.make(password);
  if (digest === undefined) return tooManySignIns(BUSY_MS);
  const record = newOperator({ name, digest, createdBy: 'setup-token', atMs: call.atMs });
  if (!(await operators.insertFirst(record))) return sessionRefusal('setup_done');
  setupToken.use();
  onSetUp();
  await note(call, { action: 'console.set_up', subject: name });
  return openSession(call, parts, { name, digest });
}

/** What attempts with the token count as. No operator can have the name. */
const SETUP = ' setup';

/** Signs in with name and password. */
export async function signIn(
  call: ApiCall,
  { name, password }: SignInOrder,
): Promise<Done<SessionAnswer> | Refusal> {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  if (!parts.operators.hasAny()) return sessionRefusal('setup_needed');
  const digest = parts.operators.find(name)?.passwordDigest;
  const no = await refuseWrongPassword(call, parts, { name, password });
  return no ?? (await openSession(call, parts, { name, digest }));
}

/**
 * Checks who somebody says they are. A name that nobody has takes the same path and the same time,
 * and is not written down: people put their password there.
 */
export async function refuseWrongPassword(
  call: ApiCall,
  { operators, throttle, digests }: SessionParts,
  { name, password }: SignInOrder,
): Promise<Refusal | undefined> {
  const old = refuseOldNode();
  if (old !== undefined) return old;
  const { address } = call.actor;
  const waitMs = throttle.attempt(name, address);
  if (waitMs !== undefined) return tooManySignIns(waitMs);
  const record = operators.find(name);
  const isRight = await digests.matches(new Secret(password), record?.passwordDigest);
  if (isRight === undefined) return tooManySignIns(BUSY_MS);
  if (!isRight) {
    const subject = record?.name ?? 'unknown';
    await note(call, { action: 'operator.sign_in_failed', subject });
    return sessionRefusal('wrong_password');
  }
  throttle.succeeded(name, address);
  return undefined;
}

/**
 * Opens a session for whoever said the password of a digest. The one that the browser had before ends:
 * its id may be known to somebody.
 */
async function openSession(
  call: ApiCall,
  parts: SessionParts,
  { name, digest }: { readonly name: string; readonly digest: string | undefined },
): Promise<Done<SessionAnswer> | Refusal> {
  const { book, operators } = parts;
  const former = readSessionCookie(cookieOf(call));
  if (former !== undefined) await book.end(sessionDigest(former));
  const { id, session } = await book.open(name);
  // A password that was changed while it was checked ended the sessions of then, and not this one.
  if (operators.find(name)?.passwordDigest !== digest) {
    await book.end(session.digest);
    return sessionRefusal('wrong_password');
  }
  await operators.noteSignIn(name, call.atMs);
  const actor = { ...call.actor, kind: 'operator', operator: name } as const;
  await note({ ...call, actor }, { action: 'operator.sign_in', subject: name });
  return {
    kind: 'done',
    answer: encodeSession(parts, session),
    note: 'landed',
    headers: ['set-cookie', sessionCookie(id)],
  };
}

function cookieOf({ headers }: ApiCall): string | undefined {
  const { cookie }: SessionHeaders = headers;
  return cookie;
}

async function note(
  call: Pick<ApiCall, 'parts' | 'actor' | 'atMs'>,
  what: AuditNote,
): Promise<void> {
  await call.parts.audit.append(auditEntry(call, what));
}
