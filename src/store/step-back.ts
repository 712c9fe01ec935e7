import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets every other thread go first: for one whose work nobody's request waits for. Linux has
 * priorities of threads, and says by which number it knows the one that asks; elsewhere nothing
 * happens. Returns whether it did.
 */
export function stepBack(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
    return true;
  } catch {
    // A sandbox without /proc, or one that lets nobody change priorities: then it goes on as it is.
    return false;
  }
}
