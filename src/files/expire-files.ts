import type { Clock, Timer } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { FileBodies, FileRows } from './file-store.ts';

export interface FileExpiring {
  readonly rows: FileRows;
  readonly bodies: FileBodies;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 60_000;
const FILES_AT_ONCE = 100;
/** How long an expired file is still listed. */
const LISTED_MS = 30 * 24 * 3_600_000;

/** Clears away what crashes left behind, at the start, and the contents of expired files as time goes. */
export class FileExpiry {
  readonly #expiring: FileExpiring;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(expiring: FileExpiring) {
    this.#expiring = expiring;
  }

  async start(): Promise<void> {
    const { bodies, rows, log } = this.#expiring;
    const removed = await bodies.sweep((id) => rows.hasBody(id));
    if (removed > 0) log.info('files_swept', { removed });
    await this.expire();
    this.#wait();
  }

  /** The row first, then the disk: a crash in between leaves what the next start clears away. */
  async expire(): Promise<void> {
    const { rows, bodies, clock } = this.#expiring;
    const nowMs = clock.wallMs();
    for (;;) {
      const due = rows.due(nowMs, FILES_AT_ONCE);
      if (due.length === 0) break;
      await rows.forgetBodies(due);
      for (const id of due) await bodies.remove(id);
    }
    await rows.deleteExpiredBefore(nowMs - LISTED_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #wait(): void {
    if (this.#isClosed) return;
    this.#timer = this.#expiring.clock.after(LOOK_EVERY_MS, () => {
      this.#running = this.#look();
    });
  }

  async #look(): Promise<void> {
    try {
      await this.expire();
    } catch (error) {
      // The next look tries again; what is due stays due.
      this.#expiring.log.warn('files_expiry_failed', { reason: String(error) });
    }
    this.#wait();
  }
}
