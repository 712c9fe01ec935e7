import type { PasswordDigests } from '../access/operator-password.ts';
import { refusePassword } from '../access/operator-password.ts';
import type { OperatorRecord, OperatorStore } from '../access/operator-store.ts';
import type { SessionBook } from '../access/session-book.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { Secret } from '../std/secret.ts';
import type { Done, OrderContext } from './audit-note.ts';
import { actorName } from './audit-note.ts';
import type { OperatorAnswer } from './contract-session.ts';
import { maybeTimeText, timeText } from './field-schemas.ts';
import { refuseOldNode, sessionRefusal, tooManySignIns } from './session-refusals.ts';

/** How soon to come back where too many passwords are being checked. */
const BUSY_MS = 1000;

/** Where operators and their sessions are, over HTTP and at the command line. */
export interface OperatorDesk {
  readonly operators: OperatorStore;
  readonly book: Pick<SessionBook, 'endedBy'>;
  readonly digests: Pick<PasswordDigests, 'make'>;
}

/** What an order about operators needs to be carried out and told of. */
export interface OperatorContext extends Pick<OrderContext, 'actor' | 'atMs'> {
  readonly desk: OperatorDesk;
  /** Whether whoever ordered it may not any more; asked after what takes a while. */
  readonly isOut?: (() => boolean) | undefined;
}

/** Who signs in with what. */
export interface OperatorLogin {
  readonly name: string;
  readonly password: Secret;
}

/** An operator as answers have them: without what their password is checked by. */
export function encodeOperator(record: OperatorRecord): OperatorAnswer {
  return {
    name: record.name,
    created_at: timeText(record.createdAtMs),
    created_by: record.createdBy,
    password_changed_at: timeText(record.passwordChangedAtMs),
    last_sign_in_at: maybeTimeText(record.lastSignInAtMs),
  };
}

/** An operator as they begin. */
export function newOperator(made: {
  readonly name: string;
  readonly digest: string;
  readonly createdBy: string;
  readonly atMs: number;
}): OperatorRecord {
  const { name, digest: passwordDigest, createdBy, atMs } = made;
  return {
    name,
    passwordDigest,
    createdBy,
    createdAtMs: atMs,
    passwordChangedAtMs: atMs,
  };
}

/** Lets somebody sign in to the console. */
export async function createOperator(
  context: OperatorContext,
  login: OperatorLogin,
): Promise<Done<OperatorAnswer> | Refusal> {
  const { desk, actor, atMs } = context;
  const { name } = login;
  const digest = await digestOf(context, login);
  if (isRefusal(digest)) return digest;
  const record = newOperator({ name, digest: digest.text, createdBy: actorName(actor), atMs });
  if (!(await desk.operators.insert(record))) return sessionRefusal('operator_exists');
  const answer = encodeOperator(record);
  return { kind: 'done', answer, note: { action: 'operator.create', subject: name } };
}

/** Gives an operator another password; their sessions end, but for one that may be kept. */
export async function setOperatorPassword(
  context: OperatorContext,
  login: OperatorLogin,
  keptSession?: string,
): Promise<Done<OperatorAnswer> | Refusal> {
  const { atMs } = context;
  const { operators, book } = context.desk;
  const { name } = login;
  if (operators.find(name) === undefined) return sessionRefusal('operator_not_found');
  const digest = await digestOf(context, login);
  if (isRefusal(digest)) return digest;
  const kept = keptSession === undefined ? {} : { keptSession };
  const change = { passwordDigest: digest.text, atMs, ...kept };
  const isDone = await book.endedBy(name, () => operators.setPassword(name, change), keptSession);
  const record = operators.find(name);
  if (!isDone || record === undefined) return sessionRefusal('operator_not_found');
  const note = { action: 'operator.change_password', subject: name };
  return { kind: 'done', answer: encodeOperator(record), note };
}

/** Removes an operator and ends their sessions; never the last one. */
export async function removeOperator(
  { desk: { operators, book } }: OperatorContext,
  name: string,
): Promise<Done<OperatorAnswer> | Refusal> {
  const record = operators.find(name);
  if (record === undefined) return sessionRefusal('operator_not_found');
  const isDone = await book.endedBy(name, () => operators.remove(name));
  if (!isDone) return sessionRefusal('last_operator');
  const note = { action: 'operator.delete', subject: name };
  return { kind: 'done', answer: encodeOperator(record), note };
}

interface PasswordDigest {
  readonly kind: 'digest';
  readonly text: string;
}

async function digestOf(
  { desk: { digests }, isOut }: OperatorContext,
  { name, password }: OperatorLogin,
): Promise<PasswordDigest | Refusal> {
  const no = refuseOldNode() ?? refusePassword(password, name);
  if (no !== undefined) return no;
  const text = await digests.make(password);
  if (text === undefined) return tooManySignIns(BUSY_MS);
  // It took a while: whoever is out meanwhile makes no operators any more.
  return isOut?.() === true ? sessionRefusal('session_ended') : { kind: 'digest', text };
}
