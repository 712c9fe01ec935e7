import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Clock } from '../std/clock.ts';
import type { Secret } from '../std/secret.ts';

/** Where the token of a host comes from that is good for a while only. */
export interface BearerSource {
  /** A token to send now. Never rejects. */
  token(): Promise<Secret | Refusal>;
  /** The host did not take this one. Whether asking for another is worth a try. */
  throwAway(token: Secret): boolean;
  /** Frees what it asks with. */
  close(): Promise<void>;
}

export interface RereadBearerOptions {
  /** What stands behind the reference now; undefined where nothing does. */
  readonly read: () => Secret | undefined;
  readonly clock: Clock;
}

/** Whoever keeps the file fresh writes it some minutes before the old token ends. */
const READ_MS = 60_000;
/** A host that refuses every token must not make us read for every request. */
const REFUSED_READ_MS = 1000;

/** A token by reference. What keeps it fresh is outside: the reference is read anew every minute. */
export class RereadBearer implements BearerSource {
  readonly #options: RereadBearerOptions;
  #token: Secret | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: RereadBearerOptions) {
    this.#options = options;
  }

  async token(): Promise<Secret | Refusal> {
    this.#readAfter(READ_MS);
    return this.#token ?? refusal('upstream_failed', 'The gateway has no credential for this.');
  }

  throwAway(token: Secret): boolean {
    this.#readAfter(REFUSED_READ_MS);
    return this.#token !== undefined && this.#token.reveal() !== token.reveal();
  }

  async close(): Promise<void> {}

  #readAfter(ageMs: number): void {
    const { clock, read } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#readAtMs < ageMs) return;
    this.#readAtMs = nowMs;
    // A file that is just being written is empty for a moment: the old token is still good then.
    this.#token = read() ?? this.#token;
  }
}
