import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import type { Secret } from '../std/secret.ts';
import { csrfTokenOf, newSessionId, sessionDigest } from './session-cookie.ts';
import type { SessionRecord, SessionStore } from './session-store.ts';

/** An operator's session as a request shows it. */
export interface OperatorSession {
  readonly kind: 'session';
  readonly operator: string;
  /** By which it is known here; the id is the browser's alone. */
  readonly digest: string;
  readonly csrfToken: string;
  /** When the password was said last. */
  readonly confirmedAtMs: number;
  /** When it ends if nothing is asked before. */
  readonly idleEndsAtMs: number;
  /** When it ends whatever happens. */
  readonly endsAtMs: number;
}

/** How long sessions last. */
export interface SessionTimes {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

export interface SessionBookOptions {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly times: SessionTimes;
  /** Hears that a note could not be written, for which no request waits. */
  readonly onFault: (fault: unknown) => void;
}

/** How old the note of a session's last use may be; by so much it may end early. */
const SEEN_NOTED_EVERY_MS = 60_000;
/** How long an answer to a password stands for what needs a fresh one. */
const FRESH_MS = 10 * 60_000;
/** How far back a clock may be set without a word: one that was set back more ends what it dated. */
const CLOCK_SETBACK_MS = 60_000;

/** Sessions of operators: opened by a sign-in, ended by a sign-out, by time or by whoever may. */
export class SessionBook {
  readonly #options: SessionBookOptions;
  readonly #onEnd: ((digest: string) => Promise<void>)[] = [];

  constructor(options: SessionBookOptions) {
    this.#options = options;
  }

  /** Has somebody hear of every session that ended; whoever ends one waits for what they do. */
  onEnd(hear: (digest: string) => Promise<void>): void {
    this.#onEnd.push(hear);
  }

  /** Opens one, with the only copy of its id. */
  async open(
    operator: string,
  ): Promise<{ readonly id: Secret; readonly session: OperatorSession }> {
    const { store, clock, random, times } = this.#options;
    const id = newSessionId(random);
    const atMs = clock.wallMs();
    const record: SessionRecord = {
      digest: sessionDigest(id),
      operator,
      createdAtMs: atMs,
      seenAtMs: atMs,
      confirmedAtMs: atMs,
      endsAtMs: atMs + times.absoluteMs,
    };
    await store.insert(record, { atMs, unseenSinceMs: atMs - times.idleMs });
    return { id, session: this.#sessionOf(record, id) };
  }

  /** The session of an id, while it lasts. A read that nobody ordered keeps none alive. */
  find(id: Secret, { isPoll }: { readonly isPoll: boolean }): OperatorSession | undefined {
    const { store, clock, times, onFault } = this.#options;
    const digest = sessionDigest(id);
    const record = store.find(digest);
    if (record === undefined) {
      // The command line may have ended it, and told nobody here.
      this.#ended(digest).catch(onFault);
      return undefined;
    }
    const nowMs = clock.wallMs();
    const isOfFuture = nowMs < record.seenAtMs - CLOCK_SETBACK_MS;
    if (isOfFuture || nowMs >= record.endsAtMs || nowMs >= record.seenAtMs + times.idleMs) {
      this.end(record.digest).catch(onFault);
      return undefined;
    }
    if (!isPoll && nowMs - record.seenAtMs >= SEEN_NOTED_EVERY_MS) {
      store.touch(record.digest, nowMs).catch(onFault);
    }
    return this.#sessionOf(isPoll ? record : { ...record, seenAtMs: nowMs }, id);
  }

  /** Notes that the password was said again. */
  confirm({ digest }: Pick<OperatorSession, 'digest'>): Promise<boolean> {
    const { store, clock } = this.#options;
    return store.confirm(digest, clock.wallMs());
  }

  /** Whether the password was said a moment ago. */
  isFresh({ confirmedAtMs }: Pick<OperatorSession, 'confirmedAtMs'>): boolean {
    const ageMs = this.#options.clock.wallMs() - confirmedAtMs;
    return ageMs > -CLOCK_SETBACK_MS && ageMs < FRESH_MS;
  }

  /** Whether it has not been ended, by whoever may, since it was found. */
  isOpen({ digest }: Pick<OperatorSession, 'digest'>): boolean {
    return this.#options.store.find(digest) !== undefined;
  }

  async end(digest: string): Promise<boolean> {
    const isEnded = await this.#options.store.remove(digest);
    await this.#ended(digest);
    return isEnded;
  }

  /** Ends an operator's sessions by something that ends them itself: their record goes, or their password. */
  async endedBy(operator: string, work: () => Promise<boolean>, kept?: string): Promise<boolean> {
    const before = this.#options.store.ofOperator(operator);
    const isDone = await work();
    if (!isDone) return false;
    for (const { digest } of before) if (digest !== kept) await this.#ended(digest);
    return true;
  }

  async #ended(digest: string): Promise<void> {
    await Promise.all(this.#onEnd.map((hear) => hear(digest)));
  }

  #sessionOf(record: SessionRecord, id: Secret): OperatorSession {
    const { operator, digest, confirmedAtMs, seenAtMs, endsAtMs } = record;
    const idleEndsAtMs = Math.min(seenAtMs + this.#options.times.idleMs, endsAtMs);
    const csrfToken = csrfTokenOf(id);
    return { kind: 'session', operator, digest, csrfToken, confirmedAtMs, idleEndsAtMs, endsAtMs };
  }
}
