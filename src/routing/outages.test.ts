import { describe, expect, test } from 'vitest';
import { candidateOf, questionOf, routeOf } from '../../test/support/planned-routes.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { planRoute } from './plan-route.ts';
import { TargetTurns } from './target-turns.ts';
import { UpstreamHealth } from './upstream-health.ts';

const EVERY_MS = 10;
const ATTEMPTS_MAX = 3;
/** How an upstream that is down fails, in milliseconds: at once, or only when nobody waits any more. */
const REFUSED_MS = 0;
const HANGS_MS = 30_000;

interface Ran {
  readonly failed: number;
  /** By the name of an upstream. */
  readonly attempts: ReadonlyMap<string, number>;
}

interface Outage {
  readonly clock: ManualClock;
  readonly health: UpstreamHealth;
  readonly down: Set<string>;
  /** Requests for so long, a hundred a second, and what became of them. */
  readonly run: (forMs: number) => Ran;
}

/** Plans, turns and health of a route, over upstreams that are up or down, in virtual time. */
function outage(names: readonly string[], failsAfterMs = REFUSED_MS): Outage {
  const clock = new ManualClock();
  const health = new UpstreamHealth(clock, { bytes: (count) => new Uint8Array(count).fill(255) });
  const down = new Set<string>();
  const route = routeOf({ targets: names.map((name) => candidateOf(name)) });
  const upstreams = { byName: new Map(), defaultName: 'a', routes: [route] };
  let requests = 0;
  const run = (forMs: number): Ran => {
    const attempts = new Map<string, number>();
    let failed = 0;
    const ask = (turns: TargetTurns, attempt: number): void => {
      const target = turns.take() ?? (attempt === 1 ? turns.takeAnyway() : undefined);
      if (target === undefined || attempt > ATTEMPTS_MAX) {
        failed += 1;
        return;
      }
      const { name } = target.upstream;
      attempts.set(name, (attempts.get(name) ?? 0) + 1);
      if (!down.has(name)) {
        health.breakers.report(target.healthKey, 'succeeded');
        return;
      }
      const askedMs = clock.monotonicMs();
      const fail = (): void => {
        health.breakers.report(target.healthKey, 'failed', askedMs);
        if (turns.hasFresh) ask(turns, attempt + 1);
        else failed += 1;
      };
      if (failsAfterMs === 0) fail();
      else clock.after(failsAfterMs, fail);
    };
    for (let atMs = 0; atMs < forMs; atMs += EVERY_MS) {
      const key = String((requests += 1));
      const plan = planRoute(upstreams, questionOf({ conversation: () => key }), health);
      ask(new TargetTurns(plan.targets, health), 1);
      clock.advance(EVERY_MS);
    }
    return { failed, attempts };
  };
  return { clock, health, down, run };
}

describe('an outage, at a hundred requests a second', () => {
  test('of one of two fails no request, and ends within ten seconds of its end', () => {
    const { down, run } = outage(['a', 'b']);
    run(1000);
    down.add('a');
    const during = run(60_000);
    expect(during.failed).toBe(0);
    // Five to open the breaker, then one whenever it lets one through.
    expect(during.attempts.get('a')).toBeLessThan(20);
    down.delete('a');
    run(10_000);
    expect(run(1000).attempts.get('a')).toBeGreaterThan(25);
  });

  test('of an upstream that hangs ends within ten seconds of its end too', () => {
    const { down, run } = outage(['a', 'b'], HANGS_MS);
    down.add('a');
    run(90_000);
    down.delete('a');
    run(10_000);
    expect(run(1000).attempts.get('a')).toBeGreaterThan(25);
  });

  test('of all asks hardly more often than callers do', () => {
    const { down, run } = outage(['a', 'b', 'c']);
    for (const name of ['a', 'b', 'c']) down.add(name);
    const { failed, attempts } = run(60_000);
    const total = [...attempts.values()].reduce((sum, count) => sum + count, 0);
    expect(failed).toBe(6000);
    expect(total / 6000).toBeLessThanOrEqual(1.1);
    down.delete('b');
    run(10_000);
    expect(run(1000).failed).toBe(0);
  });
});
