import { isRefusal } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { healthPrefixOf } from './route-plan.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** An upstream that is asked, while it is left alone, whether it is back. */
export interface ProbedUpstream {
  readonly upstream: Upstream;
  readonly everyMs: number;
}

interface Watch {
  readonly everyMs: number;
  timer: Timer;
  /** The probe that is out. */
  asking: CancellationSource | undefined;
}

/** A list that does not come is none. */
const PROBE_MS_MAX = 5000;

/**
 * Asks upstreams whose breaker is open for their models, which is free of charge: one that answers is
 * sent the next request at once. Upstreams that work are not asked; requests tell how those fare.
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
    for (const { upstream, everyMs } of probed) {
      if (this.#watched.has(upstream)) continue;
      const timer = this.#clock.after(everyMs, () => {
        this.#look(upstream);
      });
      this.#watched.set(upstream, { everyMs, timer, asking: undefined });
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
    void answersProbe(upstream, asking).then((isBack) => {
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

/** Whether an upstream answers a question that costs nothing, and takes the credential. */
async function answersProbe(
  upstream: Upstream,
  cancellation: CancellationSource,
): Promise<boolean> {
  try {
    const answer = await upstream.send(
      {
        operation: 'models.list',
        method: 'GET',
        path: '/v1/models?limit=1',
        headers: ['anthropic-version', '2023-06-01'],
        body: new Uint8Array(0),
        stream: false,
        requestId: 'req_probe',
        account: 'probe',
      },
      cancellation,
    );
    if (isRefusal(answer)) return answer.code === 'not_found';
    answer.body.cancel();
    return isWell(answer.status);
  } catch {
    // A driver that throws says no: the requests that it gets will say so in the log.
    return false;
  }
}

/** Some engines list no models; that they say so shows that they are there. */
function isWell(status: number): boolean {
  return status < 400 || status === 404 || status === 405;
}
