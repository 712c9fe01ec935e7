import type { SQLOutputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { StoreFault } from './open-database.ts';
import type { SqlValue } from './statements.ts';

/** A query for the thread that reads. */
export interface QueryMessage {
  readonly id: number;
  readonly text: string;
  readonly values: readonly SqlValue[];
}

export type StoredRow = Readonly<Record<string, SQLOutputValue>>;

export type QueryReply =
  | { readonly id: number; readonly kind: 'rows'; readonly rows: readonly StoredRow[] }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };

interface Waiting {
  readonly resolve: (rows: readonly StoredRow[]) => void;
  readonly reject: (fault: StoreFault) => void;
}

/**
 * Runs queries that look at many rows on a thread of its own: a tenth of a second for one caller's
 * question would be a tenth of a second without a byte for everybody else. Each query that waits
 * is a request that waits, so connections bound them. The thread begins with the first of them.
 */
export class BackgroundReader {
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 0;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** The rows of a query, in what is committed when it runs. */
  query(text: string, values: readonly SqlValue[]): Promise<readonly StoredRow[]> {
    if (this.#isClosed) return Promise.reject(new StoreFault('the store is closed'));
    this.#nextId += 1;
    const message: QueryMessage = { id: this.#nextId, text, values };
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      worker.postMessage(message);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fail('the store is closed');
    await this.#worker?.terminate();
  }

  #start(): Worker {
    // Tests run the sources, the built server its output: the thread's file ends as this one does.
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const entry = new URL(`./reader-thread${extension}`, import.meta.url);
    const worker = new Worker(entry, { workerData: { path: this.#path }, name: 'store-reader' });
    worker.on('message', (reply: QueryReply) => {
      const waiter = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.kind === 'rows') waiter?.resolve(reply.rows);
      else waiter?.reject(new StoreFault(reply.message));
    });
    worker.on('error', (error) => {
      this.#leave(worker, error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      this.#leave(worker, 'the store reader ended');
    });
    return worker;
  }

  /** Nothing is lost with a thread but its answers: the next query begins another one. */
  #leave(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#fail(reason);
  }

  #fail(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new StoreFault(reason));
    this.#waiting.clear();
  }
}
