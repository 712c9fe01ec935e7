import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type {
  KeyedGateway,
  ProviderKeyName,
  ProviderKeyRecord,
  ProviderKeyStore,
} from '../policy/provider-key-store.ts';
import { PROVIDER_KEYS_MAX } from '../policy/provider-key-store.ts';
import type { Secret } from '../std/secret.ts';
import { RememberedRows } from './remembered-rows.ts';
import type { SecretSealer } from './seal-secret.ts';
import type { Write } from './statements.ts';
import type { Writer } from './writer.ts';

interface ProviderKeyRow {
  readonly id: string;
  readonly account: string;
  readonly gateway_id: string;
  readonly provider: string;
  readonly alias: string;
  readonly is_default: number;
  readonly preview: string;
  readonly sealed: Uint8Array;
  readonly created_at_ms: number;
  readonly modified_at_ms: number;
}

/** The alias of a key that is used where no other is named; Workers reference §3.4. */
const DEFAULT_ALIAS = 'default';

/** Keys for providers in SQLite, sealed: reads on the caller's connection, writes through the writer. */
export class SqliteProviderKeyStore implements ProviderKeyStore {
  readonly #writer: Writer;
  readonly #sealer: SecretSealer;
  /** Whether a gateway has any: most have none, and each request through one asks. */
  readonly #hasAny = new RememberedRows<boolean>();
  readonly #read: ReturnType<typeof prepareReads>;

  constructor(reader: DatabaseSync, writer: Writer, sealer: SecretSealer) {
    this.#writer = writer;
    this.#sealer = sealer;
    this.#read = prepareReads(reader);
  }

  list({ account, gatewayId }: KeyedGateway): readonly ProviderKeyRecord[] {
    return this.#read.all.all(account, gatewayId).map((row) => toRecord(row));
  }

  reveal({ account, gatewayId, provider, alias }: ProviderKeyName): Secret | undefined {
    if (!this.#mayHave(account, gatewayId)) return undefined;
    const row =
      alias === undefined
        ? this.#read.default.get(account, gatewayId, provider, DEFAULT_ALIAS)
        : this.#read.aliased.get(account, gatewayId, provider, alias);
    if (row === undefined) return undefined;
    return this.#sealer.open((row as unknown as ProviderKeyRow).sealed, placeOf(toRecord(row)));
  }

  async insert(record: ProviderKeyRecord, key: Secret): Promise<boolean> {
    const row = [
      record.id,
      record.account,
      record.gatewayId,
      record.provider,
      record.alias,
      Number(record.isDefault),
      record.preview,
      this.#sealer.seal(key, placeOf(record)),
      record.createdAtMs,
      record.modifiedAtMs,
      PROVIDER_KEYS_MAX,
    ];
    const write: Write = { statement: 'insertProviderKey', rows: [row] };
    await this.#hasAny.forgetAfter({ account: record.account, id: record.gatewayId }, () =>
      this.#writeKeepingOneDefault(write, record),
    );
    return this.#read.exists.get(record.id) !== undefined;
  }

  /** What went since is looked for once more, and not found. */
  #mayHave(account: string, gatewayId: string): boolean {
    const read = (): boolean => this.#read.any.get(account, gatewayId) !== undefined;
    return this.#hasAny.get({ account, id: gatewayId }, read) ?? false;
  }

  async replace(record: ProviderKeyRecord, key?: Secret): Promise<boolean> {
    const { id, account, gatewayId } = record;
    const row = this.#read.one.get(account, gatewayId, id);
    if (row === undefined) return false;
    const sealed =
      key === undefined
        ? (row as unknown as ProviderKeyRow).sealed
        : this.#sealer.seal(key, placeOf(record));
    const values = [id, account, gatewayId, record.provider, record.alias];
    const rest = [Number(record.isDefault), record.preview, sealed, record.modifiedAtMs];
    const write: Write = { statement: 'replaceProviderKey', rows: [[...values, ...rest]] };
    await this.#writeKeepingOneDefault(write, record);
    const now = this.#read.one.get(account, gatewayId, id);
    return now !== undefined && toRecord(now).alias === record.alias;
  }

  async remove({ account, gatewayId }: KeyedGateway, id: string): Promise<boolean> {
    const rows = [[account, gatewayId, id]];
    return (await this.#writer.write({ statement: 'deleteProviderKey', rows })) > 0;
  }

  async #writeKeepingOneDefault(write: Write, record: ProviderKeyRecord): Promise<void> {
    const { account, gatewayId, provider, id } = record;
    const rows = [[account, gatewayId, provider, id]];
    await this.#writer.writeAll([write, { statement: 'keepOneDefaultKey', rows }]);
  }
}

/** What the sealed bytes belong to, whatever else of the row changes. */
function placeOf({ account, gatewayId, id }: ProviderKeyRecord): string {
  return JSON.stringify([account, gatewayId, id]);
}

function prepareReads(
  reader: DatabaseSync,
): Record<'all' | 'any' | 'one' | 'exists' | 'default' | 'aliased', StatementSync> {
  const ofGateway = 'SELECT * FROM provider_keys WHERE account = ? AND gateway_id = ?';
  return {
    all: reader.prepare(`${ofGateway} ORDER BY created_at_ms, id`),
    any: reader.prepare('SELECT 1 FROM provider_keys WHERE account = ? AND gateway_id = ? LIMIT 1'),
    one: reader.prepare(`${ofGateway} AND id = ?`),
    exists: reader.prepare('SELECT 1 FROM provider_keys WHERE id = ?'),
    default: reader.prepare(
      `${ofGateway} AND provider = ? AND (is_default = 1 OR alias = ?)
       ORDER BY is_default DESC LIMIT 1`,
    ),
    aliased: reader.prepare(`${ofGateway} AND provider = ? AND alias = ?`),
  };
}

function toRecord(stored: Record<string, SQLOutputValue>): ProviderKeyRecord {
  const row = stored as unknown as ProviderKeyRow;
  return {
    id: row.id,
    account: row.account,
    gatewayId: row.gateway_id,
    provider: row.provider,
    alias: row.alias,
    isDefault: row.is_default === 1,
    preview: row.preview,
    createdAtMs: row.created_at_ms,
    modifiedAtMs: row.modified_at_ms,
  };
}
