import type { Upstream } from '../messages/upstream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock, Timer } from '../std/clock.ts';
import type { ProbeQuestion } from './probe-question.ts';
import { probeUpstream } from './probe-upstream.ts';
import { healthPrefixOf } from './route-plan.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** An upstream that is asked, while it is left alone, whether it is back. */
export interface ProbedUpstream {
  readonly upstream: Upstream;
  readonly everyMs: number;
  readonly question: ProbeQuestion;
}

interface Watch {
  readonly everyMs: number;
  readonly question: ProbeQuestion;
  timer: Timer;
  /** The probe that is out. */
  asking: CancellationSource | undefined;
}

/** An answer that does not come is none. */
const PROBE_MS_MAX = 5000;

/**
 * Asks upstreams whose breaker is open something that is free of charge: one that answers is sent the
 * next request at once. Upstreams that work are not asked; requests tell how those fare.
 */
export class RecoveryProbes {
  readonly #clock: Clock;
  readonly #health: UpstreamHealth;
  readonly #watched = new Map<Upstream, Watch>();

  constructor(clock: Clock, health: UpstreamHealth) {
    this.#clock = clock;
    this.#health = health;
  }

  /** Looks after these, and no others any more. */
  watch(probed: readonly ProbedUpstream[]): void {
    const wanted = new Set(probed.map(({ upstream }) => upstream));
    for (const [upstream, { timer, asking }] of this.#watched) {
      if (wanted.has(upstream)) continue;
      this.#watched.delete(upstream);
      timer.cancel();
      asking?.cancel();
    }
    for (const { upstream, everyMs, question } of probed) {
      if (this.#watched.has(upstream)) continue;
      const timer = this.#clock.after(everyMs, () => {
        this.#look(upstream);
      });
      this.#watched.set(upstream, { everyMs, question, timer, asking: undefined });
    }
  }

  #look(upstream: Upstream): void {
    const watch = this.#watched.get(upstream);
    if (watch === undefined) return;
    const broken = this.#brokenOf(upstream);
    if (broken.length === 0) {
      watch.timer.restart();
      return;
    }
    const asking = new CancellationSource();
    watch.asking = asking;
    const limit = this.#clock.after(PROBE_MS_MAX, () => {
      asking.cancel();
    });
    void probeUpstream(upstream, asking, watch.question).then(({ isWell: isBack }) => {
      limit.cancel();
      watch.asking = undefined;
      // Who is watched no more has a timer no more.
      if (this.#watched.get(upstream) !== watch) return;
      if (isBack) for (const healthKey of broken) this.#health.breakers.letThrough(healthKey);
      watch.timer = this.#clock.after(watch.everyMs, () => {
        this.#look(upstream);
      });
    });
  }

  #brokenOf(upstream: Upstream): readonly string[] {
    const prefix = healthPrefixOf(upstream);
    return this.#health.breakers.openNames.filter((name) => name.startsWith(prefix));
  }
}
