import type { HoldRecord, OpenHoldsWanted } from '../ledger/ledger-store.ts';
import type { Timer } from '../std/clock.ts';
import type { BillingDesk } from './billing-desk.ts';
import type { BillingParts } from './billing-parts.ts';
import type { OrphanEnd } from './resolve-orphan.ts';
import { resolveOrphan } from './resolve-orphan.ts';

/** Well within the 30 seconds that a hold may stand beyond its time (reliability §4.2, I9). */
const EVERY_MS = 5000;
const PAGE = 500;
/** Grants that lapse at a time. */
const LAPSES_MAX = 200;

type ReaperParts = Pick<
  BillingParts,
  'clock' | 'log' | 'ledger' | 'owner' | 'counts' | 'settings' | 'isAlive'
>;

/**
 * Ends the holds that nobody else will: of processes that died, as the next one starts, and of those
 * whose time is up, all along. It also takes out credit that has lapsed.
 */
export class HoldReaper {
  readonly #parts: ReaperParts;
  readonly #desk: Pick<BillingDesk, 'isLive'>;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: ReaperParts, desk: Pick<BillingDesk, 'isLive'>) {
    this.#parts = parts;
    this.#desk = desk;
  }

  /** Holds of dead owners, before the first request comes; then the others, now and then. */
  async start(): Promise<void> {
    await this.recover();
    this.#schedule();
  }

  /** All there were as it started; what is unresolved by then has its time. */
  async recover(): Promise<void> {
    const { owner } = this.#parts;
    await this.#resolvePages({ notOf: owner, state: 'open' });
  }

  /** Page after page, past those that are left alone or that the store does not take. */
  async #resolvePages(wanted: Omit<OpenHoldsWanted, 'after' | 'limit'>): Promise<void> {
    const startedAtMs = this.#parts.clock.wallMs();
    const isTheirs = this.#othersAlive();
    let last: HoldRecord | undefined;
    do {
      const after = last === undefined ? {} : { after: last.holdId };
      const holds = await this.#openHolds({ ...wanted, ...after, limit: PAGE });
      const left = holds.filter((hold) => !this.#desk.isLive(hold.holdId) && !isTheirs(hold));
      await this.#resolveAll(left);
      last = holds.length < PAGE ? undefined : holds.at(-1);
      // Those that others open meanwhile have no end, and are of no concern.
      if (left.length === 0 && last !== undefined && last.createdAtMs > startedAtMs) return;
    } while (last !== undefined);
  }

  /** What others have under way over the same books is theirs. Each is looked up once. */
  #othersAlive(): (hold: HoldRecord) => boolean {
    const { isAlive, owner: own } = this.#parts;
    const alive = new Map<string, boolean>([[own, false]]);
    return ({ owner }) => {
      const known = alive.get(owner) ?? isAlive?.(owner) ?? false;
      alive.set(owner, known);
      return known;
    };
  }

  /** One round over what is past its time. */
  async reap(): Promise<void> {
    const { clock, ledger } = this.#parts;
    const expiredAtMs = clock.wallMs();
    await this.#resolvePages({ expiredAtMs });
    await ledger.lapseGrants(expiredAtMs, LAPSES_MAX);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#round;
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = this.#parts.clock.after(EVERY_MS, () => {
      this.#round = this.#safely(() => this.reap()).then(() => {
        this.#schedule();
      });
    });
  }

  async #openHolds(wanted: OpenHoldsWanted): Promise<readonly HoldRecord[]> {
    return this.#parts.ledger.openHolds(wanted);
  }

  /** All at once: the writer lands them together. What fails is there again in the next round. */
  async #resolveAll(holds: readonly HoldRecord[]): Promise<readonly (OrphanEnd | undefined)[]> {
    return Promise.all(holds.map(async (hold) => this.#resolve(hold)));
  }

  /** Undefined where the store did not take it. */
  async #resolve(hold: HoldRecord): Promise<OrphanEnd | undefined> {
    const { clock, ledger, log, counts, settings } = this.#parts;
    const atMs = clock.wallMs();
    let end: OrphanEnd | undefined;
    await this.#safely(async () => {
      const isExpired = hold.expiresAtMs <= atMs;
      const untilMs = atMs + settings().holdMarginMs;
      end = await resolveOrphan(ledger, hold, { isExpired, atMs, untilMs });
    });
    const { holdId, state, checkpoint } = hold;
    // One that stays unresolved is told once.
    const isTold = end === 'unresolved' && state === 'unresolved';
    if (end === undefined || isTold) return end;
    counts[countOf[end]] += 1;
    log.warn('hold_orphaned', { holdId, end, stage: checkpoint?.stage ?? 'none' });
    return end;
  }

  async #safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.#parts.counts.storeFaults += 1;
      this.#parts.log.error('hold_reaper_failed', { reason: String(fault) });
    }
  }
}

const countOf = {
  settled: 'orphansSettled',
  released: 'orphansReleased',
  unresolved: 'orphansUnresolved',
} as const satisfies Readonly<Record<OrphanEnd, string>>;
