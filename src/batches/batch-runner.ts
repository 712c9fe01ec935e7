import type { Walk } from '../gateway/exchange.ts';
import type { ItemOutcome, MessageBatch } from '../messages/message-batch.ts';
import { assert } from '../std/assert.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { newRequestId } from '../std/ids.ts';
import type { Random } from '../std/random.ts';
import type { Log } from '../telemetry/log.ts';
import { countedItems } from './batch-object.ts';
import type { BatchFiles, BatchStore } from './batch-store.ts';
import { resultLine } from './result-line.ts';
import { faultyItem, runItem } from './run-item.ts';
import type { QueuedItem } from './running-batch.ts';
import { RunningBatch } from './running-batch.ts';

export interface BatchRunnerOptions {
  readonly store: BatchStore;
  readonly files: BatchFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** Items that run at once, of all batches together. */
  readonly concurrency: () => number;
  /** Whether settlements go to the request log. */
  readonly keepsRequestLog: boolean;
}

/** Items that are canceled or expired between two syncs. */
const CLOSE_ITEMS = 1000;
const RETRY_MS = 5000;

/**
 * Runs the items of batches that have not ended. A free place goes to the account with the fewest
 * items running, in turn where that is even, and there to the oldest batch that can go on, so that
 * a hundred thousand items of one account do not hold another's ten up.
 */
export class BatchRunner {
  readonly #options: BatchRunnerOptions;
  readonly #batches = new Map<string, RunningBatch>();
  /** By account, when one of its items last began. */
  readonly #turns = new Map<string, number>();
  readonly #work = new Set<Promise<void>>();
  readonly #timers = new Set<Timer>();
  readonly #cancellation = new CancellationSource();
  /** The walk that items take; absent until anything may run. */
  #walk: Walk | undefined;
  #turn = 0;
  #running = 0;
  #isPaused = true;

  constructor(options: BatchRunnerOptions) {
    this.#options = options;
  }

  start(walk: Walk): void {
    this.#walk = walk;
    this.#isPaused = false;
    for (const batch of this.#batches.values()) this.#resume(batch);
    this.#fill();
  }

  has(id: string): boolean {
    return this.#batches.has(id);
  }

  /** How many items of a batch have an outcome; undefined where it is not run here, or no more. */
  doneOf(id: string): number | undefined {
    const batch = this.#batches.get(id);
    return batch === undefined ? undefined : countedItems(batch.counts);
  }

  /** Takes a batch on that has not ended, be it new or found at the start. */
  add(row: MessageBatch): void {
    if (this.#batches.has(row.id)) return;
    const { store, files, clock, log } = this.#options;
    const batch: RunningBatch = new RunningBatch({
      batch: row,
      store,
      files,
      clock,
      log,
      onComplete: () => {
        this.#track(this.#end(batch));
      },
      onRecorded: () => {
        this.#fill();
      },
    });
    this.#batches.set(row.id, batch);
    if (row.status === 'canceling') batch.closing = 'canceled';
    if (this.#isPaused) return;
    this.#resume(batch);
    this.#fill();
  }

  /** Nothing more of the batch is run: what has not begun is canceled or expired. */
  close(id: string, outcome: Extract<ItemOutcome, 'canceled' | 'expired'>): void {
    const batch = this.#batches.get(id);
    if (batch === undefined || batch.closing !== undefined) return;
    batch.closing = outcome;
    if (!this.#isPaused) this.#resume(batch);
  }

  /** Begins nothing more; resolves when what runs has ended and is durable. */
  async drain(): Promise<void> {
    this.#isPaused = true;
    await this.#settled();
  }

  /** Ends now: what runs is cut, and runs again after the next start. */
  async stop(): Promise<void> {
    this.#isPaused = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#cancellation.cancel();
    const batches = [...this.#batches.values()];
    await Promise.all(batches.map((batch) => batch.journal.close()));
    await Promise.all(this.#work);
    await Promise.all(batches.map((batch) => batch.close()));
    this.#batches.clear();
  }

  /** Resolves when nothing runs and nothing waits to become durable. */
  async #settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
    for (const batch of this.#batches.values()) await batch.journal.idle();
    if (this.#work.size > 0) await this.#settled();
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#options.log.error('batch_fault', { reason: String(error) });
      })
      .finally(() => {
        this.#work.delete(tracked);
      });
    this.#work.add(tracked);
  }

  /** What the last start left of the batch besides items to run. */
  #resume(batch: RunningBatch): void {
    if (batch.isComplete) this.#track(this.#end(batch));
    else if (batch.closing !== undefined) this.#track(this.#closeItems(batch, batch.closing));
  }

  #fill(): void {
    while (!this.#isPaused && this.#running < this.#options.concurrency()) {
      const batch = this.#next();
      const item = batch?.take();
      if (batch === undefined || item === undefined) return;
      this.#running += 1;
      batch.inFlight += 1;
      this.#turn += 1;
      this.#turns.set(batch.batch.account, this.#turn);
      this.#track(this.#run(batch, item));
    }
  }

  #next(): RunningBatch | undefined {
    const nowMs = this.#options.clock.monotonicMs();
    const inFlight = new Map<string, number>();
    for (const { batch, inFlight: items } of this.#batches.values()) {
      inFlight.set(batch.account, (inFlight.get(batch.account) ?? 0) + items);
    }
    let best:
      | { readonly batch: RunningBatch; readonly load: number; readonly turn: number }
      | undefined;
    for (const batch of this.#batches.values()) {
      const { account } = batch.batch;
      const load = inFlight.get(account) ?? 0;
      const turn = this.#turns.get(account) ?? 0;
      const isBetter =
        best === undefined || load < best.load || (load === best.load && turn < best.turn);
      if (isBetter && batch.canStart(nowMs)) best = { batch, load, turn };
    }
    return best?.batch;
  }

  async #run(batch: RunningBatch, item: QueuedItem): Promise<void> {
    const { random, keepsRequestLog } = this.#options;
    try {
      assert(this.#walk !== undefined, 'items run after the start');
      const end = await runItem(
        {
          batch: batch.batch,
          item,
          readParams: () => batch.readParams(item),
          cancellation: this.#cancellation,
        },
        this.#walk,
        random,
      );
      // Cut on the way down: what it says is about us, not about the item.
      if (this.#cancellation.cancelled) return;
      if (end.kind === 'again') this.#again(batch, item, end.afterMs);
      else batch.journal.add(keepsRequestLog ? end.item : { ...end.item, settled: undefined });
    } catch (error) {
      // A fault of ours costs the item, not the batch: without a result that would never end.
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log.error('batch_item_fault', { batchId: batch.batch.id, reason });
      batch.journal.add(faultyItem(item, newRequestId(random, this.#options.clock.wallMs())));
    } finally {
      this.#running -= 1;
      batch.inFlight -= 1;
      this.#fill();
    }
  }

  #again(batch: RunningBatch, item: QueuedItem, afterMs: number): void {
    const { clock, log } = this.#options;
    log.debug('batch_item_again', { batchId: batch.batch.id, customId: item.customId, afterMs });
    batch.giveBack({ ...item, attempts: item.attempts + 1 });
    if (batch.closing !== undefined) {
      if (!this.#isPaused) this.#resume(batch);
      return;
    }
    batch.pausedUntilMs = Math.max(batch.pausedUntilMs, clock.monotonicMs() + afterMs);
    this.#later(afterMs, () => {
      this.#fill();
    });
  }

  async #closeItems(
    batch: RunningBatch,
    outcome: Extract<ItemOutcome, 'canceled' | 'expired'>,
  ): Promise<void> {
    while (!this.#isPaused) {
      let count = 0;
      for (let item = batch.take(); item !== undefined; item = batch.take()) {
        const { position, customId } = item;
        const line = resultLine(customId, { outcome });
        batch.journal.add({ position, customId, outcome, line, settled: undefined });
        count += 1;
        if (count >= CLOSE_ITEMS) break;
      }
      if (count === 0) return;
      await batch.journal.idle();
    }
  }

  /** Every item has its result on disk: the batch has ended. */
  async #end(batch: RunningBatch): Promise<void> {
    const { store, files, clock, log } = this.#options;
    const { id, account } = batch.batch;
    if (!this.#batches.has(id)) return;
    try {
      const { counts } = batch;
      await store.end(id, { atMs: clock.wallMs(), counts, resultsBytes: batch.journal.end });
    } catch (error) {
      log.error('batch_not_ended', { batchId: id, reason: String(error) });
      this.#later(RETRY_MS, () => {
        this.#track(this.#end(batch));
      });
      return;
    }
    this.#batches.delete(id);
    const hasOthers = [...this.#batches.values()].some((other) => other.batch.account === account);
    if (!hasOthers) this.#turns.delete(account);
    log.info('batch_ended', { batchId: id, ...batch.counts });
    await batch.close();
    await files.removeRequests(id);
    await store.removeItems(id);
  }

  #later(afterMs: number, run: () => void): void {
    if (this.#cancellation.cancelled) return;
    const timer = this.#options.clock.after(afterMs, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }
}
