import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const PRIVATE_DIRECTORY = 0o700;
const SQLITE_BUSY = 5;
/** Names that are safe as files. */
const ownerName = /^[0-9A-Za-z]{1,64}$/;

/**
 * Which processes over this store run: each keeps a file of its own locked for as long as it lives,
 * however it ends. What one of them has under way is nobody else's to end.
 */
export class OwnerLocks {
  readonly #directory: string;
  readonly #held = new Map<string, DatabaseSync>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Says that this process runs, by the name that it signs with. */
  hold(owner: string): void {
    mkdirSync(this.#directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    const lock = this.#lock(owner);
    if (lock === undefined) throw new Error(`another process signs as ${owner}`);
    this.#held.set(owner, lock);
  }

  /** Whether the process of that name runs; the file of one that does not goes. */
  isAlive(owner: string): boolean {
    if (this.#held.has(owner)) return true;
    if (!ownerName.test(owner) || !existsSync(this.#pathOf(owner))) return false;
    const lock = this.#lock(owner);
    if (lock === undefined) return true;
    lock.close();
    rmSync(this.#pathOf(owner), { force: true });
    return false;
  }

  close(): void {
    for (const [owner, lock] of this.#held) {
      lock.close();
      rmSync(this.#pathOf(owner), { force: true });
    }
    this.#held.clear();
  }

  /** The lock of a name; undefined where somebody has it. */
  #lock(owner: string): DatabaseSync | undefined {
    const lock = new DatabaseSync(this.#pathOf(owner), { timeout: 0 });
    try {
      // Nothing is ever written to it: no journal has to lie beside it.
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return lock;
    } catch (error) {
      lock.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
        return undefined;
      }
      throw error;
    }
  }

  #pathOf(owner: string): string {
    return join(this.#directory, owner);
  }
}
