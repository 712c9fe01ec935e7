import { z } from 'zod';
import type { KeyRecord } from '../access/key-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { ApiCall, ApiRoute, RouteAccess } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { KeyAnswer, Page } from './contract.ts';
import type { KeyTurn, KeyContext } from './key-orders.ts';
import { changeKey, encodeKey, findKey, orderKey, rotateKeyOrder, turnKey } from './key-orders.ts';
import { idField, pageOf } from './field-schemas.ts';
import type { KeyQuery } from './key-shapes.ts';
import {
  keyPatchShape,
  keyQuery,
  keySecretShape,
  keyShape,
  newKeyShape,
  newOwnKeyShape,
  ownKeyQuery,
  rotationShape,
} from './key-shapes.ts';
import { pageAfter } from './page-after.ts';
import { shownStatus } from './shown-status.ts';

const adminPath = '/admin/v1/keys';
const admin: RouteAccess = { kind: 'admin' };
const ownRead: RouteAccess = { kind: 'account', keyKinds: ['management'], scope: 'keys:read' };
const ownWrite: RouteAccess = { kind: 'account', keyKinds: ['management'], scope: 'keys:write' };
const ownPath = '/v1/keys';

const params = z.object({ key: idField });
const NO_ACCOUNT: Refusal = refusal('permission_denied');

/** Of an account's own routes its account; undefined where the operator asks. */
function accountOf({ principal, actor }: Pick<ApiCall, 'principal' | 'actor'>): string | undefined {
  return isOperator(actor) ? undefined : principal?.account;
}

function contextOf(
  call: Pick<ApiCall, 'parts' | 'actor' | 'atMs' | 'principal'>,
): KeyContext | Refusal {
  const { parts, actor, atMs, principal } = call;
  const maker = isOperator(actor) ? 'operator' : principal;
  return maker === undefined ? NO_ACCOUNT : { parts, actor, atMs, maker };
}

/** With an admin key, or signed in. */
function isOperator({ kind }: ApiCall['actor']): boolean {
  return kind === 'admin' || kind === 'operator';
}

/** A key that administers is more than a session, which ends by itself. */
const isAboutAdminKey = ({ parts, params: given }: ApiCall): boolean => {
  const { key } = given as z.output<typeof params>;
  return parts.keys.find(key)?.kind === 'admin';
};

/** What becomes of a key without another word. */
const turns: readonly (readonly [KeyTurn, string])[] = [
  ['disable', 'Stops a key until it is enabled.'],
  ['enable', 'Lets a key work again that was disabled.'],
  ['revoke', 'Ends a key for ever, within a second. What it runs finishes.'],
];

/** Keys of every account, for the operator. */
export const adminKeyRoutes: readonly ApiRoute[] = [
  writeRoute({
    method: 'POST',
    path: adminPath,
    operationId: 'createKey',
    summary: 'Makes a key, and shows it once.',
    access: admin,
    status: 201,
    body: newKeyShape,
    answer: keySecretShape,
    needsFreshSignIn: ({ body }) => (body as z.output<typeof newKeyShape>).kind === 'admin',
    write: (call) => withContext(call, (context) => orderKey(context, call.body)),
  }),
  readRoute({
    method: 'GET',
    path: adminPath,
    operationId: 'listKeys',
    summary: 'Keys, newest first.',
    access: admin,
    query: keyQuery,
    answer: pageOf(keyShape),
    read: ({ parts, query, atMs }) => listKeys({ parts, atMs }, query, query.account),
  }),
  ...keyRoutesAt(adminPath, { read: admin, write: admin, of: 'admin' }),
];

/** Keys of the account itself, for its management keys. */
export const ownKeyRoutes: readonly ApiRoute[] = [
  writeRoute({
    method: 'POST',
    path: ownPath,
    operationId: 'createOwnKey',
    summary: 'Makes a key of the same account whose rights are among those of the one that asks.',
    access: ownWrite,
    status: 201,
    body: newOwnKeyShape,
    answer: keySecretShape,
    write: (call) =>
      withContext(call, (context) => {
        const account = accountOf(call);
        return account === undefined ? NO_ACCOUNT : orderKey(context, { ...call.body, account });
      }),
  }),
  readRoute({
    method: 'GET',
    path: ownPath,
    operationId: 'listOwnKeys',
    summary: 'Keys of the account, newest first.',
    access: ownRead,
    query: ownKeyQuery,
    answer: pageOf(keyShape),
    read: ({ parts, query, atMs, principal }) =>
      principal === undefined ? NO_ACCOUNT : listKeys({ parts, atMs }, query, principal.account),
  }),
  ...keyRoutesAt(ownPath, { read: ownRead, write: ownWrite, of: 'own' }),
];

interface FaceAccess {
  readonly read: RouteAccess;
  readonly write: RouteAccess;
  /** Whose keys: what names of operations say. */
  readonly of: 'admin' | 'own';
}

/** What can be asked and done of one key, the same on both faces. */
function keyRoutesAt(path: string, { read, write, of }: FaceAccess): readonly ApiRoute[] {
  const named = (verb: string): string => `${verb}${of === 'own' ? 'Own' : ''}Key`;
  return [
    readRoute({
      method: 'GET',
      path: `${path}/{key}`,
      operationId: named('get'),
      summary: 'What is known of a key, which is everything but the key.',
      access: read,
      params,
      answer: keyShape,
      read: (call) => {
        const record = findKey(call.parts, call.params.key, accountOf(call));
        return isRefusal(record) ? record : encodeKey(record, call.atMs);
      },
    }),
    writeRoute({
      method: 'PATCH',
      path: `${path}/{key}`,
      operationId: named('change'),
      summary: 'Changes name, rights or end of a key.',
      access: write,
      params,
      body: keyPatchShape,
      answer: keyShape,
      needsFreshSignIn: isAboutAdminKey,
      write: (call) =>
        withContext(call, (context) => {
          const record = findKey(call.parts, call.params.key, accountOf(call));
          return isRefusal(record) ? record : changeKey(context, record, call.body);
        }),
    }),
    writeRoute({
      method: 'POST',
      path: `${path}/{key}/rotate`,
      operationId: named('rotate'),
      summary:
        'Gives a key another secret, shown once; the one before works until its grace is over.',
      access: write,
      params,
      body: rotationShape,
      answer: keySecretShape,
      needsFreshSignIn: isAboutAdminKey,
      write: (call) =>
        withContext(call, (context) => {
          const record = findKey(call.parts, call.params.key, accountOf(call));
          const graceMs = call.body.grace_seconds * 1000;
          return isRefusal(record) ? record : rotateKeyOrder(context, record, graceMs);
        }),
    }),
    ...turns.map(([turn, summary]) =>
      writeRoute({
        method: 'POST',
        path: `${path}/{key}/${turn}`,
        operationId: named(turn),
        summary,
        access: write,
        params,
        answer: keyShape,
        needsFreshSignIn: isAboutAdminKey,
        write: (call) =>
          withContext(call, (context) => {
            const record = findKey(call.parts, call.params.key, accountOf(call));
            return isRefusal(record) ? record : turnKey(context, record, turn);
          }),
      }),
    ),
  ];
}

function withContext<Answer>(
  call: Pick<ApiCall, 'parts' | 'actor' | 'atMs' | 'principal'>,
  order: (context: KeyContext) => Answer,
): Answer | Refusal {
  const context = contextOf(call);
  return isRefusal(context) ? context : order(context);
}

function listKeys(
  { parts, atMs }: Pick<ApiCall, 'parts' | 'atMs'>,
  query: KeyQuery,
  account: string | undefined,
): Page<KeyAnswer> | Refusal {
  const { cursor, limit, kind, status, name } = query;
  const part = name?.toLowerCase() ?? '';
  const fits = (record: KeyRecord): boolean =>
    (kind === undefined || record.kind === kind) &&
    (status === undefined || shownStatus(record, atMs) === status) &&
    record.name.toLowerCase().includes(part);
  const all = parts.keys.list(account === undefined ? {} : { accountId: account });
  const page = pageAfter(all, { cursor, limit, fits }, ({ publicId }) => publicId);
  if (isRefusal(page)) return page;
  const data = page.items.map((record) => encodeKey(record, atMs));
  return { data, next_cursor: page.nextCursor };
}
