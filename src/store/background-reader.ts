import type { SQLOutputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { AuditCheck, OnRead } from '../ledger/audit-trail.ts';
import type { LedgerAudit } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { StoreFault } from './open-database.ts';
import type { SqlValue } from './statements.ts';

/** What is asked of the thread that reads: rows, an answer made of rows, or a look at all of the books. */
export type ReaderMessage = QueryMessage | AnswerMessage | VerifyMessage;

export interface QueryMessage {
  readonly id: number;
  readonly kind: 'query';
  readonly text: string;
  readonly values: readonly SqlValue[];
}

export interface AnswerMessage {
  readonly id: number;
  readonly kind: 'answer';
  /** Which of the answers that the thread makes. */
  readonly name: string;
  /** What it is made from: nothing that cannot be copied to another thread. */
  readonly input: object;
}

export interface VerifyMessage {
  readonly id: number;
  readonly kind: keyof Verifications;
  /** Whether somebody wants to know how far it is. */
  readonly isWatched: boolean;
}

/** What can be verified, with what comes of it. */
export interface Verifications {
  readonly ledger: LedgerAudit;
  readonly auditLog: AuditCheck;
}

export type StoredRow = Readonly<Record<string, SQLOutputValue>>;

export type ReaderReply =
  | { readonly id: number; readonly kind: 'read'; readonly rows: number; readonly total: number }
  | { readonly id: number; readonly kind: 'done'; readonly found: Found }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };

type Found = readonly StoredRow[] | Verifications[keyof Verifications] | Uint8Array | Refusal;

// Tests run the sources, the built server its output: the thread's file ends as this one does.
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const plainEntry = new URL(`./reader-thread${extension}`, import.meta.url);

interface Question {
  readonly message: ReaderMessage;
  readonly onRead: OnRead | undefined;
  readonly resolve: (found: Found) => void;
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
  readonly #entry: URL;
  /** Those that wait, in the order in which accounts have their turns. */
  readonly #byAccount = new Map<string, Question[]>();
  #asked: Question | undefined;
  #worker: Worker | undefined;
  #nextId = 0;
  #isClosed = false;

  /** `entry` is the thread's file, where it makes answers. */
  constructor(path: string, entry: URL = plainEntry) {
    this.#path = path;
    this.#entry = entry;
  }

  /** The rows of a query that an account asks, in what is committed when it runs. */
  async query(
    text: string,
    values: readonly SqlValue[],
    account: string,
  ): Promise<readonly StoredRow[]> {
    const message = { id: (this.#nextId += 1), kind: 'query' as const, text, values };
    return (await this.#ask(message, account)) as readonly StoredRow[];
  }

  /**
   * The bytes of an answer that the thread makes of rows, or its refusal: neither the rows nor the text
   * cost the thread that serves requests anything.
   */
  async answer(name: string, input: object, account: string): Promise<Uint8Array | Refusal> {
    const message = { id: (this.#nextId += 1), kind: 'answer' as const, name, input };
    return (await this.#ask(message, account)) as Uint8Array | Refusal;
  }

  /** Takes as long as there are rows: what asks for it has a reader of its own. */
  async verify<Kind extends keyof Verifications>(
    kind: Kind,
    onRead?: OnRead,
  ): Promise<Verifications[Kind]> {
    const message = { id: (this.#nextId += 1), kind, isWatched: onRead !== undefined };
    return (await this.#ask(message, kind, onRead)) as Verifications[Kind];
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

  #ask(message: ReaderMessage, account: string, onRead?: OnRead): Promise<Found> {
    if (this.#isClosed) return Promise.reject(new StoreFault('the store is closed'));
    return new Promise((resolve, reject) => {
      const waiting = this.#byAccount.get(account) ?? [];
      waiting.push({ message, onRead, resolve, reject });
      this.#byAccount.set(account, waiting);
      this.#askNext();
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, {
      workerData: { path: this.#path },
      name: 'store-reader',
    });
    worker.on('message', (reply: ReaderReply) => {
      const question = this.#asked;
      if (question?.message.id !== reply.id) return;
      if (reply.kind === 'read') {
        question.onRead?.(reply.rows, reply.total);
        return;
      }
      this.#asked = undefined;
      if (reply.kind === 'done') question.resolve(reply.found);
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
