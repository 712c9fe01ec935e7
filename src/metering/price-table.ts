import type { PriceRow } from '../catalog/price.ts';
import { priceAt } from '../catalog/price.ts';
import type { PriceClass, PriceClosing, PriceStore, StoredPrice } from '../catalog/price-store.ts';
import type { Clock } from '../std/clock.ts';
import type { Price, PriceTier } from './resolved-price.ts';
import { listPrice, tiersOf, versioned } from './resolved-price.ts';

/** How often other processes' writes are read. */
export const PRICES_READ_EVERY_MS = 15_000;
/** How far ahead a price has to be set: every process has read it by then. */
export const PRICE_LEAD_MS = 60_000;
/** Most prices that are kept resolved; one a model and plan. */
const RESOLVED_MAX = 10_000;
/** Where the registry has no price that says otherwise. */
const UNCHANGED_PERCENT = 100;

export interface PriceTableOptions {
  readonly clock: Clock;
  readonly store: PriceStore;
  /** The registry's prices of a model, oldest first; none of one that it does not have. */
  readonly listPrices: (modelId: string) => readonly PriceRow[];
}

interface Resolved {
  /** What the registry said then; another profile says something else. */
  readonly listed: readonly PriceRow[];
  readonly fromMs: number;
  readonly untilMs: number;
  readonly price: Price | undefined;
}

interface Unresolved extends Pick<Resolved, 'listed'> {
  readonly modelId: string;
  readonly planName: string | undefined;
}

/**
 * What every model costs at any instant: what operators set over what the registry lists, class by
 * class and tier by tier, a plan's own before everybody's. In memory, since each request asks;
 * written through, and read anew now and then for what other processes write.
 */
export class PriceTable {
  readonly #options: PriceTableOptions;
  readonly #resolved = new Map<string, Resolved>();
  #byModel = new Map<string, readonly StoredPrice[]>();

  constructor(options: PriceTableOptions) {
    this.#options = options;
  }

  /** Reads what is stored. Before the first time the registry's prices are all there are. */
  async load(): Promise<void> {
    const byModel = new Map<string, StoredPrice[]>();
    for (const row of await this.#options.store.list()) {
      const rows = byModel.get(row.modelId);
      if (rows === undefined) byModel.set(row.modelId, [row]);
      else rows.push(row);
    }
    this.#byModel = byModel;
    this.#resolved.clear();
  }

  /** What a model costs an account of a plan; undefined where nothing says so. */
  priceOf(modelId: string, planName: string | undefined, atMs: number): Price | undefined {
    const key = JSON.stringify([modelId, planName]);
    const listed = this.#options.listPrices(modelId);
    const known = this.#resolved.get(key);
    if (known?.listed === listed && known.fromMs <= atMs && atMs < known.untilMs) {
      return known.price;
    }
    const resolved = this.#resolve({ modelId, planName, listed }, atMs);
    if (this.#resolved.size >= RESOLVED_MAX) this.#resolved.clear();
    this.#resolved.set(key, resolved);
    return resolved.price;
  }

  /** What the registry says that a model costs, whatever operators set. */
  listPriceOf(modelId: string, atMs: number): Price | undefined {
    return listPrice(this.#options.listPrices(modelId), atMs);
  }

  /** What operators set, closed rows too, oldest first. */
  stored(): readonly StoredPrice[] {
    return [...this.#byModel.values()]
      .flat()
      .toSorted((one, other) => one.effectiveFromMs - other.effectiveFromMs);
  }

  /** Sets a price from an instant to come on: what was charged stays what it was. */
  async add(row: StoredPrice): Promise<'inserted' | 'overlaps' | 'not_in_future'> {
    if (!this.#isAhead(row.effectiveFromMs)) return 'not_in_future';
    const outcome = await this.#options.store.insert(row);
    await this.load();
    return outcome;
  }

  /** Ends a price at an instant to come. */
  async close(id: string, effectiveToMs: number): Promise<PriceClosing | 'not_in_future'> {
    if (!this.#isAhead(effectiveToMs)) return 'not_in_future';
    const outcome = await this.#options.store.close(id, effectiveToMs);
    await this.load();
    return outcome;
  }

  #isAhead(atMs: number): boolean {
    return atMs >= this.#options.clock.wallMs() + PRICE_LEAD_MS;
  }

  #resolve({ modelId, planName, listed }: Unresolved, atMs: number): Resolved {
    const stored = (this.#byModel.get(modelId) ?? []).filter(
      (row) => row.planName === undefined || row.planName === planName,
    );
    const turns = [
      ...listed.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      ...stored.flatMap((row) => [row.effectiveFromMs, row.effectiveToMs ?? Infinity]),
    ];
    const inForce = stored.filter(
      (row) => row.effectiveFromMs <= atMs && atMs < (row.effectiveToMs ?? Infinity),
    );
    return {
      listed,
      fromMs: Math.max(-Infinity, ...turns.filter((turn) => turn <= atMs)),
      untilMs: Math.min(Infinity, ...turns.filter((turn) => turn > atMs)),
      price: overlaid(priceAt(listed, atMs), inForce),
    };
  }
}

type MutableRates = Map<PriceClass, bigint>;

/** What is stored over what is listed; a tier has the prices of the one below where it has no own. */
function overlaid(listed: PriceRow | undefined, stored: readonly StoredPrice[]): Price | undefined {
  if (listed === undefined && stored.length === 0) return undefined;
  const ratesOf = new Map<number, MutableRates>();
  const set = (tier: number, priceClass: PriceClass, rate: bigint): void => {
    const rates = ratesOf.get(tier) ?? new Map<PriceClass, bigint>();
    ratesOf.set(tier, rates.set(priceClass, rate));
  };
  for (const { aboveInputTokens, rates } of listed === undefined ? [] : tiersOf(listed)) {
    for (const [name, rate] of Object.entries(rates))
      set(aboveInputTokens, name as PriceClass, rate);
  }
  const plansLast = stored.toSorted(
    (one, other) => Number(one.planName !== undefined) - Number(other.planName !== undefined),
  );
  for (const { tierFromInputTokens, priceClass, nanoUsdPerMillion } of plansLast) {
    set(tierFromInputTokens, priceClass, nanoUsdPerMillion);
  }
  return versioned(filledUp(ratesOf), {
    batchPercent: listed?.batchPercent ?? UNCHANGED_PERCENT,
    usGeoPercent: listed?.usGeoPercent ?? UNCHANGED_PERCENT,
  });
}

function filledUp(ratesOf: ReadonlyMap<number, MutableRates>): readonly PriceTier[] {
  let below: MutableRates = new Map();
  return [...ratesOf]
    .toSorted(([one], [other]) => one - other)
    .map(([aboveInputTokens, own]) => {
      below = new Map([...below, ...own]);
      return { aboveInputTokens, rates: Object.fromEntries(below) };
    });
}
