import { z } from 'zod';
import { accountStatuses } from '../access/account-store.ts';
import { isRefusal } from '../messages/errors.ts';
import {
  changeAccount,
  createAccount,
  encodeAccount,
  findAccount,
  noAccount,
} from './account-orders.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { AccountAnswer } from './contract.ts';
import { cursorField, idField, limitField, nameField, pageOf, timeField } from './field-schemas.ts';
import { pageAfter } from './page-after.ts';

const ACCOUNTS = '/admin/v1/accounts';
const admin = { kind: 'admin' } as const;

const accountShape: z.ZodType<AccountAnswer> = z.object({
  id: z.string(),
  name: z.string(),
  plan: z.string().nullable(),
  status: z.enum(accountStatuses),
  created_at: timeField,
});
const params = z.object({ account: idField });
const plan = idField.nullable().optional().describe('Null: the configured plan.');

/** Accounts: they are made and changed, and never removed, since the books name them. */
export const accountRoutes: readonly ApiRoute[] = [
  writeRoute({
    method: 'POST',
    path: ACCOUNTS,
    operationId: 'createAccount',
    summary: 'Makes an account.',
    access: admin,
    status: 201,
    body: z.strictObject({ id: idField.max(64).optional(), name: nameField, plan }),
    answer: accountShape,
    write: (call) => createAccount(call, call.body),
  }),
  readRoute({
    method: 'GET',
    path: ACCOUNTS,
    operationId: 'listAccounts',
    summary: 'Accounts that have a record, newest first.',
    access: admin,
    query: z.strictObject({ limit: limitField, cursor: cursorField }),
    answer: pageOf(accountShape),
    read: ({ parts, query }) => {
      const page = pageAfter(parts.accounts.list(), query, ({ id }) => id);
      if (isRefusal(page)) return page;
      const data = page.items.map((record) => encodeAccount(record));
      return { data, next_cursor: page.nextCursor };
    },
  }),
  readRoute({
    method: 'GET',
    path: `${ACCOUNTS}/{account}`,
    operationId: 'getAccount',
    summary: 'One account.',
    access: admin,
    params,
    answer: accountShape,
    read: ({ parts, params: { account }, atMs }) => {
      const record = findAccount(parts, account, atMs);
      return record === undefined ? noAccount(account) : encodeAccount(record);
    },
  }),
  writeRoute({
    method: 'PATCH',
    path: `${ACCOUNTS}/{account}`,
    operationId: 'changeAccount',
    summary: 'Changes name, plan or status of an account.',
    access: admin,
    params,
    body: z.strictObject({
      name: nameField.optional(),
      plan,
      status: z.enum(accountStatuses).optional(),
    }),
    answer: accountShape,
    write: (call) => changeAccount(call, call.params.account, call.body),
  }),
];
