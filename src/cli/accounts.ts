import type { AccountRecord } from '../access/account-store.ts';
import { accountStatuses } from '../access/account-store.ts';
import {
  changeAccount,
  createAccount,
  encodeAccount,
  findAccount,
  noAccount,
} from '../admin/account-orders.ts';
import { usageProblem } from './command-problem.ts';
import type { OrderFlags } from './open-orders.ts';
import { tell, tellDone, tellRows, withOrders } from './open-orders.ts';

export interface CreateAccountFlags extends OrderFlags {
  readonly name: string;
  readonly id?: string;
  readonly plan?: string;
}

export interface ChangeAccountFlags extends OrderFlags {
  readonly name?: string;
  readonly plan?: string;
  readonly status?: string;
}

/** Makes an account. */
export function createAccountCommand(flags: CreateAccountFlags): Promise<void> {
  const { id, name, plan } = flags;
  return withOrders(flags, async (context) => {
    await tellDone(flags, context, await createAccount(context, { id, name, plan }));
  });
}

/** Shows all accounts that have a record. */
export function listAccountsCommand(flags: OrderFlags): Promise<void> {
  return withOrders(flags, ({ parts }) => {
    const rows = parts.accounts.list().map((record) => encodeAccount(record));
    tellRows(flags, rows, ['id', 'status', 'plan', 'created_at', 'name']);
    return Promise.resolve();
  });
}

/** Shows one account. */
export function showAccountCommand(id: string, flags: OrderFlags): Promise<void> {
  return withOrders(flags, ({ parts, atMs }) => {
    const record = findAccount(parts, id, atMs);
    tell(flags, record === undefined ? noAccount(id) : encodeAccount(record));
    return Promise.resolve();
  });
}

/** Changes what is said of an account. */
export function changeAccountCommand(id: string, flags: ChangeAccountFlags): Promise<void> {
  const { name, plan } = flags;
  const status = statusOf(flags.status);
  if (name === undefined && plan === undefined && status === undefined) {
    throw usageProblem('say what is to change with --name, --plan or --status');
  }
  return withOrders(flags, async (context) => {
    await tellDone(flags, context, await changeAccount(context, id, { name, plan, status }));
  });
}

function statusOf(word: string | undefined): AccountRecord['status'] | undefined {
  const status = accountStatuses.find((known) => known === word);
  if (word === undefined || status !== undefined) return status;
  throw usageProblem(`--status is one of ${accountStatuses.join(', ')}`);
}
