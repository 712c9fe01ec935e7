/** What is charged for, each at a price of its own: classes of tokens, and calls of server tools. */
export const priceClasses = [
  'input',
  'cache_write_5m',
  'cache_write_1h',
  'cache_read',
  'output',
  'web_search',
] as const;
export type PriceClass = (typeof priceClasses)[number];

/** One price that an operator set; it goes before the registry's list price (wallet reference §11). */
export interface StoredPrice {
  readonly id: string;
  /** The registry's id of the model. */
  readonly modelId: string;
  readonly priceClass: PriceClass;
  /** For a million tokens, or a million calls; an integer however small the price of one is. */
  readonly nanoUsdPerMillion: bigint;
  /** Holds for prompts of more tokens than this, cache included; 0 for all. */
  readonly tierFromInputTokens: number;
  /** The plan that it is for; undefined for everybody. */
  readonly planName: string | undefined;
  readonly effectiveFromMs: number;
  /** When it stops to hold; undefined while nobody has closed it. */
  readonly effectiveToMs: number | undefined;
  /** Where it comes from, in words: a contract, a published list. */
  readonly source: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** Prices that outlive the process. A row is never edited, only closed, and never removed. */
export interface PriceStore {
  /** All rows, closed ones too, oldest first. */
  list(): Promise<readonly StoredPrice[]>;
  /** `overlaps`: one of the same model, class, tier and plan holds at some time of it. */
  insert(row: StoredPrice): Promise<'inserted' | 'overlaps'>;
  /** Ends a row that has no end yet. */
  close(id: string, effectiveToMs: number): Promise<PriceClosing>;
}

/** `too_early`: it would end before it began. */
export type PriceClosing = 'closed' | 'not_found' | 'closed_before' | 'too_early';
