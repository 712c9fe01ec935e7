import type { BatchItem, ItemOutcome, MessageBatch } from '../messages/message-batch.ts';
import type { BatchFiles, BatchStore, RequestsReader } from './batch-store.ts';
import { countedItems } from './batch-object.ts';
import type { FinishedItem } from './result-journal.ts';
import { ResultJournal } from './result-journal.ts';
import type { JournalOptions } from './result-journal.ts';

/** An item whose turn has come, and how often it had it before. */
export interface QueuedItem extends BatchItem {
  readonly attempts: number;
}

export interface RunningBatchOptions extends Pick<JournalOptions, 'clock' | 'log'> {
  readonly batch: MessageBatch;
  readonly store: BatchStore;
  readonly files: BatchFiles;
  /** Told when every item has its result on disk. */
  readonly onComplete: () => void;
  /** Told whenever results became durable: there is room for more. */
  readonly onRecorded: () => void;
}

/** Items read from the store at once: a batch may have a hundred thousand. */
const WINDOW_ITEMS = 256;

/** A batch that has not ended: which items are still to do, and what became of the others. */
export class RunningBatch {
  readonly batch: MessageBatch;
  readonly journal: ResultJournal;
  /** What becomes of items that have not begun; set once nothing more is to be run. */
  closing: Extract<ItemOutcome, 'canceled' | 'expired'> | undefined;
  /** Items that run right now. */
  inFlight = 0;
  /** Before this, on the monotonic clock, no item begins: whoever answers asked for patience. */
  pausedUntilMs = 0;
  readonly #options: RunningBatchOptions;
  readonly #counts: Record<ItemOutcome, number>;
  #window: readonly BatchItem[] = [];
  #windowNext = 0;
  #lastRead = -1;
  #isRead = false;
  #again: QueuedItem[] = [];
  #requests: Promise<RequestsReader> | undefined;

  constructor(options: RunningBatchOptions) {
    this.#options = options;
    this.batch = options.batch;
    const { counts, resultsEnd } = options.store.recorded(options.batch.id);
    this.#counts = { ...counts };
    this.journal = new ResultJournal({
      batchId: options.batch.id,
      store: options.store,
      files: options.files,
      clock: options.clock,
      log: options.log,
      resultsEnd,
      onRecorded: (items) => {
        this.#count(items);
      },
    });
  }

  get counts(): Readonly<Record<ItemOutcome, number>> {
    return this.#counts;
  }

  get isComplete(): boolean {
    return countedItems(this.#counts) === this.batch.requests;
  }

  /** Whether an item may begin now. */
  canStart(nowMs: number): boolean {
    const isHeld = this.closing !== undefined || nowMs < this.pausedUntilMs || this.journal.isFull;
    return !isHeld && this.#hasMore();
  }

  /** The next item that has not begun; an item that is taken comes once, unless it is given back. */
  take(): QueuedItem | undefined {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    if (!this.#hasMore()) return undefined;
    const item = this.#window[this.#windowNext];
    this.#windowNext += 1;
    return item === undefined ? undefined : { ...item, attempts: 0 };
  }

  giveBack(item: QueuedItem): void {
    this.#again.push(item);
  }

  async readParams({ paramsStart, paramsBytes }: BatchItem): Promise<Uint8Array> {
    this.#requests ??= this.#options.files.openRequests(this.batch.id);
    const requests = await this.#requests;
    return requests.read(paramsStart, paramsBytes);
  }

  async close(): Promise<void> {
    await this.journal.close();
    const requests = this.#requests;
    this.#requests = undefined;
    // Where it could not be opened, whoever asked has heard of it.
    const reader = await requests?.catch(() => undefined);
    await reader?.close();
  }

  #hasMore(): boolean {
    if (this.#again.length > 0) return true;
    if (this.#windowNext < this.#window.length) return true;
    if (this.#isRead) return false;
    const { store } = this.#options;
    this.#window = store.pendingItems(this.batch.id, this.#lastRead, WINDOW_ITEMS);
    this.#windowNext = 0;
    this.#lastRead = this.#window.at(-1)?.position ?? this.#lastRead;
    this.#isRead = this.#window.length < WINDOW_ITEMS;
    return this.#window.length > 0;
  }

  #count(items: readonly FinishedItem[]): void {
    for (const { outcome } of items) this.#counts[outcome] += 1;
    if (this.isComplete) this.#options.onComplete();
    else this.#options.onRecorded();
  }
}
