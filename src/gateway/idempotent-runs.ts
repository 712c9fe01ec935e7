import { CancellationSource } from '../std/cancellation.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { PendingSettlements } from './pending-settlements.ts';

/** How long an answer is read to its end for a caller who has gone. */
const UNHEARD_MS_MAX = 600_000;
/** How many of them at once: each more ends when its caller leaves, as without a key. */
const UNHEARD_MAX = 1000;
/** Memory for copies of answers on their way, of all runs together. */
const HELD_BYTES_MAX = 268_435_456;

/**
 * Requests with an idempotency key that are being answered. One whose caller leaves goes on, so that
 * asking again gets the answer (wallet reference §8, case I09): so long, so many and so large as the
 * bounds here let them, and until the gateway stops.
 */
export class IdempotentRuns {
  readonly #clock: Clock;
  readonly #running = new Set<IdempotentRun>();
  readonly #pending = new PendingSettlements();
  #heldBytes = 0;
  #unheard = 0;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many go on for callers who have gone. */
  get unheard(): number {
    return this.#unheard;
  }

  /** Begins a run, which has to be ended. */
  begin(caller: Cancellation): IdempotentRun {
    let timer: Timer | undefined;
    let resolveOver = (): void => {};
    this.#pending.add(
      new Promise((resolve) => {
        resolveOver = resolve;
      }),
    );
    const run: IdempotentRun = new IdempotentRun({
      hold: (bytes) => {
        if (this.#heldBytes + bytes > HELD_BYTES_MAX) return false;
        this.#heldBytes += bytes;
        return true;
      },
      onEnd: (heldBytes) => {
        forget();
        timer?.cancel();
        if (run.left.cancelled) this.#unheard -= 1;
        this.#heldBytes -= heldBytes;
        this.#running.delete(run);
        resolveOver();
      },
    });
    this.#running.add(run);
    let forget = (): void => {};
    forget = caller.onCancel(() => {
      this.#unheard += 1;
      run.left.cancel();
      const isTooMany = this.#unheard > UNHEARD_MAX;
      if (isTooMany || this.#isClosed) run.work.cancel();
      else timer = this.#clock.after(UNHEARD_MS_MAX, () => run.work.cancel());
    });
    return run;
  }

  /** Resolves when none runs. */
  idle(): Promise<void> {
    return this.#pending.idle();
  }

  /** Ends what runs, and what will be left from now on. */
  close(): void {
    this.#isClosed = true;
    for (const run of this.#running) run.work.cancel();
  }
}

interface RunHooks {
  readonly hold: (bytes: number) => boolean;
  readonly onEnd: (heldBytes: number) => void;
}

/** One of them. */
export class IdempotentRun {
  /** Of what is done for the request: the caller's leaving alone does not end it. */
  readonly work: CancellationSource = new CancellationSource();
  /** Cancelled when the caller has gone. */
  readonly left: CancellationSource = new CancellationSource();
  readonly #hooks: RunHooks;
  #heldBytes = 0;
  #isOver = false;

  constructor(hooks: RunHooks) {
    this.#hooks = hooks;
  }

  /** Asks for memory, which is given back at the end. */
  hold(bytes: number): boolean {
    if (this.#isOver || !this.#hooks.hold(bytes)) return false;
    this.#heldBytes += bytes;
    return true;
  }

  /** What became of it is written down. Idempotent. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hooks.onEnd(this.#heldBytes);
  }
}
