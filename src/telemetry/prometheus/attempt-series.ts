import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import type { AttemptDetail } from '../request-log.ts';

const REFUSED_FROM = 400;

/** Counts the attempts of requests, and where one led on to another target. */
export class AttemptSeries {
  readonly #attempts: Counter;
  readonly #fallbacks: Counter;
  /** Looked up once: the look-up costs more than the count. */
  readonly #known = new Map<string, Counter.Internal>();

  constructor(registers: Registry[]) {
    this.#attempts = new Counter({
      name: 'quatrain_attempts_total',
      help: 'Attempts at answers, by who was asked and what came of it.',
      labelNames: ['upstream', 'credential', 'outcome'],
      registers,
    });
    this.#fallbacks = new Counter({
      name: 'quatrain_fallbacks_total',
      help: 'Attempts that went elsewhere than the one before.',
      labelNames: ['from', 'to'],
      registers,
    });
  }

  count(trail: readonly AttemptDetail[]): void {
    let before: AttemptDetail | undefined;
    for (const attempt of trail) {
      this.#seriesOf(attempt).inc();
      if (before !== undefined && isElsewhere(before, attempt)) {
        this.#fallbacks.inc({ from: before.upstream, to: attempt.upstream });
      }
      before = attempt;
    }
  }

  #seriesOf({ upstream, credential = 0, status, errorCode }: AttemptDetail): Counter.Internal {
    const outcome = errorCode ?? outcomeOf(status);
    const name = `${upstream} ${String(credential)} ${outcome}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const made = this.#attempts.labels({ upstream, credential: String(credential), outcome });
    this.#known.set(name, made);
    return made;
  }
}

/** One that nobody said the end of was left with its caller. */
function outcomeOf(status: number | undefined): string {
  if (status === undefined) return 'left';
  return status < REFUSED_FROM ? 'answered' : String(status);
}

function isElsewhere(before: AttemptDetail, after: AttemptDetail): boolean {
  return (
    before.upstream !== after.upstream ||
    before.credential !== after.credential ||
    before.model !== after.model
  );
}
