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
 * rule that is changed counts anew. Of too many names the one left alone for longest is forgotten.
 */
export class WindowLimiter {
  readonly #clock: WindowClock;
  readonly #windowsMax: number;
  /** In order of use. */
  readonly #byName = new Map<string, NamedWindow>();

  constructor(clock: WindowClock, windowsMax: number = WINDOWS_MAX) {
    this.#clock = clock;
    this.#windowsMax = windowsMax;
  }

  /** How many names are remembered. */
  get size(): number {
    return this.#byName.size;
  }

  admit({ account, name }: LimitedName, rule: WindowRule): Admission {
    assert(rule.intervalMs > 0, 'a window has a length');
    const key = JSON.stringify([account, name]);
    const known = this.#byName.get(key);
    const named =
      known !== undefined && isSameRule(known.rule, rule)
        ? known
        : { rule, window: windows[rule.technique](rule, this.#clock) };
    this.#byName.delete(key);
    this.#byName.set(key, named);
    this.#forgetOldest();
    return named.window.admit();
  }

  #forgetOldest(): void {
    if (this.#byName.size <= this.#windowsMax) return;
    const oldest = this.#byName.keys().next();
    if (oldest.done !== true) this.#byName.delete(oldest.value);
  }
}

function isSameRule(one: WindowRule, other: WindowRule): boolean {
  return (
    one.limit === other.limit &&
    one.intervalMs === other.intervalMs &&
    one.technique === other.technique
  );
}
