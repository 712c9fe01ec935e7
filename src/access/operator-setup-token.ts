import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import { Secret } from '../std/secret.ts';

const TOKEN_BYTES = 32;
const VALID_MS = 15 * 60_000;

/**
 * The token by which whoever started the gateway makes the first operator. It lives as long as the
 * process at most: 15 minutes of uptime, one use; the next start makes another.
 */
export class OperatorSetupToken {
  readonly #clock: Clock;
  readonly #untilMs: number;
  #token: Secret | undefined;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#untilMs = clock.monotonicMs() + VALID_MS;
    const bytes = Buffer.from(random.bytes(TOKEN_BYTES));
    this.#token = new Secret(`qtn_setup_${bytes.toString('base64url')}`);
  }

  /** For its owner to see; undefined once it is used or its time is over. */
  get token(): Secret | undefined {
    return this.#clock.monotonicMs() < this.#untilMs ? this.#token : undefined;
  }

  /** Whether this is the token. */
  isIt(offered: Secret): boolean {
    const { token } = this;
    const isSame = timingSafeEqual(digest(offered), digest(token ?? new Secret('')));
    return token !== undefined && isSame;
  }

  /** It works no more. */
  use(): void {
    this.#token = undefined;
  }
}

/** Of equal length whatever is offered. */
function digest(text: Secret): Uint8Array {
  return hash('sha256', text.reveal(), 'buffer');
}
