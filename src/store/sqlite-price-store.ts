import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PriceClass, PriceClosing, PriceStore, StoredPrice } from '../catalog/price-store.ts';
import type { Writer } from './writer.ts';

interface PriceStoreRow {
  readonly id: string;
  readonly model_id: string;
  readonly price_class: PriceClass;
  readonly nano_usd_per_million: bigint;
  readonly tier_from_input_tokens: bigint;
  readonly plan_name: string;
  readonly effective_from_ms: bigint;
  readonly effective_to_ms: bigint | null;
  readonly source: string;
  readonly created_by: string;
  readonly created_at_ms: bigint;
}

/** Prices that operators set, in SQLite. That none overlap stands in the statement and in a trigger. */
export class SqlitePriceStore implements PriceStore {
  readonly #writer: Pick<Writer, 'write'>;
  readonly #all: StatementSync;
  readonly #one: StatementSync;

  constructor(reader: DatabaseSync, writer: Pick<Writer, 'write'>) {
    this.#writer = writer;
    this.#all = reader.prepare('SELECT * FROM model_prices ORDER BY effective_from_ms, id');
    this.#all.setReadBigInts(true);
    this.#one = reader.prepare('SELECT effective_to_ms FROM model_prices WHERE id = ?');
  }

  list(): Promise<readonly StoredPrice[]> {
    return Promise.resolve(
      this.#all.all().map((row) => toStoredPrice(row as unknown as PriceStoreRow)),
    );
  }

  async insert(row: StoredPrice): Promise<'inserted' | 'overlaps'> {
    const values = [
      row.id,
      row.modelId,
      row.priceClass,
      row.nanoUsdPerMillion,
      row.tierFromInputTokens,
      row.planName ?? '',
      row.effectiveFromMs,
      row.effectiveToMs ?? null,
      row.source,
      row.createdBy,
      row.createdAtMs,
    ];
    const changes = await this.#writer.write({ statement: 'insertModelPrice', rows: [values] });
    return changes > 0 ? 'inserted' : 'overlaps';
  }

  async close(id: string, effectiveToMs: number): Promise<PriceClosing> {
    const rows = [[effectiveToMs, id]];
    if ((await this.#writer.write({ statement: 'closeModelPrice', rows })) > 0) return 'closed';
    const row = this.#one.get(id);
    if (row === undefined) return 'not_found';
    return row['effective_to_ms'] === null ? 'too_early' : 'closed_before';
  }
}

function toStoredPrice(row: PriceStoreRow): StoredPrice {
  return {
    id: row.id,
    modelId: row.model_id,
    priceClass: row.price_class,
    nanoUsdPerMillion: row.nano_usd_per_million,
    tierFromInputTokens: Number(row.tier_from_input_tokens),
    planName: row.plan_name === '' ? undefined : row.plan_name,
    effectiveFromMs: Number(row.effective_from_ms),
    effectiveToMs: row.effective_to_ms === null ? undefined : Number(row.effective_to_ms),
    source: row.source,
    createdBy: row.created_by,
    createdAtMs: Number(row.created_at_ms),
  };
}
