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

interface Question {
  readonly message: QueryMessage;
  readonly resolve: (rows: readonly StoredRow[]) => void;
  readonly reject: (fault: StoreFault) => void;
}

/**
 * Runs queries that look at many rows on a thread of its own: a tenth of a second for one caller's
 * question would be a tenth of a second without a byte for everybody else. The thread has one at a
 * time, and accounts take turns, so that whoever asks much makes nobody else wait for all of it. Each
 * query that waits is a request that waits, so connections bound them. The thread begins with the
 * first of them.
 */
export class BackgroundReader {
  readonly #path: string;
  /** Those that wait, in the order in which accounts have their turns. */
  readonly #byAccount = new Map<string, Question[]>();
  #asked: Question | undefined;
  #worker: Worker | undefined;
  #nextId = 0;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** The rows of a query that an account asks, in what is committed when it runs. */
  query(text: string, values: readonly SqlValue[], account: string): Promise<readonly StoredRow[]> {
    if (this.#isClosed) return Promise.reject(new StoreFault('the store is closed'));
    this.#nextId += 1;
    const message: QueryMessage = { id: this.#nextId, text, values };
    return new Promise((resolve, reject) => {
      const waiting = this.#byAccount.get(account) ?? [];
      waiting.push({ message, resolve, reject });
      this.#byAccount.set(account, waiting);
      this.#askNext();
    });
  }

  #askNext(): void {
    if (this.#asked !== undefined || this.#isClosed) return;
    const next = this.#byAccount.entries().next();
    if (next.done === true) return;
    const [account, waiting] = next.value;
    const question = waiting.shift();
    this.#byAccount.delete(account);
    if (waiting.length > 0) this.#byAccount.set(account, waiting);
    if (question === undefined) return;
    this.#asked = question;
    const worker = (this.#worker ??= this.#start());
    worker.postMessage(question.message);
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
      const question = this.#asked;
      if (question?.message.id !== reply.id) return;
      this.#asked = undefined;
      if (reply.kind === 'rows') question.resolve(reply.rows);
      else question.reject(new StoreFault(reply.message));
      this.#askNext();
    });
    worker.on('error', (error) => {
      this.#leave(worker, error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      this.#leave(worker, 'the store reader ended');
    });
    return worker;
  }

  /** Nothing is lost with a thread but its answer: the next query begins another one. */
  #leave(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const question = this.#asked;
    this.#asked = undefined;
    question?.reject(new StoreFault(reason));
    this.#askNext();
  }

  #fail(reason: string): void {
    const waiting = [...this.#byAccount.values()].flat();
    if (this.#asked !== undefined) waiting.push(this.#asked);
    this.#byAccount.clear();
    this.#asked = undefined;
    for (const { reject } of waiting) reject(new StoreFault(reason));
  }
}
