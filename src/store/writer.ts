import { Worker } from 'node:worker_threads';
import { assert } from '../std/assert.ts';
import { afterThisRound } from '../std/clock.ts';
import type { OrderName, StoreOrders } from './ledger-order-runner.ts';
import { LedgerBreach } from './ledger-order-runner.ts';
import { StoreFault } from './open-database.ts';
import type { Write, WriteResult, WriterMessage, WriterReply } from './statements.ts';

type Done = Exclude<WriteResult, { readonly kind: 'failed' }>;
interface Waiting {
  readonly resolve: (done: Done) => void;
  readonly reject: (fault: StoreFault | LedgerBreach) => void;
}

/** The writer thread as the rest of the store sees it. */
export interface Writer {
  /** Resolves with the number of changed rows once they are durable; rejects where they are not. */
  write(write: Write): Promise<number>;
  /** The same for several statements that land together or not at all. */
  writeAll(writes: readonly Write[]): Promise<number>;
  /**
   * Has code of the writer thread carry out an order, in the same transaction as what else waits:
   * resolves with its answer once that is durable. An order that fails leaves the others alone.
   */
  order<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
  ): Promise<StoreOrders[Name]['answer']>;
  /** Waits for what was handed over, then ends the thread. */
  close(): Promise<void>;
}

/** Starts the writer thread; resolves when it has the database open. */
export function startWriter(path: string, onDeath: (reason: string) => void): Promise<Writer> {
  // Tests run the sources, the built server its output: the thread's file ends as this one does.
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const entry = new URL(`./writer-thread${extension}`, import.meta.url);
  const worker = new Worker(entry, { workerData: { path }, name: 'store-writer' });
  const writer = new WriterThread(worker);
  return new Promise((resolve, reject) => {
    const die = (reason: string): void => {
      reject(new StoreFault(reason));
      if (writer.die(reason)) onDeath(reason);
    };
    worker.on('message', (reply: WriterReply) => {
      if (reply.kind === 'ready') resolve(writer);
      else writer.settle(reply.results);
    });
    worker.on('error', (error) => {
      die(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      die('the store writer ended');
    });
  });
}

class WriterThread implements Writer {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** What was said since the event loop last came round: one message, which wakes the thread once. */
  #unsent: WriterMessage[] = [];
  #nextId = 0;
  #dead: string | undefined;
  #onIdle: (() => void) | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  write(write: Write): Promise<number> {
    return this.writeAll([write]);
  }

  async writeAll(writes: readonly Write[]): Promise<number> {
    const packed = writes.map((write) => ({
      statement: write.statement,
      rows: hasBytes(write) ? write.rows : JSON.stringify(write.rows),
    }));
    const done = await this.#send({ id: (this.#nextId += 1), kind: 'writes', writes: packed });
    assert(done.kind === 'written', 'writes are answered with how many rows they changed');
    return done.changes;
  }

  async order<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
  ): Promise<StoreOrders[Name]['answer']> {
    const done = await this.#send({
      id: (this.#nextId += 1),
      kind: 'order',
      sent: { name, order },
    });
    assert(done.kind === 'answered', 'an order gets the answer of its code');
    return done.answer;
  }

  async close(): Promise<void> {
    if (this.#waiting.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    this.#dead ??= 'the store is closed';
    await this.#worker.terminate();
  }

  /** What became of a batch, once it is durable. */
  settle(results: readonly WriteResult[]): void {
    for (const result of results) {
      const waiter = this.#waiting.get(result.id);
      this.#waiting.delete(result.id);
      if (result.kind !== 'failed') waiter?.resolve(result);
      else if (result.isBreach === true) waiter?.reject(new LedgerBreach(result.message));
      else waiter?.reject(new StoreFault(result.message));
    }
    if (this.#waiting.size === 0) this.#onIdle?.();
  }

  /** False where it had ended before. */
  die(reason: string): boolean {
    if (this.#dead !== undefined) return false;
    this.#dead = reason;
    for (const { reject } of this.#waiting.values()) reject(new StoreFault(reason));
    this.#waiting.clear();
    this.#onIdle?.();
    return true;
  }

  #send(message: WriterMessage): Promise<Done> {
    if (this.#dead !== undefined) return Promise.reject(new StoreFault(this.#dead));
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      if (this.#unsent.push(message) === 1) {
        afterThisRound(() => {
          this.#post();
        });
      }
    });
  }

  #post(): void {
    const messages = this.#unsent;
    this.#unsent = [];
    this.#worker.postMessage(messages);
  }
}

/** Whether a value of any row is one that JSON has no text for: rows of a table differ in that. */
function hasBytes({ rows }: Write): boolean {
  return rows.some((row) =>
    row.some((value) => value instanceof Uint8Array || typeof value === 'bigint'),
  );
}
