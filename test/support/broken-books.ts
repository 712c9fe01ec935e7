import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How a settlement fails: by itself, or with all that the writer commits at once. */
type Breakage = 'order' | 'commit';

const breaks: Readonly<Record<Breakage, string>> = {
  order: 'ALTER TABLE ledger_transfers RENAME TO elsewhere',
  commit: `CREATE TRIGGER disk_full BEFORE INSERT ON ledger_transfers BEGIN
             SELECT RAISE(ROLLBACK, 'the disk is full');
           END`,
};
const mends: Readonly<Record<Breakage, string>> = {
  order: 'ALTER TABLE elsewhere RENAME TO ledger_transfers',
  commit: 'DROP TRIGGER disk_full',
};

/** Keeps a gateway's books from taking what moves money, until they are mended. */
export class BrokenBooks {
  readonly #database: DatabaseSync;
  readonly #breakage: Breakage;

  /** From outside, as far as the gateway can tell. */
  constructor(dataDir: string, breakage: Breakage = 'order') {
    this.#database = new DatabaseSync(join(dataDir, 'quatrain.db'), { timeout: 5000 });
    this.#breakage = breakage;
    this.#database.exec(breaks[breakage]);
  }

  mend(): void {
    this.#database.exec(mends[this.#breakage]);
    this.#database.close();
  }
}
