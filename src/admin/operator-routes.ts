import { z } from 'zod';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { Secret } from '../std/secret.ts';
import type { ApiCall, ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { Done } from './audit-note.ts';
import type { OperatorAnswer, PasswordOrder } from './contract-session.ts';
import { idField } from './field-schemas.ts';
import type { OperatorContext } from './operator-orders.ts';
import {
  createOperator,
  encodeOperator,
  removeOperator,
  setOperatorPassword,
} from './operator-orders.ts';
import { refuseWrongPassword, sessionPartsOf } from './session-orders.ts';
import { aboutOwnPassword, sessionRefusal } from './session-refusals.ts';
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
    write: (call) => {
      const context = contextOf(call);
      if (isRefusal(context)) return context;
      const { name, password } = call.body;
      return createOperator(context, { name, password: new Secret(password) });
    },
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
    write: (call) => {
      const context = contextOf(call);
      return isRefusal(context) ? context : removeOperator(context, call.params.name);
    },
  }),
];

/** What an order is carried out with, for as long as the session that gave it lasts. */
function contextOf(call: ApiCall): OperatorContext | Refusal {
  const desk = sessionPartsOf(call);
  if (isRefusal(desk)) return desk;
  const { session, actor, atMs } = call;
  const isOut = session === undefined ? undefined : () => !desk.book.isOpen(session);
  return { desk, actor, atMs, isOut };
}

/** Whoever changes their own says the one before: an unlocked screen is not enough. */
async function changePassword(
  call: ApiCall,
  name: string,
  order: PasswordOrder,
): Promise<Done<OperatorAnswer> | Refusal> {
  const parts = sessionPartsOf(call);
  if (isRefusal(parts)) return parts;
  const context = contextOf(call);
  if (isRefusal(context)) return context;
  if (parts.operators.find(name) === undefined) return sessionRefusal('operator_not_found');
  const { session } = call;
  const isOwn = session?.operator === name;
  if (isOwn) {
    const said = { name, password: order.current_password ?? '' };
    const no = await refuseWrongPassword(call, parts, said);
    if (no !== undefined) return aboutOwnPassword(no, 'current_password');
  }
  const login = { name, password: new Secret(order.password) };
  return setOperatorPassword(context, login, isOwn ? session.digest : undefined);
}
