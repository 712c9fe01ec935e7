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

/**
 * Ends the holds that nobody else will: of processes that died, as the next one starts, and of those
 * whose time is up, all along. It also takes out credit that has lapsed.
 */
export class HoldReaper {
  readonly #parts: Pick<BillingParts, 'clock' | 'log' | 'ledger' | 'owner' | 'counts'>;
  readonly #desk: Pick<BillingDesk, 'isLive' | 'liveCount'>;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    parts: Pick<BillingParts, 'clock' | 'log' | 'ledger' | 'owner' | 'counts'>,
    desk: Pick<BillingDesk, 'isLive' | 'liveCount'>,
  ) {
    this.#parts = parts;
    this.#desk = desk;
  }

  /** Holds of dead owners, before the first request comes; then the others, now and then. */
  async start(): Promise<void> {
    await this.recover();
    this.#schedule();
  }

  /** Page by page, as long as one of them gets any shorter: what stays is unresolved. */
  async recover(): Promise<void> {
    const { owner } = this.#parts;
    for (let ended = PAGE; ended > 0;) {
      const holds = await this.#openHolds({ notOf: owner, limit: PAGE });
      const ends = await this.#resolveAll(holds);
      ended = ends.filter((end) => end !== 'unresolved').length;
      if (holds.length < PAGE) return;
    }
  }

  /** One round over what is past its time. */
  async reap(): Promise<void> {
    const { clock, ledger } = this.#parts;
    const expiredAtMs = clock.wallMs();
    const limit = PAGE + this.#desk.liveCount;
    const holds = await this.#openHolds({ expiredAtMs, limit });
    await this.#resolveAll(holds.filter(({ holdId }) => !this.#desk.isLive(holdId)));
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
  async #resolveAll(holds: readonly HoldRecord[]): Promise<readonly OrphanEnd[]> {
    return Promise.all(holds.map(async (hold) => this.#resolve(hold)));
  }

  async #resolve(hold: HoldRecord): Promise<OrphanEnd> {
    const { clock, ledger, log, counts } = this.#parts;
    const atMs = clock.wallMs();
    let end: OrphanEnd = 'unresolved';
    await this.#safely(async () => {
      end = await resolveOrphan(ledger, hold, { isExpired: hold.expiresAtMs <= atMs, atMs });
    });
    const { holdId, state, checkpoint } = hold;
    // One that stays unresolved is told once.
    if (end === 'unresolved' && state === 'unresolved') return end;
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
