import type { ItemOutcome } from '../messages/message-batch.ts';
import type { Clock, Timer } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { BatchFiles, BatchStore, ResultsWriter } from './batch-store.ts';

/** An item that has come to its end, not yet durable. */
export interface FinishedItem {
  readonly position: number;
  readonly customId: string;
  readonly outcome: ItemOutcome;
  readonly line: Uint8Array;
  readonly settled: RequestRecord | undefined;
}

export interface JournalOptions {
  readonly batchId: string;
  readonly store: BatchStore;
  readonly files: BatchFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** How much of the file the rows know already. */
  readonly resultsEnd: number;
  /** Told once what was added is durable. */
  readonly onRecorded: (items: readonly FinishedItem[]) => void;
}

/** What goes to disk with one sync. */
const FLUSH_ITEMS = 1000;
const FLUSH_BYTES = 8 * 1024 * 1024;
/** What may wait; beyond it no further item of the batch is begun. */
const WAITING_ITEMS_MAX = 2000;
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
const RETRY_MS = 5000;

/**
 * The results of one batch on their way to disk: lines first, synced, then the rows that say where
 * they end, each item with its settlement. A crash in between leaves lines that no row knows; they
 * are cut off at the next start, and their items run again.
 */
export class ResultJournal {
  readonly #options: JournalOptions;
  #waiting: FinishedItem[] = [];
  #waitingBytes = 0;
  #end: number;
  #file: ResultsWriter | undefined;
  #flushing: Promise<void> | undefined;
  #isFlushing = false;
  #isClosed = false;
  #retry: { readonly timer: Timer; readonly resume: () => void } | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#end = options.resultsEnd;
  }

  /** Where the results that rows know of end. */
  get end(): number {
    return this.#end;
  }

  get isFull(): boolean {
    return this.#waiting.length >= WAITING_ITEMS_MAX || this.#waitingBytes >= WAITING_BYTES_MAX;
  }

  add(item: FinishedItem): void {
    this.#waiting.push(item);
    this.#waitingBytes += item.line.length;
    if (this.#isFlushing || this.#isClosed) return;
    this.#isFlushing = true;
    this.#flushing = this.#flush();
  }

  /** Resolves when everything that was added is durable, or the journal is closed. */
  async idle(): Promise<void> {
    while (this.#isFlushing) await this.#flushing;
  }

  /** Lets go of the file. What is not durable by now is forgotten. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.timer.cancel();
    this.#retry?.resume();
    await this.idle();
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const taken = this.#take();
      try {
        await this.#write(taken);
      } catch (error) {
        // A full disk may have room again: nothing is lost meanwhile, and no further item begins.
        this.#options.log.error('batch_results_not_written', {
          batchId: this.#options.batchId,
          items: taken.length,
          reason: String(error),
        });
        this.#waiting.unshift(...taken);
        this.#waitingBytes += bytesOf(taken);
        await this.#pause();
      }
    }
    this.#isFlushing = false;
  }

  async #write(items: readonly FinishedItem[]): Promise<void> {
    const { batchId, store, files, onRecorded } = this.#options;
    this.#file ??= await files.openResults(batchId, this.#end);
    const bytes = Buffer.concat(items.map(({ line }) => line));
    await this.#file.writeAt(this.#end, bytes);
    let resultEnd = this.#end;
    const recorded = items.map(({ line, ...item }) => {
      resultEnd += line.length;
      return { ...item, resultEnd };
    });
    await store.recordItems(batchId, recorded);
    this.#end = resultEnd;
    onRecorded(items);
  }

  #take(): FinishedItem[] {
    let count = 0;
    let bytes = 0;
    for (const { line } of this.#waiting) {
      if (count > 0 && (count >= FLUSH_ITEMS || bytes + line.length > FLUSH_BYTES)) break;
      count += 1;
      bytes += line.length;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  #pause(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resume) => {
      this.#retry = { timer: this.#options.clock.after(RETRY_MS, resume), resume };
    });
  }
}

function bytesOf(items: readonly FinishedItem[]): number {
  return items.reduce((total, { line }) => total + line.length, 0);
}
