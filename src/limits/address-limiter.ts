import type { Clock } from '../std/clock.ts';
import { networkOfAddress } from '../std/network-of-address.ts';
import { NEVER_USED_US, askGcra } from './gcra.ts';
import type { Admission } from './window-rule.ts';
import { permit } from './window-rule.ts';

/** Of more networks the one that asked longest ago is forgotten. */
const NETWORKS_MAX = 10_000;
const US_PER_MS = 1000;

export interface AddressLimiterOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** So much drains in a minute for each network, and as much may be used at once. */
  readonly perMinute: number;
  readonly networksMax?: number;
}

/** Limits what anybody may ask without a key, by where they are; in this process's memory. */
export class AddressLimiter {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #perMinute: number;
  readonly #networksMax: number;
  /** When what each has used will have drained; in order of use. */
  readonly #drainedAtUs = new Map<string, number>();

  constructor({ clock, perMinute, networksMax = NETWORKS_MAX }: AddressLimiterOptions) {
    this.#clock = clock;
    this.#perMinute = perMinute;
    this.#networksMax = networksMax;
  }

  /** How many networks are remembered. */
  get size(): number {
    return this.#drainedAtUs.size;
  }

  /** Counts a request by what it costs, if that fits; what does not fit is not counted. */
  admit(address: string | undefined, cost: number): Admission {
    const network = networkOfAddress(address);
    const nowUs = Math.floor(this.#clock.monotonicMs() * US_PER_MS);
    const limit = { perMinute: this.#perMinute };
    const before = this.#drainedAtUs.get(network) ?? NEVER_USED_US;
    const answer = askGcra(before, cost, { limit, nowUs });
    if (answer.kind === 'excess') {
      return { kind: 'excess', retryAfterMs: Math.ceil(answer.retryAfterUs / US_PER_MS) };
    }
    this.#drainedAtUs.delete(network);
    this.#drainedAtUs.set(network, answer.drainedAtUs);
    if (this.#drainedAtUs.size > this.#networksMax) this.#forgetOldest();
    return permit;
  }

  #forgetOldest(): void {
    const oldest = this.#drainedAtUs.keys().next();
    if (oldest.done !== true) this.#drainedAtUs.delete(oldest.value);
  }
}
