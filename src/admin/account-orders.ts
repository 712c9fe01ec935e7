import type { AccountRecord } from '../access/account-store.ts';
import { isPlanName } from '../catalog/plan-directory.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { base62 } from '../std/base62.ts';
import type { OrderParts } from './admin-parts.ts';
import type { Done, OrderContext } from './audit-note.ts';
import { changesOf } from './audit-note.ts';
import type { AccountAnswer } from './contract.ts';
import { timeText } from './field-schemas.ts';

/** What is said of an account when it is made; what is absent it gets by itself. */
export interface WantedAccount {
  readonly id?: string | undefined;
  readonly name: string;
  /** Null or absent: the configured plan. */
  readonly plan?: string | null | undefined;
}

/** What of an account is to change; what is absent stays. */
export interface AccountPatch {
  readonly name?: string | undefined;
  readonly plan?: string | null | undefined;
  readonly status?: AccountRecord['status'] | undefined;
}

const ID_LETTERS = 16;
/** The account of the development key: it has no record of its own. */
const DEVELOPMENT = 'development';

export function encodeAccount(record: AccountRecord): AccountAnswer {
  const { id, name, planName, status, createdAtMs } = record;
  return { id, name, plan: planName ?? null, status, created_at: timeText(createdAtMs) };
}

/** Makes an account. */
export async function createAccount(
  { parts, atMs }: OrderContext,
  wanted: WantedAccount,
): Promise<Done<AccountAnswer> | Refusal> {
  const no = refusePlan(parts, wanted.plan);
  if (no !== undefined) return no;
  const id = wanted.id ?? `acct_${base62(ID_LETTERS, (count) => parts.random.bytes(count))}`;
  const record: AccountRecord = {
    id,
    name: wanted.name,
    status: 'open',
    createdAtMs: atMs,
    ...(typeof wanted.plan === 'string' ? { planName: wanted.plan } : {}),
  };
  if (!(await parts.accounts.insert(record))) {
    return refusal('conflict', `There is an account "${id}" already.`, {
      reason: 'exists',
      param: 'id',
    });
  }
  const answer = encodeAccount(record);
  const note = { action: 'account.create', subject: id, account: id, after: answer };
  return { kind: 'done', answer, note };
}

/** Changes an account. One without a record, which a key of its own has, gets one by it. */
export async function changeAccount(
  { parts, atMs }: OrderContext,
  id: string,
  patch: AccountPatch,
): Promise<Done<AccountAnswer> | Refusal> {
  const no = refusePlan(parts, patch.plan);
  if (no !== undefined) return no;
  const known = findAccount(parts, id, atMs);
  if (known === undefined) return noAccount(id);
  const { planName } = known;
  const plan = patch.plan === undefined ? (planName ?? null) : patch.plan;
  const changed: AccountRecord = {
    id,
    createdAtMs: known.createdAtMs,
    name: patch.name ?? known.name,
    status: patch.status ?? known.status,
    ...(plan === null ? {} : { planName: plan }),
  };
  // Two at once that find no record: the second finds that of the first.
  const isMade = parts.accounts.find(id) === undefined && (await parts.accounts.insert(changed));
  if (!isMade) await parts.accounts.update(id, changed);
  const answer = encodeAccount(changed);
  const note = { action: 'account.change', subject: id, account: id };
  return { kind: 'done', answer, note: { ...note, ...changesOf(encodeAccount(known), answer) } };
}

/** An account by its record, or as one that a key is by itself; undefined where there is none. */
export function findAccount(
  { accounts, keys }: Pick<OrderParts, 'accounts' | 'keys'>,
  id: string,
  atMs: number,
): AccountRecord | undefined {
  const record = accounts.find(id);
  if (record !== undefined) return record;
  const first = keys.list({ accountId: id }).at(-1);
  if (first === undefined && id !== DEVELOPMENT) return undefined;
  return { id, name: first?.name ?? id, status: 'open', createdAtMs: first?.createdAtMs ?? atMs };
}

/** That there is no such account. */
export function noAccount(id: string): Refusal {
  return refusal('not_found', `There is no account "${id}".`, { reason: 'account_not_found' });
}

function refusePlan({ plans }: OrderParts, name: string | null | undefined): Refusal | undefined {
  if (typeof name !== 'string' || isPlanName(name) || plans.find(name) !== undefined) {
    return undefined;
  }
  return refusal('invalid_request', `plan: there is no plan "${name}"`, { param: 'plan' });
}
