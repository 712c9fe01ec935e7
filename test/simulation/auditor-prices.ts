import type { PriceClass, PriceStore, StoredPrice } from '../../src/catalog/price-store.ts';
import type { ReportedUsage } from './upstream-script.ts';

/** What the field lists for a million tokens of each class, written down anew: USD as nano-USD. */
const listed: Readonly<Record<string, Readonly<Record<keyof ReportedUsage, bigint>>>> = {
  'claude-sonnet-4-6': {
    input: 3_000_000_000n,
    cacheWrite5m: 3_750_000_000n,
    cacheWrite1h: 6_000_000_000n,
    cacheRead: 300_000_000n,
    output: 15_000_000_000n,
  },
  'claude-haiku-4-5-20251001': {
    input: 1_000_000_000n,
    cacheWrite5m: 1_250_000_000n,
    cacheWrite1h: 2_000_000_000n,
    cacheRead: 100_000_000n,
    output: 5_000_000_000n,
  },
};
const classNames: Readonly<Record<keyof ReportedUsage, PriceClass>> = {
  input: 'input',
  output: 'output',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write_5m',
  cacheWrite1h: 'cache_write_1h',
};
const MILLION = 1_000_000n;
const BASIS_POINTS = 10_000n;
const PERCENT = 100n;
const BATCH_PERCENT = 50n;

/** What a request is priced by besides its usage. */
export interface AuditedTerms {
  readonly modelId: string;
  /** When it was admitted. */
  readonly atMs: number;
  readonly markupBasisPoints: number;
  readonly isBatch: boolean;
}

/** Prices that operators set, and the auditor's own reckoning with them (wallet reference §11). */
export class AuditedPrices implements PriceStore {
  readonly rows: StoredPrice[] = [];

  list(): Promise<readonly StoredPrice[]> {
    return Promise.resolve([...this.rows]);
  }

  insert(row: StoredPrice): Promise<'inserted' | 'overlaps'> {
    const overlaps = this.rows.some(
      (known) =>
        known.modelId === row.modelId &&
        known.priceClass === row.priceClass &&
        known.effectiveFromMs < (row.effectiveToMs ?? Infinity) &&
        row.effectiveFromMs < (known.effectiveToMs ?? Infinity),
    );
    if (overlaps) return Promise.resolve('overlaps');
    this.rows.push(row);
    return Promise.resolve('inserted');
  }

  close(): Promise<'not_found'> {
    return Promise.resolve('not_found');
  }

  /** What a caller pays. */
  costOf(usage: ReportedUsage, terms: AuditedTerms): bigint {
    return this.#sum(usage, terms, (name) => this.#rate(name, terms));
  }

  /** What an upstream takes, whatever we add or change. */
  listCostOf(usage: ReportedUsage, { modelId, isBatch, atMs }: AuditedTerms): bigint {
    const terms = { modelId, isBatch, atMs, markupBasisPoints: 0 };
    return this.#sum(usage, terms, (name) => listedRate(modelId, name));
  }

  /** The most of an answer that an amount may pay for. */
  outputRate(terms: AuditedTerms): bigint {
    return this.#rate('output', terms);
  }

  #sum(
    usage: ReportedUsage,
    { markupBasisPoints, isBatch }: AuditedTerms,
    rateOf: (name: keyof ReportedUsage) => bigint,
  ): bigint {
    let total = 0n;
    for (const name of Object.keys(classNames) as (keyof ReportedUsage)[]) {
      total += BigInt(usage[name]) * rateOf(name);
    }
    const percent = isBatch ? BATCH_PERCENT : PERCENT;
    const dividend = total * percent * (BASIS_POINTS + BigInt(markupBasisPoints));
    const divisor = MILLION * PERCENT * BASIS_POINTS;
    return dividend / divisor + (dividend % divisor === 0n ? 0n : 1n);
  }

  #rate(name: keyof ReportedUsage, { modelId, atMs }: AuditedTerms): bigint {
    const set = this.rows.find(
      (row) =>
        row.modelId === modelId &&
        row.priceClass === classNames[name] &&
        row.effectiveFromMs <= atMs &&
        atMs < (row.effectiveToMs ?? Infinity),
    );
    return set?.nanoUsdPerMillion ?? listedRate(modelId, name);
  }
}

function listedRate(modelId: string, name: keyof ReportedUsage): bigint {
  const rate = listed[modelId]?.[name];
  if (rate === undefined) throw new Error(`the auditor has no price of ${modelId}`);
  return rate;
}
