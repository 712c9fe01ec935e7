import type { LedgerStore } from '../../src/ledger/ledger-store.ts';

/** Books that a suite opens for each of its cases. */
export interface OpenedLedger {
  readonly ledger: LedgerStore;
  /** Runs SQL beside the ledger, as somebody with the database's password would. */
  sql(text: string): void;
  /** The same books after a restart. */
  reopen(): Promise<OpenedLedger>;
  close(): Promise<void>;
}

/** One way of keeping the books. */
export interface LedgerImplementation {
  readonly name: string;
  readonly open: () => Promise<OpenedLedger>;
}

/** The books of the case that runs. */
export class Books {
  #opened: OpenedLedger | undefined;

  get opened(): OpenedLedger {
    if (this.#opened === undefined) throw new Error('no case runs');
    return this.#opened;
  }

  set opened(opened: OpenedLedger) {
    this.#opened = opened;
  }

  get ledger(): LedgerStore {
    return this.opened.ledger;
  }
}
