import type { Clock, Timer } from '../../src/std/clock.ts';

interface Due {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** A process, a client, a machine: what belongs to it happens as long as it lives. */
export interface Life {
  isAlive: boolean;
}

/** All that lives as long as the world does. */
export const forever: Life = { isAlive: true };

/**
 * Time that passes as fast as the work gets done. What comes due runs in order of its moment, then
 * of its making, and everything that follows from it runs before the next one does.
 */
export class VirtualTime {
  #nowMs: number;
  readonly #startMs: number;
  #order = 0;
  #events = 0;
  /** A binary heap, the next one first. */
  readonly #heap: Due[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events have happened. */
  get events(): number {
    return this.#events;
  }

  after(delayMs: number, run: () => void): () => void {
    const due: Due = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order,
      run,
      isCancelled: false,
    };
    this.#order += 1;
    this.#push(due);
    return () => {
      due.isCancelled = true;
    };
  }

  /** Runs what is due up to a moment, or as long as it is wanted. */
  async run(untilMs: number, isWanted: () => boolean = () => true): Promise<void> {
    await settled();
    while (isWanted()) {
      const next = this.#pop(untilMs);
      if (next === undefined) {
        if (untilMs !== Infinity) this.#nowMs = Math.max(this.#nowMs, untilMs);
        return;
      }
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#events += 1;
      next.run();
      await settled();
    }
  }

  /** The machine sleeps: time passes, and what came due meanwhile runs late. */
  sleep(forMs: number): void {
    this.#nowMs += forMs;
  }

  /** The clock of one process: with it, its timers end. */
  clockOf(life: Life): Clock {
    return {
      wallMs: () => Math.floor(this.#nowMs),
      monotonicMs: () => this.#nowMs - this.#startMs,
      after: (delayMs, run) => this.#timer(life, delayMs, run),
    };
  }

  #timer(life: Life, delayMs: number, run: () => void): Timer {
    const guarded = (): void => {
      if (life.isAlive) run();
    };
    let cancel = this.after(delayMs, guarded);
    return {
      cancel: () => {
        cancel();
      },
      restart: () => {
        cancel();
        cancel = this.after(delayMs, guarded);
      },
    };
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || isBefore(parent, due)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = due;
  }

  #pop(untilMs: number): Due | undefined {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || (!first.isCancelled && first.dueMs > untilMs)) return undefined;
      this.#removeFirst();
      if (!first.isCancelled) return first;
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const child = this.#lesserChild(at);
      const item = heap[child];
      if (item === undefined || isBefore(last, item)) break;
      heap[at] = item;
      at = child;
    }
    heap[at] = last;
  }

  #lesserChild(at: number): number {
    const left = this.#heap[2 * at + 1];
    const right = this.#heap[2 * at + 2];
    return left !== undefined && right !== undefined && isBefore(right, left)
      ? 2 * at + 2
      : 2 * at + 1;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}

/** Everything that promises lead to has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
