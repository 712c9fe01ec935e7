import type { Principal } from '../access/authenticate.ts';
import { createKey } from '../access/create-key.ts';
import type { RightsOfKey } from '../access/key-rights.ts';
import { rightsBeyond } from '../access/key-rights.ts';
import type { KeyKind, KeyRate, KeyRecord, KeyRights } from '../access/key-store.ts';
import { normalizeRights } from '../access/normalize-rights.ts';
import { rotateKey } from '../access/rotate-key.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { findAccount, noAccount } from './account-orders.ts';
import type { OrderParts } from './admin-parts.ts';
import type { Done, OrderContext } from './audit-note.ts';
import { changesOf } from './audit-note.ts';
import type { BudgetAnswer, KeyAnswer, KeySecretAnswer, RateAnswer } from './contract.ts';
import { maybeTimeText, timeText } from './field-schemas.ts';
import { refuseTooManyKeys } from './refuse-too-many-keys.ts';
import { shownStatus } from './shown-status.ts';

/** Rights as the API and the command line write them. */
export interface WrittenRights {
  readonly scopes?: readonly string[] | undefined;
  readonly models?: readonly string[] | null | undefined;
  readonly allowed_cidrs?: readonly string[] | null | undefined;
  readonly budget?: BudgetAnswer | null | undefined;
  readonly rate?: RateAnswer | null | undefined;
}

export interface WantedKey extends WrittenRights {
  readonly name: string;
  readonly kind: KeyKind;
  /** An account of its own where absent. */
  readonly account?: string | undefined;
  readonly expires_at?: string | undefined;
}

export interface KeyPatch extends WrittenRights {
  readonly name?: string | undefined;
  /** Null: never. */
  readonly expires_at?: string | null | undefined;
}

/** Who makes or changes a key: what they give out is at most what they have. */
export type KeyMaker = Principal | 'operator';

/** An order about keys, and for whom. */
export interface KeyContext extends OrderContext {
  readonly maker: KeyMaker;
}

export function encodeKey(record: KeyRecord, atMs: number): KeyAnswer {
  const { publicId, environment, budget, rate } = record;
  return {
    id: publicId,
    account: record.accountId,
    name: record.name,
    kind: record.kind,
    status: shownStatus(record, atMs),
    prefix: `qtn_${environment}_${publicId}`,
    last4: record.lastLetters.slice(-4),
    scopes: record.scopes,
    models: record.modelIds,
    allowed_cidrs: record.allowedCidrs,
    budget:
      budget === null ? null : { limit_nano: String(budget.limitNanoUsd), period: budget.period },
    rate: rate === null ? null : encodeRate(rate),
    created_at: timeText(record.createdAtMs),
    created_by: record.createdBy ?? null,
    expires_at: maybeTimeText(record.expiresAtMs),
    revoked_at: maybeTimeText(record.revokedAtMs),
    last_used_at: maybeTimeText(record.lastUsedAtMs),
    grace_until: maybeTimeText(record.rotated?.graceUntilMs),
  };
}

function encodeRate(rate: KeyRate): RateAnswer {
  return {
    ...(rate.requestsPerMinute === undefined
      ? {}
      : { requests_per_minute: rate.requestsPerMinute }),
    ...(rate.inputTokensPerMinute === undefined
      ? {}
      : { input_tokens_per_minute: rate.inputTokensPerMinute }),
    ...(rate.outputTokensPerMinute === undefined
      ? {}
      : { output_tokens_per_minute: rate.outputTokensPerMinute }),
    ...(rate.concurrency === undefined ? {} : { concurrency: rate.concurrency }),
  };
}

/** Makes a key; its answer is the only one that ever has it. */
export async function orderKey(
  context: KeyContext,
  wanted: WantedKey,
): Promise<Done<KeySecretAnswer> | Refusal> {
  const { parts, actor, atMs, maker } = context;
  const { kind, name, account } = wanted;
  if (account !== undefined && findAccount(parts, account, atMs) === undefined) {
    return { ...noAccount(account), code: 'invalid_request', param: 'account' };
  }
  const tooMany = maker === 'operator' ? undefined : refuseTooManyKeys(parts, account);
  if (tooMany !== undefined) return tooMany;
  const rights = readRights(parts, kind, wanted);
  if (isRefusal(rights)) return rights;
  const ends = readEnd(wanted.expires_at, atMs);
  if (isRefusal(ends)) return ends;
  const beyond = refuseBeyond({ ...rights, kind, ...ends.end }, context);
  if (beyond !== undefined) return beyond;
  const { publicId, key } = await createKey(
    {
      kind,
      name,
      environment: 'live',
      rights,
      ...ends.end,
      ...(account === undefined ? {} : { accountId: account }),
      ...(actor.keyId === undefined ? {} : { createdBy: actor.keyId }),
    },
    making(parts),
  );
  const shown = showKey(parts, publicId, atMs);
  if (isRefusal(shown)) return shown;
  const note = { action: 'key.create', subject: publicId, account: shown.account, after: shown };
  return { kind: 'done', answer: { ...shown, key: key.reveal() }, note };
}

/** Changes what a key may do. */
export async function changeKey(
  context: KeyContext,
  record: KeyRecord,
  patch: KeyPatch,
): Promise<Done<KeyAnswer> | Refusal> {
  const { parts, atMs } = context;
  const hands = refuseBeyond(record, context);
  if (hands !== undefined) return hands;
  const before = encodeKey(record, atMs);
  const merged = { ...before, ...withoutAbsent(patch) };
  const rights = readRights(parts, record.kind, merged);
  if (isRefusal(rights)) return rights;
  const ends =
    patch.expires_at === undefined
      ? { kind: 'end' as const, end: endOf(record.expiresAtMs) }
      : readEnd(patch.expires_at ?? undefined, atMs);
  if (isRefusal(ends)) return ends;
  const beyond = refuseBeyond({ ...rights, kind: record.kind, ...ends.end }, context);
  if (beyond !== undefined) return beyond;
  const change = { ...rights, name: patch.name ?? record.name, ...ends.end };
  if (!(await parts.keys.update(record.publicId, change))) return revokedKey();
  return changed(context, record, 'key.change');
}

/** Gives a key another secret; the one before works until its grace is over. */
export async function rotateKeyOrder(
  context: KeyContext,
  record: KeyRecord,
  graceMs: number,
): Promise<Done<KeySecretAnswer> | Refusal> {
  const { parts } = context;
  const hands = refuseBeyond(record, context);
  if (hands !== undefined) return hands;
  const minted = await rotateKey(record.publicId, graceMs, making(parts));
  if (minted === undefined) return revokedKey();
  const done = changed(context, record, 'key.rotate');
  if (isRefusal(done)) return done;
  return { ...done, answer: { ...done.answer, key: minted.key.reveal() } };
}

export type KeyTurn = 'disable' | 'enable' | 'revoke';

/** Stops a key for a while, lets it work again, or ends it for ever. Again is no change. */
export async function turnKey(
  context: KeyContext,
  record: KeyRecord,
  turn: KeyTurn,
): Promise<Done<KeyAnswer> | Refusal> {
  const { parts, atMs } = context;
  const hands = refuseBeyond(record, context);
  if (hands !== undefined) return hands;
  const { publicId } = record;
  if (turn === 'revoke') await parts.keys.revoke(publicId, atMs);
  else if (record.status === 'revoked') return revokedKey();
  else await parts.keys.setStatus(publicId, turn === 'disable' ? 'disabled' : 'active');
  return changed(context, record, `key.${turn}`);
}

function changed(
  { parts, atMs }: OrderContext,
  record: KeyRecord,
  action: string,
): Done<KeyAnswer> | Refusal {
  const answer = showKey(parts, record.publicId, atMs);
  if (isRefusal(answer)) return answer;
  const note = { action, subject: record.publicId, account: record.accountId };
  return {
    kind: 'done',
    answer,
    note: { ...note, ...changesOf(encodeKey(record, atMs), answer) },
  };
}

/** A key by its id, of one account where that is given: another's is not there. */
export function findKey(
  { keys }: Pick<OrderParts, 'keys'>,
  id: string,
  account?: string,
): KeyRecord | Refusal {
  const record = keys.find(id);
  const isHere = record !== undefined && (account === undefined || record.accountId === account);
  return isHere
    ? record
    : refusal('not_found', `There is no key "${id}".`, { reason: 'key_not_found' });
}

function showKey(parts: OrderParts, id: string, atMs: number): KeyAnswer | Refusal {
  const record = findKey(parts, id);
  return isRefusal(record) ? record : encodeKey(record, atMs);
}

function readRights(
  { settings }: OrderParts,
  kind: KeyKind,
  written: WrittenRights,
): KeyRights | Refusal {
  const { scopes, models, allowed_cidrs: allowedCidrs, budget, rate } = written;
  const wanted = {
    scopes,
    modelIds: models,
    allowedCidrs,
    budget:
      budget === null || budget === undefined
        ? budget
        : { limitNanoUsd: BigInt(budget.limit_nano), period: budget.period },
    rate: rate === null || rate === undefined ? rate : decodeRate(rate),
  };
  return normalizeRights(kind, wanted, (name) => resolveAnyName(name, settings().profile)?.id);
}

function decodeRate(rate: RateAnswer): KeyRate {
  const { requests_per_minute: requests, concurrency } = rate;
  const { input_tokens_per_minute: input, output_tokens_per_minute: output } = rate;
  return {
    ...(requests === undefined ? {} : { requestsPerMinute: requests }),
    ...(input === undefined ? {} : { inputTokensPerMinute: input }),
    ...(output === undefined ? {} : { outputTokensPerMinute: output }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

type End = { readonly expiresAtMs?: number };

function endOf(expiresAtMs: number | undefined): End {
  return expiresAtMs === undefined ? {} : { expiresAtMs };
}

function readEnd(
  text: string | undefined,
  atMs: number,
): { readonly kind: 'end'; readonly end: End } | Refusal {
  if (text === undefined) return { kind: 'end', end: {} };
  const expiresAtMs = Date.parse(text);
  if (expiresAtMs > atMs) return { kind: 'end', end: { expiresAtMs } };
  return refusal('invalid_request', 'expires_at: a moment to come is wanted', {
    param: 'expires_at',
  });
}

/**
 * Reliability §3.3: nobody gives out what they do not have, nor takes a key in hand that has more: its
 * new secret would be theirs. A maker that nobody knows has nothing.
 */
function refuseBeyond(child: RightsOfKey, { maker, parts }: KeyContext): Refusal | undefined {
  if (maker === 'operator') return undefined;
  const record = parts.keys.find(maker.keyId);
  if (record === undefined) return refusal('permission_denied');
  const beyond = rightsBeyond(child, record);
  if (beyond.length === 0) return undefined;
  const text = `The key goes beyond the one that you use, in: ${beyond.join(', ')}.`;
  return refusal('permission_denied', text, { reason: 'rights_exceeded' });
}

function revokedKey(): Refusal {
  return refusal('conflict', 'The key is revoked, and stays so.', { reason: 'key_revoked' });
}

function making(parts: OrderParts): Parameters<typeof createKey>[1] {
  const { keys: store, pepper, clock, random } = parts;
  return { store, pepper, clock, random };
}

function withoutAbsent<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Partial<Value>;
}
