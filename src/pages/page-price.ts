import type { PriceClass } from '../catalog/price-store.ts';

/** What a model costs who has the plan that pages are about, at the moment. */
export interface PagePrice {
  /** Equal prices have equal versions. */
  readonly version: string;
  /** When the newest of these prices came into force; undefined where nobody knows. */
  readonly sinceMs: number | undefined;
  /** The first holds for every prompt. */
  readonly tiers: readonly {
    readonly aboveInputTokens: number;
    /** Nano-USD for a million tokens or calls, before the markup. */
    readonly rates: Readonly<Partial<Record<PriceClass, bigint>>>;
  }[];
  readonly batchPercent: number;
  readonly usGeoPercent: number;
  /** What the plan adds, in hundredths of a percent. */
  readonly markupBasisPoints: number;
}

/** What each class is called on pages, and what its price is for. */
export const priceLabels: Readonly<
  Record<PriceClass, { readonly label: string; readonly per: number; readonly unit: string }>
> = {
  input: { label: 'Input', per: 1_000_000, unit: '1M tokens' },
  output: { label: 'Output', per: 1_000_000, unit: '1M tokens' },
  cache_write_5m: { label: 'Cache write, 5 minutes', per: 1_000_000, unit: '1M tokens' },
  cache_write_1h: { label: 'Cache write, 1 hour', per: 1_000_000, unit: '1M tokens' },
  cache_read: { label: 'Cache read', per: 1_000_000, unit: '1M tokens' },
  web_search: { label: 'Web search', per: 1000, unit: '1K searches' },
};

const MILLION = 1_000_000n;
const BASIS_POINTS = 10_000n;
/** A USD in ten-thousandths of a nano-USD a million units: what a price comes to without rounding. */
const SCALE_DIGITS = 19;
const CENT_DIGITS = 2;

/** A price with its markup for as many units as are usual for its class, exact: `3.75`. */
export function usdText(
  nanoUsdPerMillion: bigint,
  { per, markupBasisPoints }: { readonly per: number; readonly markupBasisPoints: number },
): string {
  const scaled = nanoUsdPerMillion * BigInt(per) * (BASIS_POINTS + BigInt(markupBasisPoints));
  const digits = scaled.toString().padStart(SCALE_DIGITS + 1, '0');
  const whole = digits.slice(0, -SCALE_DIGITS);
  const part = digits.slice(-SCALE_DIGITS).replace(/0+$/, '').padEnd(CENT_DIGITS, '0');
  return `${whole}.${part}`;
}

/** The same for one unit of a million, as a number for programs: USD. */
export function usdPerMillion(nanoUsdPerMillion: bigint, markupBasisPoints: number): number {
  return Number(usdText(nanoUsdPerMillion, { per: Number(MILLION), markupBasisPoints }));
}
