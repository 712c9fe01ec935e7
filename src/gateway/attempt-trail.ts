import type { RouteTarget } from '../routing/route-plan.ts';
import type { Clock } from '../std/clock.ts';
import type { AttemptDetail } from '../telemetry/request-log.ts';

/** One attempt at an answer, with when each of its phases ended, in milliseconds of the monotonic clock. */
export interface AttemptRecord extends AttemptDetail {
  readonly healthKey: string;
}

/** How an attempt came out, as far as its record says it. */
export interface AttemptEnding {
  readonly status: number;
  readonly errorCode?: string | undefined;
}

/** The attempts of one request: for its log, its trace, and whoever looks at it. */
export class AttemptTrail {
  readonly #records: AttemptRecord[] = [];
  #leave: (() => void) | undefined;

  get records(): readonly AttemptRecord[] {
    return this.#records;
  }

  /** When the last one began. */
  get startedMs(): number | undefined {
    return this.#records.at(-1)?.startedMs;
  }

  begin({ upstream, healthKey, model }: RouteTarget, clock: Clock): void {
    const attempt = this.#records.length + 1;
    const startedMs = clock.monotonicMs();
    const { name, credential } = upstream;
    this.#records.push({ attempt, upstream: name, credential, healthKey, model, startedMs });
  }

  /** The request has a place at a target, and no longer one at another; `leave` gives it back. */
  occupy(leave: () => void): void {
    this.leave();
    this.#leave = leave;
  }

  /** The request is over: nobody has it any more. */
  leave(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  /** The head of the answer to the last one is there, or the word that there will be none. */
  head(clock: Clock): void {
    this.#change({ headMs: clock.monotonicMs() });
  }

  end(ending: AttemptEnding, clock: Clock): void {
    this.#change({ ...ending, endedMs: clock.monotonicMs() });
  }

  #change(change: Partial<AttemptRecord>): void {
    const last = this.#records.at(-1);
    if (last !== undefined) this.#records[this.#records.length - 1] = { ...last, ...change };
  }
}
