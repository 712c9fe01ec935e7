import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** How far a thread steps back: `aside` runs when no other thread would, `back` gets a small share. */
export type Standing = 'aside' | 'back';

/** The program is asked once in the life of a thread. */
const CHRT_WITHIN_MS = 2000;

/**
 * Lets every other thread go first: for one whose work nobody's request waits for. Linux has
 * priorities of threads, and says by which number it knows the one that asks; elsewhere nothing
 * happens. Returns how far the thread did step back; undefined where it could not.
 *
 * A lower priority is a smaller share and no more: whoever wakes up still waits until the running
 * thread has had its turn, a millisecond and a half. Only a thread that the system knows as idle makes
 * room at once. Node cannot ask for that, the program `chrt` of every Linux distribution can.
 */
export function stepBack(standing: Standing): Standing | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (standing === 'aside' && standAside(thread)) return 'aside';
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
    return 'back';
  } catch {
    // A sandbox without /proc, or one that lets nobody change priorities: then it goes on as it is.
    return undefined;
  }
}

/** The policy SCHED_IDLE. Without the program, or the right to it, a lower priority has to do. */
function standAside(thread: number): boolean {
  try {
    const options = { stdio: 'ignore', timeout: CHRT_WITHIN_MS } as const;
    execFileSync('chrt', ['-i', '-p', '0', String(thread)], options);
    return true;
  } catch {
    return false;
  }
}
