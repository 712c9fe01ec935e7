import type { KeyKind, KeyRecord } from '../access/key-store.ts';
import { budgetPeriods, keyKinds } from '../access/key-store.ts';
import type { Done, OrderContext } from '../admin/audit-note.ts';
import { recordNote } from '../admin/audit-note.ts';
import type { BudgetAnswer, KeyAnswer, KeySecretAnswer } from '../admin/contract.ts';
import { timeText } from '../admin/field-schemas.ts';
import type { KeyContext, KeyTurn } from '../admin/key-orders.ts';
import { encodeKey, findKey, orderKey, rotateKeyOrder, turnKey } from '../admin/key-orders.ts';
import { readUsd } from '../admin/money-text.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { usageProblem } from './command-problem.ts';
import { drawTable } from './draw-table.ts';
import type { OrderFlags } from './open-orders.ts';
import { tell, withOrders } from './open-orders.ts';
import { complain, complainOfRefusal, say } from './terminal.ts';

export interface CreateKeyFlags extends OrderFlags {
  readonly name: string;
  readonly kind?: string;
  readonly admin?: boolean;
  readonly account?: string;
  readonly scope?: readonly string[];
  readonly model?: readonly string[];
  readonly cidr?: readonly string[];
  readonly budget?: string;
  readonly period: string;
  readonly rpm?: number;
  readonly itpm?: number;
  readonly otpm?: number;
  readonly concurrency?: number;
  readonly expiresDays?: number;
}

export interface ListKeyFlags extends OrderFlags {
  readonly account?: string;
}

export interface RotateKeyFlags extends OrderFlags {
  readonly graceSeconds: number;
}

const DAY_MS = 86_400_000;
const MS_PER_SECOND = 1000;

/** Makes a key and shows it: the only time it can be seen. */
export async function createKeyCommand(flags: CreateKeyFlags): Promise<void> {
  const { name, account, scope: scopes, model: models, cidr: allowed_cidrs } = flags;
  const { rpm, itpm, otpm, concurrency, expiresDays } = flags;
  const kind = kindOf(flags);
  const budget = budgetOf(flags);
  await withOrders(flags, async (context) => {
    const expires_at =
      expiresDays === undefined ? undefined : timeText(context.atMs + expiresDays * DAY_MS);
    const rate = {
      requests_per_minute: rpm,
      input_tokens_per_minute: itpm,
      output_tokens_per_minute: otpm,
      concurrency,
    };
    const wanted = { name, kind, account, scopes, models, allowed_cidrs, budget, rate, expires_at };
    await showOnce(flags, context, await orderKey(ofOperator(context), wanted));
  });
}

/** Shows what is known of each key, which is everything but the key. */
export async function listKeysCommand(flags: ListKeyFlags): Promise<void> {
  await withOrders(flags, ({ parts, atMs }) => {
    const { account } = flags;
    const keys = parts.keys
      .list(account === undefined ? {} : { accountId: account })
      .map((record) => encodeKey(record, atMs));
    if (flags.json === true) say(JSON.stringify(keys));
    else if (keys.length === 0) say('There are no keys yet. Make one with: quatrain keys create');
    else for (const line of drawTable(listTitles, keys.map(cellsOf))) say(line);
    return Promise.resolve();
  });
}

/** Shows one key, with what it may do. */
export async function showKeyCommand(id: string, flags: OrderFlags): Promise<void> {
  await withKey(id, flags, ({ atMs }, record) => {
    tell(flags, encodeKey(record, atMs));
    return Promise.resolve();
  });
}

/** Gives a key another secret and shows it: the only time it can be seen. */
export async function rotateKeyCommand(id: string, flags: RotateKeyFlags): Promise<void> {
  await withKey(id, flags, async (context, record) => {
    const graceMs = flags.graceSeconds * MS_PER_SECOND;
    await showOnce(flags, context, await rotateKeyOrder(ofOperator(context), record, graceMs));
  });
}

/** Stops a key for a while, lets it work again, or ends its life. A running gateway follows within a second. */
export async function turnKeyCommand(id: string, turn: KeyTurn, flags: OrderFlags): Promise<void> {
  await withKey(id, flags, async (context, record) => {
    if (turn === 'revoke' && record.status === 'revoked') {
      unknownKey(id);
      return;
    }
    const outcome = await turnKey(ofOperator(context), record, turn);
    if (isRefusal(outcome)) {
      complainOfRefusal(outcome);
      return;
    }
    await recordNote(context, outcome);
    if (flags.json === true) say(JSON.stringify(outcome.answer));
    else say(`${id} is ${outcome.answer.status}.`);
  });
}

function kindOf({ kind, admin }: CreateKeyFlags): KeyKind {
  const wanted = kind ?? (admin === true ? 'admin' : 'inference');
  const known = keyKinds.find((name) => name === wanted);
  if (known !== undefined) return known;
  throw usageProblem(`--kind: one of ${keyKinds.join(', ')} is wanted, not ${wanted}`);
}

function budgetOf({ budget, period: wanted }: CreateKeyFlags): BudgetAnswer | undefined {
  if (budget === undefined) return undefined;
  const limitNanoUsd = readUsd(budget);
  if (limitNanoUsd === undefined) {
    throw usageProblem(`--budget: USD like 12.50 are wanted, not ${budget}`);
  }
  const period = budgetPeriods.find((name) => name === wanted);
  if (period !== undefined) return { limit_nano: String(limitNanoUsd), period };
  throw usageProblem(`--period: one of ${budgetPeriods.join(', ')} is wanted, not ${wanted}`);
}

/** Whoever sits at the machine may give out everything. */
function ofOperator(context: OrderContext): KeyContext {
  return { ...context, maker: 'operator' };
}

const listTitles = ['id', 'kind', 'status', 'created at', 'account', 'name'];

function cellsOf({ id, kind, status, created_at: created, account, name }: KeyAnswer): string[] {
  return [id, kind, status, created, account === id ? '-' : account, name];
}

async function showOnce(
  flags: OrderFlags,
  context: OrderContext,
  outcome: Done<KeySecretAnswer> | Refusal,
): Promise<void> {
  if (isRefusal(outcome)) {
    complainOfRefusal(outcome);
    return;
  }
  await recordNote(context, outcome);
  const { id, key } = outcome.answer;
  if (flags.json === true) say(JSON.stringify(outcome.answer));
  else say(`${key}\n\nThis is shown once. Its id is ${id}.`);
}

function unknownKey(id: string): void {
  complain(`no active key has the id ${id}; "quatrain keys list" shows them`, 'not_found_error');
}

async function withKey(
  id: string,
  flags: OrderFlags,
  work: (context: OrderContext, record: KeyRecord) => Promise<void>,
): Promise<void> {
  await withOrders(flags, async (context) => {
    const record = findKey(context.parts, id);
    if (isRefusal(record)) unknownKey(id);
    else await work(context, record);
  });
}
