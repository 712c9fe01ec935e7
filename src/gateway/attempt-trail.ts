import type { RouteTarget } from '../routing/route-plan.ts';
import type { Clock } from '../std/clock.ts';

/** One attempt at an answer, with when each of its phases ended, in milliseconds of the monotonic clock. */
export interface AttemptRecord {
  readonly attempt: number;
  readonly upstream: string;
  readonly healthKey: string;
  /** What the model is called there, where that is another name. */
  readonly model: string | undefined;
  readonly startedMs: number;
  /** The head of its answer was there. */
  readonly headMs?: number;
  /** Its answer could no longer fail unseen, or had failed. */
  readonly endedMs?: number;
  readonly status?: number;
  readonly errorCode?: string | undefined;
}

/** How an attempt came out, as far as its record says it. */
export interface AttemptEnding {
  readonly status: number;
  readonly errorCode?: string | undefined;
}

/** The attempts of one request: for its log, its trace, and whoever looks at it. */
export class AttemptTrail {
  readonly #records: AttemptRecord[] = [];

  get records(): readonly AttemptRecord[] {
    return this.#records;
  }

  begin({ upstream, healthKey, model }: RouteTarget, clock: Clock): void {
    const attempt = this.#records.length + 1;
    const startedMs = clock.monotonicMs();
    this.#records.push({ attempt, upstream: upstream.name, healthKey, model, startedMs });
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
