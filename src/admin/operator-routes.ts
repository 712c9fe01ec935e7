import { z } from 'zod';
import type { OperatorRecord } from '../access/operator-store.ts';
import { refusePassword } from '../access/operator-password.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { Secret } from '../std/secret.ts';
import type { ApiCall, ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { Done } from './audit-note.ts';
import { actorName } from './audit-note.ts';
import type { NewOperatorOrder, OperatorAnswer, PasswordOrder } from './contract-session.ts';
import { idField, maybeTimeText, timeText } from './field-schemas.ts';
import { newOperator, refuseWrongPassword, sessionPartsOf } from './session-orders.ts';
import { refuseOldNode, sessionRefusal, tooManySignIns } from './session-refusals.ts';
import {
  newOperatorShape,
  operatorShape,
  operatorsShape,
  passwordShape,
} from './session-shapes.ts';

const path = '/admin/v1/operators';
const admin = { kind: 'admin' } as const;
const params = z.object({ name: idField });
const always = (): boolean => true;
const BUSY_MS = 1000;

/** Who may sign in to the console. */
export const consoleOperatorRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path,
    operationId: 'listOperators',
    summary: 'Who may sign in to the console, by name.',
    access: admin,
    answer: operatorsShape,
    read: (call) => {
      const parts = sessionPartsOf(call);
      if (isRefusal(parts)) return parts;
      return { data: parts.operators.list().map((record) => encodeOperator(record)) };
    },
  }),
  writeRoute({
    method: 'POST',
    path,
    operationId: 'createOperator',
    summary: 'Lets somebody sign in to the console.',
    access: admin,
    status: 201,
    body: newOperatorShape,
    answer: operatorShape,
    needsFreshSignIn: always,
    write: (call) => createOperator(call, call.body),
  }),
  writeRoute({
    method: 'PUT',
    path: `${path}/{name}/password`,
    operationId: 'changePassword',
    summary: 'Gives an operator another password, and ends their other sessions.',
    access: admin,
    params,
    body: passwordShape,
    answer: operatorShape,
    needsFreshSignIn: always,
    write: (call) => changePassword(call, call.params.name, call.body),
  }),
  writeRoute({
    method: 'DELETE',
    path: `${path}/{name}`,
    operationId: 'deleteOperator',
    summary: 'Removes an operator and ends their sessions; never the last one.',
    access: admin,
    params,
    answer: operatorShape,
    needsFreshSignIn: always,
    write: (call) => deleteOperator(call, call.params.name),
  }),
];

function encodeOperator(record: OperatorRecord): OperatorAnswer {
  return {
    name: record.name,
    created_at: timeText(record.createdAtMs),
    created_by: record.createdBy,
    password_changed_at: timeText(record.passwordChangedAtMs),
    last_sign_in_at: maybeTimeText(record.lastSignInAtMs),
  };
}

async function createOperator(
  call: ApiCall,
  { name, password: written }: NewOperatorOrder,
): Promise<Done<OperatorAnswer> | Refusal> {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  const digest = await digestOf(call, name, written);
  if (typeof digest !== 'string') return digest;
  const createdBy = actorName(call.actor);
  const record = newOperator({ name, digest, createdBy, atMs: call.atMs });
  if (!(await parts.operators.insert(record))) return sessionRefusal('operator_exists');
  const answer = encodeOperator(record);
  return { kind: 'done', answer, note: { action: 'operator.create', subject: name } };
}

/** Whoever changes their own says the one before: an unlocked screen is not enough. */
async function changePassword(
  call: ApiCall,
  name: string,
  order: PasswordOrder,
): Promise<Done<OperatorAnswer> | Refusal> {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  const { operators, book } = parts;
  if (operators.find(name) === undefined) return sessionRefusal('operator_not_found');
  const { session } = call;
  const isOwn = session?.operator === name;
  if (isOwn) {
    const said = { name, password: order.current_password ?? '' };
    const no = await refuseWrongPassword(call, parts, said);
    if (no !== undefined) return no;
  }
  const passwordDigest = await digestOf(call, name, order.password);
  if (typeof passwordDigest !== 'string') return passwordDigest;
  const kept = isOwn ? { keptSession: session.digest } : {};
  const change = { passwordDigest, atMs: call.atMs, ...kept };
  const isDone = await book.endedBy(
    name,
    () => operators.setPassword(name, change),
    kept.keptSession,
  );
  const record = operators.find(name);
  if (!isDone || record === undefined) return sessionRefusal('operator_not_found');
  const note = { action: 'operator.change_password', subject: name };
  return { kind: 'done', answer: encodeOperator(record), note };
}

async function deleteOperator(
  call: ApiCall,
  name: string,
): Promise<Done<OperatorAnswer> | Refusal> {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  const { operators, book } = parts;
  const record = operators.find(name);
  if (record === undefined) return sessionRefusal('operator_not_found');
  const isDone = await book.endedBy(name, () => operators.remove(name));
  if (!isDone) return sessionRefusal('last_operator');
  const note = { action: 'operator.delete', subject: name };
  return { kind: 'done', answer: encodeOperator(record), note };
}

async function digestOf(call: ApiCall, name: string, written: string): Promise<string | Refusal> {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  const password = new Secret(written);
  const no = refuseOldNode() ?? refusePassword(password, name);
  if (no !== undefined) return no;
  const digest = await parts.digests.make(password);
  if (digest === undefined) return tooManySignIns(BUSY_MS);
  // It took a while: whoever is out meanwhile makes no operators any more.
  const isOut = call.session !== undefined && !parts.book.isOpen(call.session);
  return isOut ? sessionRefusal('session_ended') : digest;
}
