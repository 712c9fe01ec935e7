import type { Clock } from '../std/clock.ts';
import type { Admission, RequestWindow, WindowRule } from './window-rule.ts';
import { permit } from './window-rule.ts';

/**
 * One window after the other, each as long as the interval and aligned to the wall clock: what was
 * counted is forgotten all at once where a window begins. Workers reference §3.6.
 */
export class FixedWindow implements RequestWindow {
  readonly #rule: WindowRule;
  readonly #clock: Pick<Clock, 'wallMs'>;
  #number = Number.NaN;
  #count = 0;

  constructor(rule: WindowRule, clock: Pick<Clock, 'wallMs'>) {
    this.#rule = rule;
    this.#clock = clock;
  }

  admit(): Admission {
    const admission = this.look();
    if (admission.kind === 'permit') this.#count += 1;
    return admission;
  }

  look(): Admission {
    const { limit, intervalMs } = this.#rule;
    const nowMs = this.#clock.wallMs();
    const number = Math.floor(nowMs / intervalMs);
    // A wall clock that was put back is in another window too: nobody waits for it to catch up.
    if (number !== this.#number) {
      this.#number = number;
      this.#count = 0;
    }
    if (this.#count >= limit) {
      return { kind: 'excess', retryAfterMs: (number + 1) * intervalMs - nowMs };
    }
    return permit;
  }
}
