import { describe, expect, test } from 'vitest';
import { CancellationSource, uncancelled } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { IdempotentRuns } from './idempotent-runs.ts';

const TEN_MINUTES_MS = 600_000;

describe('a run whose caller leaves', () => {
  test('goes on for ten minutes and no longer', () => {
    const clock = new ManualClock();
    const runs = new IdempotentRuns(clock);
    const caller = new CancellationSource();
    const run = runs.begin(caller);
    caller.cancel();
    expect([run.left.cancelled, run.work.cancelled, runs.unheard]).toEqual([true, false, 1]);
    clock.advance(TEN_MINUTES_MS - 1);
    expect(run.work.cancelled).toBe(false);
    clock.advance(1);
    expect(run.work.cancelled).toBe(true);
    run.end();
    expect(runs.unheard).toBe(0);
  });

  test('that had gone before it began is one of them', () => {
    const runs = new IdempotentRuns(new ManualClock());
    const caller = new CancellationSource();
    caller.cancel();
    expect([runs.begin(caller).left.cancelled, runs.unheard]).toEqual([true, 1]);
  });

  test('ends at once where a thousand others go on already', () => {
    const runs = new IdempotentRuns(new ManualClock());
    const caller = new CancellationSource();
    const all = Array.from({ length: 1001 }, () => runs.begin(caller));
    caller.cancel();
    expect(all.filter(({ work }) => work.cancelled)).toHaveLength(1);
  });

  test('is no matter of its once it has ended', () => {
    const clock = new ManualClock();
    const runs = new IdempotentRuns(clock);
    const caller = new CancellationSource();
    const run = runs.begin(caller);
    run.end();
    caller.cancel();
    clock.advance(TEN_MINUTES_MS);
    expect([run.left.cancelled, run.work.cancelled, runs.unheard]).toEqual([false, false, 0]);
  });
});

describe('all runs', () => {
  test('hold so much memory together, which comes back with each', () => {
    const runs = new IdempotentRuns(new ManualClock());
    const [one, other] = [runs.begin(uncancelled), runs.begin(uncancelled)];
    expect(one.hold(200 * 1024 * 1024)).toBe(true);
    expect(other.hold(100 * 1024 * 1024)).toBe(false);
    one.end();
    one.end();
    expect(one.hold(1)).toBe(false);
    expect(other.hold(256 * 1024 * 1024)).toBe(true);
    expect(other.hold(1)).toBe(false);
  });

  test('end when the gateway does, those too that are left afterwards', async () => {
    const runs = new IdempotentRuns(new ManualClock());
    const caller = new CancellationSource();
    const [one, other] = [runs.begin(uncancelled), runs.begin(uncancelled)];
    runs.close();
    expect([one.work.cancelled, other.work.cancelled]).toEqual([true, true]);
    const late = runs.begin(caller);
    caller.cancel();
    expect(late.work.cancelled).toBe(true);
    let isIdle = false;
    const idle = runs.idle().then(() => {
      isIdle = true;
    });
    one.end();
    other.end();
    await Promise.resolve();
    expect(isIdle).toBe(false);
    late.end();
    await idle;
    expect(isIdle).toBe(true);
  });
});
