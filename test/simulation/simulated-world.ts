import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { SecretSealer } from '../../src/store/seal-secret.ts';
import { SqliteIdempotencyStore } from '../../src/store/sqlite-idempotency-store.ts';
import { AuditedPrices } from './auditor-prices.ts';
import { buildRequest } from './build-request.ts';
import type { ClientPlan } from './client-plan.ts';
import { numberMark, planClient } from './client-plan.ts';
import { emptyStore } from './empty-store.ts';
import { Coverage } from './fault-kinds.ts';
import { MirroredBooks } from './mirrored-books.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimulatedClient } from './simulated-client.ts';
import type { KnownKey } from './simulated-customers.ts';
import { customers, SimulatedCustomers } from './simulated-customers.ts';
import { SimulatedOperator } from './simulated-operator.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { SimulatedRows } from './simulated-rows.ts';
import type { UpstreamDesk } from './simulated-upstream.ts';
import { AttemptRecord, simulatedTransport } from './simulated-upstream.ts';
import type { SimulatedDisk } from './simulated-writer.ts';
import { SimulatedLedgerStore, SimulatedWriter } from './simulated-writer.ts';
import { writeScript } from './upstream-script.ts';
import type { Life } from './virtual-time.ts';
import { forever, VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';
import { calmStore, drawWeather } from './weather.ts';

/** A day turns ten minutes later, and budgets with it. */
const START_MS = Date.parse('2026-11-01T23:50:00Z');
const PROBLEMS_MAX = 20;
const ASKED_AGAIN_MAX = 6;
/** Statuses after which the same request is sent again. */
const mayPass: ReadonlySet<number> = new Set([409, 429, 500, 502, 503, 504, 529]);
const OUTAGE_MS_MAX = 20_000;
const SLEEP_MS_MAX = 120_000;
/** Longer than any request may take: what is held for those that run is past its time. */
const LONG_SLEEP_MS = 7_200_000;
const LONG_SLEEP = 0.2;
const OLD_KEY = 0.02;
const REVOKED_WITHIN_MS = 1000;
/** A batch that is run twice, as after a crash between its answer and its record. */
const RUN_TWICE = 0.25;

interface SentKey {
  readonly key: KnownKey;
  /** Whether it had stopped to work. */
  readonly isKeyDead: boolean;
}

/** One request on its way, and what the upstream was asked for it. */
export interface AskedRequest extends SentKey {
  readonly client: SimulatedClient;
  readonly attempts: AttemptRecord[];
  records: number;
}

/** Everything there is in one seed: what the processes share, and what goes on around them. */
export class SimulatedWorld {
  readonly time: VirtualTime = new VirtualTime(START_MS);
  readonly coverage: Coverage = new Coverage();
  readonly database: DatabaseSync = emptyStore();
  readonly books: MirroredBooks;
  readonly prices: AuditedPrices = new AuditedPrices();
  readonly customers: SimulatedCustomers;
  readonly operator: SimulatedOperator;
  readonly asked: Map<string, AskedRequest> = new Map();
  readonly problems: string[] = [];
  readonly faulted: Set<string> = new Set();
  readonly weather: Weather;
  readonly #trace = createHash('sha256');
  readonly #randomOf: (actor: number) => SeededRandom;
  readonly #disk: SimulatedDisk;
  readonly #upstreamRandom: SeededRandom;
  readonly #clientRandom: SeededRandom;
  readonly #worldRandom: SeededRandom;
  readonly #running = new Set<SimulatedClient>();
  #process: SimulatedProcess | undefined;
  #processes = 0;
  #asks = 0;
  /** By the number of who asks, each time that was asked. */
  readonly #asksOf = new Map<number, string[]>();
  #isCalm = false;
  /** Requests that have not had their end. */
  unfinished = 0;

  constructor(seed: number) {
    this.#randomOf = (actor) => new SeededRandom(seed, actor);
    this.#worldRandom = this.#randomOf(0);
    this.#upstreamRandom = this.#randomOf(1);
    this.#clientRandom = this.#randomOf(2);
    this.weather = drawWeather(this.#worldRandom);
    this.books = new MirroredBooks((problem) => {
      this.problem(problem);
    });
    this.customers = new SimulatedCustomers(this.time.clockOf(forever), this.#randomOf(3));
    this.#disk = {
      database: this.database,
      time: this.time,
      random: this.#randomOf(4),
      coverage: this.coverage,
      books: this.books,
      readFails: () => (this.#isCalm ? 0 : this.weather.readFails),
      weights: () => (this.#isCalm ? calmStore : this.weather.store),
      note: (line) => {
        this.note(line);
      },
      onProblem: (problem) => {
        this.problem(problem);
      },
      onFault: (holdId) => {
        this.faulted.add(holdId);
      },
      crash: () => {
        this.crash();
      },
      downUntilMs: 0,
    };
    this.operator = new SimulatedOperator({
      time: this.time,
      random: this.#randomOf(5),
      coverage: this.coverage,
      customers: this.customers,
      process: () => this.ready,
    });
  }

  /** The process that serves, where one does. */
  get ready(): SimulatedProcess | undefined {
    return this.#process?.isReady === true ? this.#process : undefined;
  }

  get traceHash(): string {
    return this.#trace.copy().digest('hex');
  }

  note(line: string): void {
    this.#trace.update(`${String(this.time.nowMs)} ${line}\n`);
  }

  problem(text: string): void {
    this.note(`problem ${text}`);
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(text);
  }

  async open(): Promise<void> {
    await this.customers.open();
    this.boot();
    for (const [account, { walletNano }] of Object.entries(customers)) {
      if (walletNano !== undefined) this.operator.open(account, walletNano);
    }
    const { crashMs, restartMs, outageMs, sleepMs, operatorMs } = this.weather;
    this.#now(crashMs, () => {
      this.coverage.note('crash-any-time');
      this.crash();
    });
    this.#now(restartMs, () => {
      this.#restart();
    });
    this.#now(outageMs, () => {
      this.coverage.note('store-outage');
      this.#disk.downUntilMs = this.time.nowMs + this.#worldRandom.between(1, OUTAGE_MS_MAX);
    });
    this.#now(sleepMs, () => {
      this.coverage.note('machine-sleeps');
      const isLong = this.#worldRandom.chance(LONG_SLEEP);
      this.time.sleep(isLong ? LONG_SLEEP_MS : this.#worldRandom.between(1, SLEEP_MS_MAX));
    });
    this.#now(operatorMs, () => {
      this.operator.act();
    });
  }

  /** From here on nothing goes wrong any more. */
  becomeCalm(): void {
    this.#isCalm = true;
    this.#disk.downUntilMs = 0;
  }

  /** Someone comes with a request, as soon as the one before has come. */
  arrive(number: number): void {
    const habits = { leaves: this.weather.leaves, keyNames: [...this.customers.keys.keys()] };
    const plan = planClient(number, habits, this.#clientRandom);
    this.coverage.note(`form ${plan.form}`);
    this.#ask(plan, 0);
  }

  nextArrivalMs(): number {
    return exponential(this.#clientRandom, this.weather.arrivalMs);
  }

  crash(): void {
    const process = this.#process;
    if (process === undefined) return;
    this.note(`${process.name} dies`);
    process.life.isAlive = false;
    this.#process = undefined;
    for (const client of this.#running) client.cut();
    this.time.after(this.#worldRandom.between(100, 3000), () => {
      this.boot();
    });
  }

  boot(): void {
    if (this.#process !== undefined) return;
    this.#processes += 1;
    const life: Life = { isAlive: true };
    const process = this.#build(`p${String(this.#processes)}`, life);
    this.#process = process;
    void process.start().then((hasStarted) => {
      if (!life.isAlive) return;
      this.note(`${process.name} starts ${String(hasStarted)}`);
      if (!hasStarted) this.crash();
    });
  }

  #build(name: string, life: Life): SimulatedProcess {
    const { time, customers: known, weather, database } = this;
    const writer = new SimulatedWriter(this.#disk, life);
    const sealer = new SecretSealer(known.pepper, 'simulated', this.#randomOf(6));
    return new SimulatedProcess({
      name,
      life,
      clock: time.clockOf(life),
      random: this.#randomOf(100 + this.#processes),
      ledger: new SimulatedLedgerStore(writer, this.#disk, life),
      idempotencyKeys: new SqliteIdempotencyStore(
        database,
        new SimulatedRows(database, writer),
        sealer,
      ),
      transport: simulatedTransport(this.#desk, time, life),
      keys: known.store,
      pepper: known.pepper,
      accounts: known.accounts,
      storedPlans: known.storedPlans,
      prices: this.prices,
      sliceTokens: weather.sliceTokens,
      holdMarginMs: weather.holdMarginMs,
      abandonedFreePerHour: weather.abandonedFreePerHour,
      note: (line) => {
        this.note(line);
      },
      onProblem: (problem) => {
        this.problem(problem);
      },
      onRecord: (requestId) => {
        const asked = this.asked.get(requestId);
        if (asked !== undefined) asked.records += 1;
      },
    });
  }

  #restart(): void {
    const process = this.ready;
    if (process === undefined) return;
    this.coverage.note('restart');
    this.note(`${process.name} stops`);
    const closing = process.stop(() => {
      for (const client of this.#running) client.disconnect();
    });
    void closing.then(() => {
      if (process.life.isAlive) this.crash();
    });
  }

  readonly #desk: UpstreamDesk = {
    begin: ({ body }) => {
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
      const number = Number(numberMark.exec(text)?.[1]);
      // I7: nothing reaches an upstream that no money was set aside for.
      const requestId = this.#asksOf
        .get(number)
        ?.findLast((id) => this.books.holds.get(id)?.state === 'open');
      const asked = this.asked.get(requestId ?? '');
      if (asked === undefined) this.problem(`I7 ${String(number)}: sent without a hold`);
      if (asked === undefined || requestId === undefined) throw new Error('sent without a hold');
      const { plan } = asked.client;
      const kind = this.#isCalm ? 'answers' : this.#upstreamRandom.weighted(this.weather.upstream);
      this.coverage.note(`upstream ${kind}`);
      const script = writeScript(
        kind,
        {
          isStream: text.includes('"stream":true'),
          bodyBytes: body.length,
          maxTokens: plan.maxTokens,
          words: plan.words,
          caches: plan.caches,
        },
        this.#upstreamRandom,
      );
      const record = new AttemptRecord(script, this.time.nowMs);
      asked.attempts.push(record);
      this.note(`${requestId} sent ${kind}`);
      return record;
    },
  };

  #ask(plan: ClientPlan, times: number): void {
    const process = this.ready;
    this.unfinished += 1;
    if (process === undefined) {
      this.#askLater(plan, times);
      return;
    }
    this.#asks += 1;
    const requestId = `req_${String(this.#asks)}`;
    this.#asksOf.set(plan.number, [...(this.#asksOf.get(plan.number) ?? []), requestId]);
    const sent = this.#keyFor(plan);
    const client = new SimulatedClient({ plan, requestId, life: process.life }, this.time, {
      onWords: ({ words }) => {
        this.#checkCovered(requestId, words);
      },
      onLeave: (how) => {
        this.coverage.note(how);
      },
      onOver: () => {
        this.#running.delete(client);
        this.#afterwards(client, times);
      },
    });
    this.#running.add(client);
    this.asked.set(requestId, { client, ...sent, attempts: [], records: 0 });
    const request = buildRequest({ client, key: sent.key, process });
    void process.serve(request).then((reply) => {
      if (!process.life.isAlive) return;
      this.note(`${requestId} ${String(reply.status)}`);
      client.take(reply);
    });
  }

  #askLater(plan: ClientPlan, times: number): void {
    this.coverage.note('connection-refused');
    this.time.after(this.#clientRandom.between(500, 2000), () => {
      this.unfinished -= 1;
      this.#ask(plan, times);
    });
  }

  #afterwards(client: SimulatedClient, times: number): void {
    const { plan, saw, requestId } = client;
    this.note(`${requestId} over ${String(saw.words)} ${String(saw.bytes)}`);
    this.unfinished -= 1;
    const { batchItem, idempotencyKey } = plan;
    if (batchItem === undefined && idempotencyKey === undefined) return;
    const isUndone = saw.isCut || saw.hasLeft || saw.hasError || mayPass.has(saw.status ?? 0);
    const asksAgain = isUndone || this.#clientRandom.chance(RUN_TWICE);
    if (!asksAgain || times >= ASKED_AGAIN_MAX) return;
    this.unfinished += 1;
    this.time.after(this.#clientRandom.between(500, 5000), () => {
      this.unfinished -= 1;
      this.#ask({ ...plan, leaving: { kind: 'stays' } }, times + 1);
    });
  }

  /** DESIGN §7: nothing goes out that is not held. */
  #checkCovered(requestId: string, words: number): void {
    const hold = this.books.holds.get(requestId);
    if (hold?.state !== 'open') return;
    const { modelId, batchItem } = this.asked.get(requestId)?.client.plan ?? {};
    if (modelId === undefined || batchItem !== undefined) return;
    const terms = { modelId, atMs: hold.order.atMs, markupBasisPoints: 0, isBatch: false };
    const needed = (BigInt(words) * this.prices.outputRate(terms)) / 1_000_000n;
    if (needed > hold.heldNano) this.problem(`${requestId}: ${String(words)} words, not held`);
  }

  #keyFor({ keyName, batchItem, idempotencyKey }: ClientPlan): SentKey {
    const { revoked, keys } = this.customers;
    const isOnce = batchItem === undefined && idempotencyKey === undefined;
    const old = isOnce ? revoked.at(-1) : undefined;
    if (old !== undefined && this.#clientRandom.chance(OLD_KEY)) {
      return { key: old.key, isKeyDead: this.time.nowMs > old.atMs + REVOKED_WITHIN_MS };
    }
    const key = keys.get(keyName);
    if (key === undefined) throw new Error(`nobody has a key ${keyName}`);
    return { key, isKeyDead: false };
  }

  /** Again and again, as long as things go wrong. */
  #now(meanMs: number, act: () => void): void {
    this.time.after(exponential(this.#worldRandom, meanMs), () => {
      if (this.#isCalm) return;
      act();
      this.#now(meanMs, act);
    });
  }
}

function exponential(random: SeededRandom, meanMs: number): number {
  return Math.floor(-Math.log(1 - random.unit()) * meanMs);
}
