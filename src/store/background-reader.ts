import type { SQLOutputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { AuditCheck, OnRead } from '../ledger/audit-trail.ts';
import type { LedgerAudit } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { StoreFault } from './open-database.ts';
import type { SqlValue } from './statements.ts';
import type { Standing } from './step-back.ts';

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
  /** It has stepped back, and takes questions from here on. */
  | { readonly kind: 'begun' }
  | { readonly id: number; readonly kind: 'read'; readonly rows: number; readonly total: number }
  | { readonly id: number; readonly kind: 'done'; readonly found: Found }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };

/** What the thread begins with. */
export interface ReaderData {
  readonly path: string;
  readonly standing: Standing;
}

type Found = readonly StoredRow[] | Verifications[keyof Verifications] | Uint8Array | Refusal;

// Tests run the sources, the built server its output: the thread's file ends as this one does.
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const plainEntry = new URL(`./reader-thread${extension}`, import.meta.url);

/** What a reader is besides the database it reads. */
export interface ReaderOptions {
  /** The thread's file, where it makes answers. */
  readonly entry?: URL | undefined;
  /** How far it steps back as long as it is not starved; `back` where absent. */
  readonly standing?: Standing | undefined;
  readonly clock: Clock;
}

/** How long a thread that stands aside may take for an answer before it counts as starved. */
const PATIENCE_MS = 400;
/** For how long another one answers where one was starved; then that is tried again. */
const HURRIED_MS = 3000;

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
 *
 * It may stand aside, so that requests on the same core do not feel it at all. Where that core has no
 * room left, it could wait for ever then, and whoever runs an overloaded gateway wants to see it more
 * than ever: after a while another thread is asked the same, which takes a small share.
 */
export class BackgroundReader {
  readonly #path: string;
  readonly #options: ReaderOptions;
  /** Those that wait, in the order in which accounts have their turns. */
  readonly #byAccount = new Map<string, Question[]>();
  #asked: Question | undefined;
  /** The threads that look for its answer. */
  readonly #looking = new Set<Standing>();
  /** Each begins with the first question to it, and stays: beginning costs more than most answers. */
  readonly #workers = new Map<Standing, Worker>();
  /** Runs while a thread that stands aside has a question. */
  #patience: Timer | undefined;
  /** Until when answers are made without standing aside. */
  #hurriedUntilMs = 0;
  #nextId = 0;
  #isClosed = false;

  constructor(path: string, options: ReaderOptions) {
    this.#path = path;
    this.#options = options;
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
    this.#send(question, this.#standing);
  }

  #send({ message }: Question, standing: Standing): void {
    const known = this.#workers.get(standing);
    const worker = known ?? this.#start(standing);
    this.#workers.set(standing, worker);
    this.#looking.add(standing);
    // The patience with one that is only beginning begins when it has.
    if (known !== undefined) this.#watch(standing);
    worker.postMessage(message);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fail('the store is closed');
    await Promise.all([...this.#workers.values()].map((worker) => worker.terminate()));
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

  #start(standing: Standing): Worker {
    const workerData: ReaderData = { path: this.#path, standing };
    const worker = new Worker(this.#options.entry ?? plainEntry, {
      workerData,
      name: 'store-reader',
    });
    worker.on('message', (reply: ReaderReply) => {
      const question = this.#asked;
      if (reply.kind === 'begun') {
        if (question !== undefined) this.#watch(standing);
        return;
      }
      if (question?.message.id !== reply.id) return;
      if (reply.kind === 'read') {
        question.onRead?.(reply.rows, reply.total);
        return;
      }
      this.#forgetAsked();
      if (reply.kind === 'done') question.resolve(reply.found);
      else question.reject(new StoreFault(reply.message));
      this.#askNext();
    });
    worker.on('error', (error) => {
      this.#leave(standing, worker, error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      this.#leave(standing, worker, 'the store reader ended');
    });
    return worker;
  }

  get #standing(): Standing {
    const isHurried = this.#options.clock.monotonicMs() < this.#hurriedUntilMs;
    return isHurried ? 'back' : (this.#options.standing ?? 'back');
  }

  /** Has patience with a thread that stands aside for some time only. */
  #watch(standing: Standing): void {
    this.#patience?.cancel();
    if (standing !== 'aside') return;
    this.#patience = this.#options.clock.after(PATIENCE_MS, () => {
      if (this.#asked === undefined) return;
      this.#hurriedUntilMs = this.#options.clock.monotonicMs() + HURRIED_MS;
      // Whoever has the answer first gives it.
      this.#send(this.#asked, 'back');
    });
  }

  /** Nothing is lost with a thread but its answer: the next query begins another one. */
  #leave(standing: Standing, worker: Worker, reason: string): void {
    if (this.#workers.get(standing) !== worker) return;
    this.#workers.delete(standing);
    this.#looking.delete(standing);
    // Another one still looks for the answer.
    if (this.#looking.size > 0) return;
    const question = this.#asked;
    this.#forgetAsked();
    question?.reject(new StoreFault(reason));
    this.#askNext();
  }

  #forgetAsked(): void {
    this.#asked = undefined;
    this.#looking.clear();
    this.#patience?.cancel();
  }

  #fail(reason: string): void {
    const waiting = [...this.#byAccount.values()].flat();
    if (this.#asked !== undefined) waiting.push(this.#asked);
    this.#byAccount.clear();
    this.#forgetAsked();
    for (const { reject } of waiting) reject(new StoreFault(reason));
  }
}
