import type { Clock } from './clock.ts';
import { afterThisRound } from './clock.ts';

/** How long others wait for a step, unless a single one takes longer. */
const STEP_MS = 5;

/** Does work that takes long a little at a time, so that who is served meanwhile does not wait for it. */
export async function runInSteps<Result>(
  steps: Generator<undefined, Result>,
  clock: Pick<Clock, 'monotonicMs'>,
): Promise<Result> {
  for (;;) {
    const untilMs = clock.monotonicMs() + STEP_MS;
    do {
      const { done, value } = steps.next();
      if (done === true) return value;
    } while (clock.monotonicMs() < untilMs);
    await new Promise<void>((resolve) => {
      afterThisRound(resolve);
    });
  }
}
