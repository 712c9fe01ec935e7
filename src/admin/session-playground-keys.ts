import { createKey } from '../access/create-key.ts';
import type { OperatorSession, SessionBook } from '../access/session-book.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Secret } from '../std/secret.ts';
import { findAccount, noAccount } from './account-orders.ts';
import type { OrderParts } from './admin-parts.ts';
import type { Actor } from './audit-note.ts';
import { auditEntry } from './audit-note.ts';

/** Each is a key of its own: more than an operator looks at in a day. */
const ACCOUNTS_OF_SESSION_MAX = 32;
/** Whose requests they are where nobody says: the account of the development key. */
const USUAL_ACCOUNT = 'development';

interface PlaygroundKey {
  readonly publicId: string;
  readonly key: Secret;
}

interface KeysOfSession {
  readonly endsAtMs: number;
  readonly byAccount: Map<string, Promise<PlaygroundKey>>;
}

type KeyParts = Pick<OrderParts, 'accounts' | 'keys' | 'audit' | 'pepper' | 'clock' | 'random'>;

/**
 * Keys for the console's playground: real ones, so that what is tried goes the way of every request.
 * One for each session and account, made when it is wanted first. This process alone has the secret;
 * the key ends with its session.
 */
export class PlaygroundKeys {
  readonly #parts: KeyParts;
  readonly #bySession = new Map<string, KeysOfSession>();

  constructor(parts: KeyParts, book: Pick<SessionBook, 'onEnd'>) {
    this.#parts = parts;
    book.onEnd((digest) => this.#revoke(digest));
  }

  /** The key of a session for an account; the usual one where none is named. */
  async keyFor(
    session: OperatorSession,
    account: string | undefined,
    address: string | undefined,
  ): Promise<Secret | Refusal> {
    const { clock } = this.#parts;
    const wanted = account ?? USUAL_ACCOUNT;
    if (findAccount(this.#parts, wanted, clock.wallMs()) === undefined) {
      return { ...noAccount(wanted), param: 'x-quatrain-account' };
    }
    this.#forgetEnded(clock.wallMs());
    const { byAccount } = this.#keysOf(session);
    const known = byAccount.get(wanted);
    if (known !== undefined) return (await known).key;
    if (byAccount.size >= ACCOUNTS_OF_SESSION_MAX) {
      return refusal(
        'conflict',
        'This session has tried as many accounts as it may: sign in anew.',
      );
    }
    const actor = {
      kind: 'operator',
      keyId: undefined,
      operator: session.operator,
      address,
      requestId: undefined,
    } as const;
    const making = this.#make(session, wanted, actor);
    byAccount.set(wanted, making);
    try {
      return (await making).key;
    } catch (error) {
      byAccount.delete(wanted);
      throw error;
    }
  }

  #keysOf({ digest, endsAtMs }: OperatorSession): KeysOfSession {
    const known = this.#bySession.get(digest);
    if (known !== undefined) return known;
    const made: KeysOfSession = { endsAtMs, byAccount: new Map() };
    this.#bySession.set(digest, made);
    return made;
  }

  async #make(session: OperatorSession, account: string, actor: Actor): Promise<PlaygroundKey> {
    const { keys: store, pepper, clock, random, audit } = this.#parts;
    const wanted = {
      kind: 'inference',
      environment: 'live',
      name: `playground of ${session.operator}`,
      accountId: account,
      expiresAtMs: session.endsAtMs,
    } as const;
    const made = await createKey(wanted, { store, pepper, clock, random });
    const note = { action: 'key.create', subject: made.publicId, account };
    const after = { name: wanted.name, kind: wanted.kind, session: 'playground' };
    await audit.append(auditEntry({ actor, atMs: clock.wallMs() }, { ...note, after }));
    return made;
  }

  /** One that is being made is waited for: it must not outlive its session. */
  async #revoke(digest: string): Promise<void> {
    const of = this.#bySession.get(digest);
    if (of === undefined) return;
    this.#bySession.delete(digest);
    const { keys, clock } = this.#parts;
    const made = await Promise.allSettled(of.byAccount.values());
    for (const outcome of made) {
      if (outcome.status === 'fulfilled') await keys.revoke(outcome.value.publicId, clock.wallMs());
    }
  }

  /** Their keys are over by themselves. */
  #forgetEnded(nowMs: number): void {
    for (const [digest, { endsAtMs }] of this.#bySession) {
      if (endsAtMs <= nowMs) this.#bySession.delete(digest);
    }
  }
}
