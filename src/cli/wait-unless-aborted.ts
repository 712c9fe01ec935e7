import type { Clock } from '../std/clock.ts';

/** Waits for a time, or until somebody has no more use for it. */
export function waitUnlessAborted(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(forMs, end);
    signal.addEventListener('abort', end);
  });
}
