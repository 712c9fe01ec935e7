import type { AuditEntry } from '../ledger/audit-trail.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { JsonObject } from '../std/json.ts';
import type { OrderParts } from './admin-parts.ts';

/** Who does something to accounts, keys, money or prices: for the audit log. */
export interface Actor {
  /**
   * By a key over HTTP, signed in at the console or about to, at the command line, or as a payment
   * processor that signed what it said.
   */
  readonly kind: 'admin' | 'operator' | 'visitor' | 'account' | 'command' | 'processor';
  /** The key that was shown; undefined where none was. */
  readonly keyId: string | undefined;
  /** Who is signed in at the console, where that is how they ask. */
  readonly operator?: string | undefined;
  /** Where the request came from; undefined where that is not known. */
  readonly address: string | undefined;
  readonly requestId: string | undefined;
}

/** What an order needs to be carried out and told of. */
export interface OrderContext {
  readonly parts: OrderParts;
  readonly actor: Actor;
  readonly atMs: number;
}

/** What was done, before and after, without secrets. */
export interface AuditNote {
  /** Thing and verb, as in `key.revoke`. */
  readonly action: string;
  /** What it was done to, by its id. */
  readonly subject: string;
  /** Whose it is; absent for what belongs to no account, as a price. */
  readonly account?: string | undefined;
  /** In the words of whoever ordered it. */
  readonly reason?: string | undefined;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
}

/** What an order did: what is told of it, and what the audit log keeps. */
export interface Done<Answer> {
  readonly kind: 'done';
  readonly answer: Answer;
  /**
   * `landed`: it went into the audit log with the order itself, in one transaction; `nothing_new`:
   * the same order was carried out before, and this is its answer.
   */
  readonly note: AuditNote | 'landed' | 'nothing_new';
  /** What the answer says in its head besides. */
  readonly headers?: HeaderList;
}

/** The name by which the books and the audit log know who did it. */
export function actorName({ kind, keyId, operator }: Actor): string {
  const name = keyId ?? operator;
  return name === undefined ? kind : `${kind}:${name}`;
}

/** A note as the audit log takes it. */
export function auditEntry(
  { actor, atMs }: Omit<OrderContext, 'parts'>,
  note: AuditNote,
): AuditEntry {
  const { keyId, address, requestId } = actor;
  const { action, subject, account, reason, before, after } = note;
  return {
    atMs,
    actor: actorName(actor),
    action,
    subject,
    ...(keyId === undefined ? {} : { keyId }),
    ...(address === undefined ? {} : { address }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(account === undefined ? {} : { account }),
    ...(reason === undefined ? {} : { reason }),
    ...(before === undefined ? {} : { before: JSON.stringify(before) }),
    ...(after === undefined ? {} : { after: JSON.stringify(after) }),
  };
}

/** Writes down what an order did, before anybody hears that it was done. */
export async function recordNote(context: OrderContext, done: Done<unknown>): Promise<void> {
  if (typeof done.note === 'string') return;
  await context.parts.audit.append(auditEntry(context, done.note));
}

/** What differs between two states of a thing, for a note: its members before and after. */
export function changesOf<Value extends object>(
  before: Value,
  after: Value,
): { readonly before: JsonObject; readonly after: JsonObject } {
  const was = asJson(before);
  const is = asJson(after);
  const names = Object.keys({ ...was, ...is }).filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  const pick = (from: JsonObject): JsonObject =>
    Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name] ?? null]] : [])));
  return { before: pick(was), after: pick(is) };
}

function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
