import type { AccountRecord } from '../../src/access/account-store.ts';
import type { Principal } from '../../src/access/authenticate.ts';
import { Authenticator } from '../../src/access/authenticate.ts';
import type { BillingParts } from '../../src/billing/billing-parts.ts';
import { HoldReaper } from '../../src/billing/hold-reaper.ts';
import { LedgerBilling } from '../../src/billing/ledger-billing.ts';
import { LedgerCounts } from '../../src/billing/ledger-counts.ts';
import { PlanDirectory } from '../../src/catalog/plan-directory.ts';
import type { StoredPlan } from '../../src/catalog/plan-store.ts';
import { plans } from '../../src/catalog/plans.ts';
import type { PriceStore } from '../../src/catalog/price-store.ts';
import { resolveModel } from '../../src/catalog/resolve-model.ts';
import type { Walk, WalkReply, WalkRequest, WalkSettings } from '../../src/gateway/exchange.ts';
import { PendingSettlements } from '../../src/gateway/pending-settlements.ts';
import { serveRequest } from '../../src/gateway/serve-request.ts';
import { IdempotentRuns } from '../../src/gateway/idempotent-runs.ts';
import { IdempotentSweep } from '../../src/gateway/idempotent-sweep.ts';
import type { IdempotencyStore } from '../../src/ledger/idempotency-store.ts';
import type { LedgerStore } from '../../src/ledger/ledger-store.ts';
import { LocalRateLimits } from '../../src/limits/local-rate-limits.ts';
import { WindowLimiter } from '../../src/limits/window-limiter.ts';
import type { Upstream } from '../../src/messages/upstream.ts';
import { refusal } from '../../src/messages/errors.ts';
import { PriceTable } from '../../src/metering/price-table.ts';
import { PriceRefresher } from '../../src/metering/refresh-prices.ts';
import { UpstreamHealth } from '../../src/routing/upstream-health.ts';
import type { Clock } from '../../src/std/clock.ts';
import type { Secret } from '../../src/std/secret.ts';
import { waitAtMost } from '../../src/std/wait.ts';
import type { Log } from '../../src/telemetry/log.ts';
import { noMetrics } from '../../src/telemetry/request-metrics.ts';
import { createAnthropicUpstream } from '../../src/upstreams/anthropic/anthropic-upstream.ts';
import type { Transport } from '../../src/upstreams/transport.ts';
import type { KeysInMemory } from '../support/keys-in-memory.ts';
import { AuditedLimits } from './audited-limits.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Life } from './virtual-time.ts';

/** What a process finds as it starts: all that outlives it, and its own life, clock and network. */
export interface ProcessParts {
  readonly name: string;
  readonly life: Life;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly ledger: LedgerStore;
  readonly idempotencyKeys: IdempotencyStore;
  readonly transport: Transport;
  readonly keys: KeysInMemory;
  readonly pepper: Secret;
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly storedPlans: ReadonlyMap<string, StoredPlan>;
  readonly prices: PriceStore;
  readonly sliceTokens: number;
  readonly holdMarginMs: number;
  readonly abandonedFreePerHour: number;
  readonly note: (line: string) => void;
  readonly onProblem: (problem: string) => void;
  readonly onRecord: (requestId: string) => void;
}

const jsonBounds = { depthMax: 128, keysMax: 100_000 };
const BODY_BYTES_MAX = 1_000_000;
const SETTLE_WAIT_MS = 10_000;
/** Longer answers are not given again. */
const KEPT_BYTES_MAX = 10_000;
/** Events of the log that say that code of ours is wrong. */
const faultEvents: ReadonlySet<string> = new Set([
  'fault',
  'driver_fault',
  'settlement_fault',
  'settlement_without_hold',
]);

/** One process of the gateway, put together as wiring does it, over simulated ports. */
export class SimulatedProcess {
  readonly life: Life;
  readonly name: string;
  readonly ledger: LedgerStore;
  readonly prices: PriceTable;
  readonly counts: LedgerCounts = new LedgerCounts();
  readonly #parts: ProcessParts;
  readonly #billing: LedgerBilling;
  readonly #reaper: HoldReaper;
  readonly #refresher: PriceRefresher;
  readonly #sweep: IdempotentSweep;
  readonly #runs: IdempotentRuns;
  readonly #walk: Walk;
  /** Replies that still go out, for a shutdown to cut. */
  readonly #running = new Set<WalkReply>();
  isReady = false;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    const { life, name, clock, ledger, prices } = parts;
    this.life = life;
    this.name = name;
    this.ledger = ledger;
    const log = logOf(parts);
    this.prices = new PriceTable({
      clock,
      store: prices,
      listPrices: (modelId) => resolveModel(modelId)?.prices ?? [],
    });
    const billingParts: BillingParts = {
      clock,
      log,
      ledger,
      owner: name,
      counts: this.counts,
      prices: this.prices,
      findModel: (modelId) => resolveModel(modelId),
      jsonBounds: () => jsonBounds,
      settings: () => ({
        sliceTokens: parts.sliceTokens,
        holdMarginMs: parts.holdMarginMs,
        abandonedFreePerHour: parts.abandonedFreePerHour,
        topupUrl: undefined,
      }),
    };
    this.#billing = new LedgerBilling(billingParts);
    this.#reaper = new HoldReaper(billingParts, this.#billing.desk);
    this.#refresher = new PriceRefresher(this.prices, clock, log);
    const store = parts.idempotencyKeys;
    this.#sweep = new IdempotentSweep({ store, owner: name, isAlive: () => false, clock, log });
    this.#runs = new IdempotentRuns(clock);
    const answerBytesMax = (): number => KEPT_BYTES_MAX;
    const idempotency = { store, owner: name, runs: this.#runs, answerBytesMax };
    this.#walk = { ...walkOf(parts, log), billing: this.#billing, idempotency };
  }

  /** As `wire-billing` starts it; a start that fails is a process that ends. */
  async start(): Promise<boolean> {
    try {
      await this.#refresher.start();
      await this.#reaper.start();
      await this.#sweep.start();
    } catch {
      // Its message would be the process's last; the next one tries again.
      return false;
    }
    this.isReady = true;
    return true;
  }

  async serve(request: WalkRequest): Promise<WalkReply> {
    const reply = await serveRequest(request, this.#walk);
    if (!(reply.body instanceof Uint8Array)) this.#running.add(reply);
    return reply;
  }

  /** Whose rights a request has that comes without its credential. */
  principalOf(keyId: string, account: string): Principal {
    return this.#walk.authenticator.principalFor(keyId, account);
  }

  /** What is still to be written, once nothing runs any more. */
  get leftOver(): number {
    return this.#billing.desk.liveCount + (this.#walk.settling?.count ?? 0);
  }

  isOver(reply: WalkReply): void {
    this.#running.delete(reply);
  }

  /** As a gateway drains whose time is up: streams are cut, bills closed, the store left. */
  async stop(closeConnections: () => void): Promise<void> {
    this.isReady = false;
    this.#billing.startClosing();
    for (const { cut } of this.#running) cut?.(refusal('unavailable', 'It shuts down.'));
    closeConnections();
    this.#runs.close();
    const { settling } = this.#walk;
    const idle = Promise.all([this.#runs.idle(), settling?.idle()]).then(() => {});
    await waitAtMost(idle, SETTLE_WAIT_MS, this.#parts.clock);
    this.#refresher.stop();
    await this.#reaper.close();
    await this.#sweep.close();
    await this.#billing.desk.close();
  }
}

function walkOf(parts: ProcessParts, log: Log): Walk {
  const { clock, random, keys, accounts, pepper, storedPlans, onRecord, onProblem } = parts;
  const upstream = upstreamOf(parts, log);
  const settings: WalkSettings = {
    bodyBytesMax: BODY_BYTES_MAX,
    batchBytesMax: BODY_BYTES_MAX,
    answerBytesMax: BODY_BYTES_MAX,
    plan: plans.prepaid,
    profile: 'launch',
    chatCompletions: { flavour: 'aimlapi' },
    workersAi: { content: 'relaxed' },
    jsonBounds,
    upstreams: { byName: new Map([[upstream.name, upstream]]), defaultName: upstream.name },
  };
  return {
    clock,
    log,
    requestLog: {
      record: ({ requestId }) => {
        onRecord(requestId);
      },
      dropped: 0,
    },
    metrics: noMetrics,
    authenticator: new Authenticator({
      store: keys,
      accounts: { find: (id) => accounts.get(id) },
      pepper,
      clock,
    }),
    plans: new PlanDirectory({ find: (name) => storedPlans.get(name) }, clock),
    rateLimits: new AuditedLimits(new LocalRateLimits(clock), clock, onProblem),
    limiter: new WindowLimiter(clock),
    settling: new PendingSettlements(),
    random,
    health: new UpstreamHealth(clock, random),
    settings: () => settings,
  };
}

function upstreamOf({ transport }: ProcessParts, log: Log): Upstream {
  return createAnthropicUpstream({
    name: 'up',
    basePath: '',
    transport,
    sharesAccountResources: false,
    takesProviderKeys: false,
    userAgent: 'quatrain/simulated',
    log,
  });
}

function logOf({ life, name, note, onProblem }: ProcessParts): Log {
  const write: Log['info'] = (event, fields = {}) => {
    if (!life.isAlive) return;
    note(`${name} logs ${event}`);
    if (faultEvents.has(event)) {
      onProblem(`${event}: ${String(fields['reason'] ?? fields['holdId'])}`);
    }
  };
  return { debug: () => {}, info: write, warn: write, error: write };
}
