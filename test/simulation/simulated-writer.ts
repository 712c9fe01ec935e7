import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerAudit, OpenHoldsWanted, HoldRecord } from '../../src/ledger/ledger-store.ts';
import type { OrderName, StoreOrders } from '../../src/store/ledger-order-runner.ts';
import { LedgerOrderRunner } from '../../src/store/ledger-order-runner.ts';
import { verifyLedger } from '../../src/store/ledger-verification.ts';
import type { OrderTaker } from '../../src/store/sqlite-ledger-store.ts';
import { SqliteLedgerStore } from '../../src/store/sqlite-ledger-store.ts';
import type { Coverage, StoreKind } from './fault-kinds.ts';
import type { MirroredBooks } from './mirrored-books.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Life, VirtualTime } from './virtual-time.ts';

/** The disk that all processes of one world write to, one after the other. */
export interface SimulatedDisk {
  readonly database: DatabaseSync;
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly coverage: Coverage;
  readonly books: MirroredBooks;
  /** How often what becomes of an order, at the moment. */
  readonly weights: () => Readonly<Record<StoreKind, number>>;
  readonly readFails: () => number;
  readonly note: (line: string) => void;
  readonly onProblem: (problem: string) => void;
  /** An order of a hold did not go as it should. */
  readonly onFault: (holdId: string) => void;
  /** The process that writes dies, now. */
  readonly crash: () => void;
  /** Nothing is taken until then. */
  downUntilMs: number;
}

interface Pending {
  readonly fate: StoreKind;
  /** Runs the order; what its caller is told then. */
  readonly commit: () => () => void;
  readonly reject: (reason: Error) => void;
}

const never = new Promise<never>(() => {});
const SLOW_MS_MAX = 3000;
const REPLAYED = 0.01;
/** Orders that say by themselves which they are: the same again changes nothing (I11). */
const replayable: ReadonlySet<OrderName> = new Set([
  'openHold',
  'settle',
  'release',
  'transfer',
  'openWallet',
]);

/**
 * Takes the orders of one process and carries them out on the real books, in the order in which
 * they come. Any of them may be slow, fail, lose its answer, or be the last thing its process did.
 */
export class SimulatedWriter implements OrderTaker {
  readonly #disk: SimulatedDisk;
  readonly #life: Life;
  readonly #runner: LedgerOrderRunner;
  readonly #wallet: StatementSync;
  #waiting = 0;
  #lastDueMs = 0;

  constructor(disk: SimulatedDisk, life: Life) {
    this.#disk = disk;
    this.#life = life;
    this.#runner = new LedgerOrderRunner(disk.database);
    this.#wallet = disk.database.prepare(
      `SELECT coalesce(sum(credits_posted - debits_posted), 0) AS posted,
              coalesce(sum(debits_pending), 0) AS held
       FROM ledger_accounts WHERE wallet = ? AND is_closed = 0`,
    );
    this.#wallet.setReadBigInts(true);
  }

  order<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
  ): Promise<StoreOrders[Name]['answer']> {
    const about = 'holdId' in order ? order.holdId : undefined;
    return this.carry(about, () => this.#commit(name, order));
  }

  /** The same for whatever else is written; `about` is what suffers where it goes wrong. */
  carry<Answer>(about: string | undefined, run: () => Answer): Promise<Answer> {
    if (!this.#life.isAlive) return never;
    const fate = this.#fate();
    if (fate !== 'in-time' && about !== undefined) this.#disk.onFault(about);
    return new Promise((resolve, reject) => {
      this.#take({
        fate,
        commit: () => {
          const answer = run();
          return () => {
            resolve(answer);
          };
        },
        reject,
      });
    });
  }

  #fate(): StoreKind {
    const { time, random, weights } = this.#disk;
    return time.nowMs < this.#disk.downUntilMs ? 'rejects' : random.weighted(weights());
  }

  /** First come, first served: what comes after a slow one waits too. */
  #take(pending: Pending): void {
    const { time, random, coverage } = this.#disk;
    const { fate } = pending;
    coverage.note(`store ${fate}`);
    const isNow = this.#waiting === 0 && fate !== 'slow';
    if (isNow) {
      this.#carryOut(pending);
      return;
    }
    const delayMs = fate === 'slow' ? random.between(1, SLOW_MS_MAX) : 0;
    this.#lastDueMs = Math.max(this.#lastDueMs, time.nowMs + delayMs);
    this.#waiting += 1;
    time.after(this.#lastDueMs - time.nowMs, () => {
      this.#waiting -= 1;
      this.#carryOut(pending);
    });
  }

  #carryOut({ fate, commit, reject }: Pending): void {
    if (!this.#life.isAlive) return;
    const { crash } = this.#disk;
    if (fate === 'crash-before-commit') {
      crash();
      return;
    }
    if (fate === 'rejects') {
      reject(new Error('the disk is full'));
      return;
    }
    try {
      const answer = commit();
      if (fate === 'crash-after-commit') crash();
      else if (fate === 'loses-answer') reject(new Error('the connection was lost'));
      else answer();
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #commit<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
  ): StoreOrders[Name]['answer'] {
    const { random, coverage, onProblem } = this.#disk;
    const answer = this.#run(name, order);
    if (replayable.has(name) && random.chance(REPLAYED)) {
      coverage.note('order-replayed');
      const first = said(answer);
      const again = said(this.#run(name, order));
      const expected = saidAgain[first] ?? first;
      if (again !== expected) onProblem(`I11 ${name} again: ${first}, then ${again}`);
    }
    return answer;
  }

  #run<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
  ): StoreOrders[Name]['answer'] {
    const { books, note, onProblem } = this.#disk;
    let answer: StoreOrders[Name]['answer'];
    try {
      answer = this.#runner.run(name, order);
    } catch (error) {
      onProblem(`the books refused ${name} as a breach: ${String(error)}`);
      throw error;
    }
    note(`${name} ${said(answer)}`);
    books.apply(name, order, answer, this.#life);
    this.#compare(order);
    return answer;
  }

  /** After every order, the real wallet beside the auditor's (I2, I3). */
  #compare(order: object): void {
    const { books, time } = this.#disk;
    const holdId = 'holdId' in order ? String(order.holdId) : '';
    const named =
      'account' in order ? String(order.account) : books.holds.get(holdId)?.order.account;
    for (const account of named === undefined ? books.wallets.keys() : [named]) {
      const row = this.#wallet.get(account);
      const { posted, held } = row as { readonly posted: bigint; readonly held: bigint };
      books.compare(account, { posted, held }, time.nowMs);
    }
  }
}

/** What the same order is told at once again, where that is not the same. */
const saidAgain: Readonly<Record<string, string>> = {
  held: 'exists',
  settled: 'already',
  released: 'already',
  done: 'already',
};

function said(answer: unknown): string {
  return typeof answer === 'object' && answer !== null && 'kind' in answer
    ? String(answer.kind)
    : '';
}

/** The real store over such a writer; reads of the reaper fail too, now and then. */
export class SimulatedLedgerStore extends SqliteLedgerStore {
  readonly #disk: SimulatedDisk;
  readonly #life: Life;

  constructor(writer: SimulatedWriter, disk: SimulatedDisk, life: Life) {
    super(
      disk.database,
      writer,
      async (): Promise<LedgerAudit> => await Promise.resolve(verifyLedger(disk.database)),
    );
    this.#disk = disk;
    this.#life = life;
  }

  override openHolds(wanted: OpenHoldsWanted): Promise<readonly HoldRecord[]> {
    if (!this.#life.isAlive) return never;
    if (this.#disk.random.chance(this.#disk.readFails())) {
      this.#disk.coverage.note('store-read-failed');
      return Promise.reject(new Error('the disk cannot be read'));
    }
    return super.openHolds(wanted);
  }
}
