import type { Clock } from './clock.ts';

/** Resolves after a time. */
export function wait(clock: Clock, forMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(forMs, resolve);
  });
}

/** Resolves when `work` does, at the latest after a time; leaves no timer behind. */
export function waitAtMost(work: Promise<void>, forMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(forMs, resolve);
    void work.then(() => {
      timer.cancel();
      resolve();
    });
  });
}
