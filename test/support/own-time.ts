import { setTimeout } from 'node:timers/promises';

/** How long a look waits for the next one, and the most that one counts for. */
const TURN_MS = 5;
const COUNTED_MS_MAX = 4 * TURN_MS;

/**
 * Whether something becomes so within a time, as a process that is given its turns sees it: the wait
 * for a machine that has others to serve counts for nothing. So a bound may be as tight as it is
 * promised to be, and the time that is lost elsewhere breaks no promise.
 */
export async function becomesSo(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  let spentMs = 0;
  for (let lookedMs = performance.now(); ;) {
    if (await isSo()) return true;
    if (spentMs >= withinMs) return false;
    await setTimeout(TURN_MS);
    const nowMs = performance.now();
    spentMs += Math.min(nowMs - lookedMs, COUNTED_MS_MAX);
    lookedMs = nowMs;
  }
}
