import { expect, test } from 'vitest';
import { AdjustableClock } from './adjustable-clock.ts';
import { ManualClock } from './manual-clock.ts';

function make(): { real: ManualClock; clock: AdjustableClock; ran: string[] } {
  const real = new ManualClock();
  return { real, clock: new AdjustableClock(real), ran: [] };
}

test('time passes as it does, and by what it is set forward', () => {
  const { real, clock } = make();
  const [wallMs, monotonicMs] = [clock.wallMs(), clock.monotonicMs()];
  real.advance(5);
  clock.advance(3_600_000);
  expect(clock.wallMs() - wallMs).toBe(3_600_005);
  expect(clock.monotonicMs() - monotonicMs).toBe(3_600_005);
});

test('timers run by the real clock too', () => {
  const { real, clock, ran } = make();
  clock.after(20, () => ran.push('b'));
  clock.after(10, () => ran.push('a'));
  real.advance(15);
  expect(ran).toEqual(['a']);
  real.advance(5);
  expect(ran).toEqual(['a', 'b']);
  expect(real.pendingTimers).toBe(0);
});

test('setting it forward runs what comes due in order, at its own time', () => {
  const { clock, ran } = make();
  const startMs = clock.monotonicMs();
  const note = (name: string): void => {
    ran.push(`${name} ${String(clock.monotonicMs() - startMs)}`);
  };
  clock.after(30, () => {
    note('late');
  });
  clock.after(10, () => {
    note('first');
    clock.after(5, () => {
      note('nested');
    });
  });
  clock.after(10, () => {
    note('second');
  });
  clock.advance(20);
  expect(ran).toEqual(['first 10', 'second 10', 'nested 15']);
  clock.advance(10);
  expect(ran.at(-1)).toBe('late 30');
});

test('what was half over when the clock was set forward has the other half left', () => {
  const { real, clock, ran } = make();
  clock.after(100, () => ran.push('x'));
  clock.advance(60);
  real.advance(39);
  expect(ran).toEqual([]);
  real.advance(1);
  expect(ran).toEqual(['x']);
});

test('a timer that is cancelled does not run; one that is restarted waits anew', () => {
  const { clock, ran } = make();
  const gone = clock.after(10, () => ran.push('gone'));
  const again = clock.after(10, () => ran.push('again'));
  gone.cancel();
  clock.advance(9);
  again.restart();
  clock.advance(9);
  expect(ran).toEqual([]);
  clock.advance(1);
  expect(ran).toEqual(['again']);
  again.restart();
  clock.advance(10);
  expect(ran).toEqual(['again', 'again']);
});

test('nothing pending keeps the real clock busy', () => {
  const { real, clock } = make();
  const timer = clock.after(10, () => {});
  expect(real.pendingTimers).toBe(1);
  timer.cancel();
  expect(real.pendingTimers).toBe(0);
});

test('wall time is whole milliseconds, whatever it was set forward by', () => {
  const { clock } = make();
  clock.advance(0.4);
  clock.advance(10.25);
  expect(Number.isInteger(clock.wallMs())).toBe(true);
});
