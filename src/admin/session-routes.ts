import { noSessionCookie } from '../access/session-cookie.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import {
  encodeSession,
  refuseWrongPassword,
  sessionPartsOf,
  setUp,
  showSession,
  signIn,
} from './session-orders.ts';
import { aboutOwnPassword, sessionRefusal } from './session-refusals.ts';
import { confirmShape, sessionShape, setupShape, signInShape } from './session-shapes.ts';

const path = '/admin/v1/session';
const anybody = { kind: 'sign-in' } as const;
const own = { kind: 'session' } as const;

/** Setting the console up, signing in and out. */
export const sessionRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path,
    operationId: 'getSession',
    summary: 'Who is signed in; without anybody, whether there is an operator yet.',
    access: anybody,
    answer: sessionShape,
    read: (call) => showSession(call),
  }),
  writeRoute({
    method: 'POST',
    path: '/admin/v1/setup',
    operationId: 'setUp',
    summary: 'Makes the first operator with the one-time token, and signs in.',
    access: anybody,
    status: 201,
    body: setupShape,
    answer: sessionShape,
    write: (call) => setUp(call, call.body),
  }),
  writeRoute({
    method: 'POST',
    path,
    operationId: 'signIn',
    summary: 'Signs an operator in: the session is a cookie.',
    access: anybody,
    body: signInShape,
    answer: sessionShape,
    write: (call) => signIn(call, call.body),
  }),
  writeRoute({
    method: 'DELETE',
    path,
    operationId: 'signOut',
    summary: 'Ends the session, and the key of its playground with it.',
    access: own,
    answer: sessionShape,
    write: async (call) => {
      const parts = sessionPartsOf(call);
      if (isRefusal(parts)) return parts;
      if (call.session === undefined) return sessionRefusal('not_signed_in');
      await parts.book.end(call.session.digest);
      return {
        kind: 'done',
        answer: encodeSession(parts, undefined),
        note: { action: 'operator.sign_out', subject: call.session.operator },
        headers: ['set-cookie', noSessionCookie],
      };
    },
  }),
  writeRoute({
    method: 'POST',
    path: `${path}/confirm`,
    operationId: 'confirmSession',
    summary: 'Takes the password again: for ten minutes it lets pass what wants a fresh sign-in.',
    access: own,
    body: confirmShape,
    answer: sessionShape,
    write: async (call) => {
      const parts = sessionPartsOf(call);
      if (isRefusal(parts)) return parts;
      const { session, body } = call;
      if (session === undefined) return sessionRefusal('not_signed_in');
      const { operator: name } = session;
      const no = await refuseWrongPassword(call, parts, { name, password: body.password });
      if (no !== undefined) return aboutOwnPassword(no, 'password');
      if (!(await parts.book.confirm(session))) return sessionRefusal('session_ended');
      const note = { action: 'operator.confirm', subject: name };
      return { kind: 'done', answer: encodeSession(parts, session), note };
    },
  }),
];
