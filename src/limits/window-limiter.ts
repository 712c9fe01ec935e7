import { assert } from '../std/assert.ts';
import type { Clock } from '../std/clock.ts';
import { FixedWindow } from './fixed-window.ts';
import { SlidingWindow } from './sliding-window.ts';
import type { Admission, RequestWindow, WindowRule, WindowTechnique } from './window-rule.ts';

/** Whose requests are counted together: no name of one account is that of another. */
export interface LimitedName {
  readonly account: string;
  readonly name: string;
}

/** Most windows at once, each of some 16 kB at most. */
const WINDOWS_MAX = 10_000;
/** The share of them that one account may have: its callers choose names, others' limits have to hold. */
const ACCOUNT_SHARE = 10;

interface NamedWindow {
  readonly rule: WindowRule;
  readonly window: RequestWindow;
}

const windows: Readonly<
  Record<WindowTechnique, (rule: WindowRule, clock: WindowClock) => RequestWindow>
> = {
  fixed: (rule, clock) => new FixedWindow(rule, clock),
  sliding: (rule, clock) => new SlidingWindow(rule, clock),
};

type WindowClock = Pick<Clock, 'wallMs' | 'monotonicMs'>;

/**
 * Counts requests by name, each name by the rule it has at the moment, in this process's memory. A
 * rule that is changed counts anew. Of too many names of one account its own that was left alone for
 * longest is forgotten, and of too many in all those of the account that was.
 */
export class WindowLimiter {
  readonly #clock: WindowClock;
  readonly #windowsMax: number;
  readonly #ofAccountMax: number;
  /** By account, then by name, both in order of use. */
  readonly #byAccount = new Map<string, Map<string, NamedWindow>>();
  #size = 0;

  constructor(clock: WindowClock, windowsMax: number = WINDOWS_MAX) {
    this.#clock = clock;
    this.#windowsMax = windowsMax;
    this.#ofAccountMax = Math.max(1, Math.floor(windowsMax / ACCOUNT_SHARE));
  }

  /** How many names are remembered. */
  get size(): number {
    return this.#size;
  }

  admit({ account, name }: LimitedName, rule: WindowRule): Admission {
    assert(rule.intervalMs > 0, 'a window has a length');
    const own = this.#byAccount.get(account) ?? new Map<string, NamedWindow>();
    const known = own.get(name);
    const named =
      known !== undefined && isSameRule(known.rule, rule)
        ? known
        : { rule, window: windows[rule.technique](rule, this.#clock) };
    if (own.delete(name)) this.#size -= 1;
    own.set(name, named);
    this.#size += 1;
    this.#byAccount.delete(account);
    this.#byAccount.set(account, own);
    if (own.size > this.#ofAccountMax) this.#forgetOldestOf(account, own);
    if (this.#size > this.#windowsMax) this.#forgetOldest();
    return named.window.admit();
  }

  /** What `admit` would say, and nothing is counted. */
  look({ account, name }: LimitedName, rule: WindowRule): Admission {
    const known = this.#byAccount.get(account)?.get(name);
    const isKnown = known !== undefined && isSameRule(known.rule, rule);
    return (isKnown ? known.window : windows[rule.technique](rule, this.#clock)).look();
  }

  #forgetOldest(): void {
    const oldest = this.#byAccount.entries().next();
    if (oldest.done !== true) this.#forgetOldestOf(...oldest.value);
  }

  #forgetOldestOf(account: string, own: Map<string, NamedWindow>): void {
    const oldest = own.keys().next();
    if (oldest.done !== true && own.delete(oldest.value)) this.#size -= 1;
    if (own.size === 0) this.#byAccount.delete(account);
  }
}

function isSameRule(one: WindowRule, other: WindowRule): boolean {
  return (
    one.limit === other.limit &&
    one.intervalMs === other.intervalMs &&
    one.technique === other.technique
  );
}
