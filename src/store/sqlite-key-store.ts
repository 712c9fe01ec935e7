import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { KeyEnvironment } from '../access/api-key.ts';
import type {
  BudgetPeriod,
  KeyBudget,
  KeyChange,
  KeyKind,
  KeyRate,
  KeyRecord,
  KeyRights,
  KeyStatus,
  KeyStore,
} from '../access/key-store.ts';
import type { Scope } from '../access/scopes.ts';
import type { SqlValue } from './statements.ts';
import type { Writer } from './writer.ts';

interface KeyRow {
  readonly public_id: string;
  readonly account: string;
  readonly digest: Uint8Array;
  readonly last_letters: string;
  readonly former_digest: Uint8Array | null;
  readonly grace_until_ms: bigint | null;
  readonly kind: KeyKind;
  readonly environment: KeyEnvironment;
  readonly name: string;
  readonly status: KeyStatus;
  readonly scopes: string;
  readonly model_ids: string | null;
  readonly allowed_cidrs: string | null;
  readonly budget_nano: bigint | null;
  readonly budget_period: BudgetPeriod | null;
  readonly requests_per_minute: bigint | null;
  readonly input_tokens_per_minute: bigint | null;
  readonly output_tokens_per_minute: bigint | null;
  readonly concurrency: bigint | null;
  readonly created_by: string | null;
  readonly created_at_ms: bigint;
  readonly expires_at_ms: bigint | null;
  readonly revoked_at_ms: bigint | null;
  readonly last_used_at_ms: bigint | null;
}

/** API keys in SQLite: reads on the caller's connection, writes through the writer thread. */
export function createSqliteKeyStore(
  reader: DatabaseSync,
  writer: Pick<Writer, 'write'>,
): KeyStore {
  const order = 'ORDER BY created_at_ms DESC, public_id';
  const byId = readingBigInts(reader.prepare('SELECT * FROM api_keys WHERE public_id = ?'));
  const all = readingBigInts(reader.prepare(`SELECT * FROM api_keys ${order}`));
  const ofAccount = readingBigInts(
    reader.prepare(`SELECT * FROM api_keys WHERE account = ? ${order}`),
  );
  const change = async (
    statement: 'updateKey' | 'rotateKey' | 'setKeyStatus' | 'revokeKey' | 'touchKey',
    row: readonly SqlValue[],
  ): Promise<boolean> => (await writer.write({ statement, rows: [row] })) > 0;
  return {
    find(publicId) {
      const row = byId.get(publicId);
      return row === undefined ? undefined : toRecord(row);
    },
    list: ({ accountId } = {}) =>
      (accountId === undefined ? all.all() : ofAccount.all(accountId)).map((row) => toRecord(row)),
    async insert(record) {
      await writer.write({ statement: 'insertKey', rows: [keyRow(record)] });
    },
    update: (publicId, wanted) => change('updateKey', changeRow(publicId, wanted)),
    rotate: (publicId, { digest, lastLetters, graceUntilMs }) =>
      change('rotateKey', [publicId, digest, lastLetters, graceUntilMs]),
    setStatus: (publicId, status) => change('setKeyStatus', [publicId, status]),
    revoke: (publicId, atMs) => change('revokeKey', [atMs, publicId]),
    async touch(publicId, atMs) {
      await change('touchKey', [publicId, atMs]);
    },
  };
}

/** A budget may be more than a number holds exactly. */
function readingBigInts(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true);
  return statement;
}

function keyRow(record: KeyRecord): SqlValue[] {
  return [
    record.publicId,
    record.accountId,
    record.digest,
    record.lastLetters,
    record.rotated?.digest ?? null,
    record.rotated?.graceUntilMs ?? null,
    record.kind,
    record.environment,
    record.name,
    record.status,
    ...rightsColumns(record),
    record.createdBy ?? null,
    record.createdAtMs,
    record.expiresAtMs ?? null,
    record.revokedAtMs ?? null,
    record.lastUsedAtMs ?? null,
  ];
}

function changeRow(publicId: string, change: KeyChange): SqlValue[] {
  return [publicId, change.name, change.expiresAtMs ?? null, ...rightsColumns(change)];
}

function rightsColumns({ scopes, modelIds, allowedCidrs, budget, rate }: KeyRights): SqlValue[] {
  return [
    JSON.stringify(scopes),
    listText(modelIds),
    listText(allowedCidrs),
    budget?.limitNanoUsd ?? null,
    budget?.period ?? null,
    rate?.requestsPerMinute ?? null,
    rate?.inputTokensPerMinute ?? null,
    rate?.outputTokensPerMinute ?? null,
    rate?.concurrency ?? null,
  ];
}

function toRecord(stored: Record<string, SQLOutputValue>): KeyRecord {
  const row = stored as unknown as KeyRow;
  const { former_digest: former, grace_until_ms: grace } = row;
  return {
    publicId: row.public_id,
    accountId: row.account,
    digest: row.digest,
    lastLetters: row.last_letters,
    ...(former === null || grace === null
      ? {}
      : { rotated: { digest: former, graceUntilMs: Number(grace) } }),
    kind: row.kind,
    environment: row.environment,
    name: row.name,
    status: row.status,
    scopes: JSON.parse(row.scopes) as Scope[],
    modelIds: listIn(row.model_ids),
    allowedCidrs: listIn(row.allowed_cidrs),
    budget: budgetIn(row),
    rate: rateIn(row),
    ...(row.created_by === null ? {} : { createdBy: row.created_by }),
    createdAtMs: Number(row.created_at_ms),
    ...(row.expires_at_ms === null ? {} : { expiresAtMs: Number(row.expires_at_ms) }),
    ...(row.revoked_at_ms === null ? {} : { revokedAtMs: Number(row.revoked_at_ms) }),
    ...(row.last_used_at_ms === null ? {} : { lastUsedAtMs: Number(row.last_used_at_ms) }),
  };
}

function listText(list: readonly string[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}

function listIn(text: string | null): readonly string[] | null {
  return text === null ? null : (JSON.parse(text) as string[]);
}

function budgetIn({ budget_nano: limitNanoUsd, budget_period: period }: KeyRow): KeyBudget | null {
  return limitNanoUsd === null || period === null ? null : { limitNanoUsd, period };
}

function rateIn(row: KeyRow): KeyRate | null {
  const figures = {
    requestsPerMinute: row.requests_per_minute,
    inputTokensPerMinute: row.input_tokens_per_minute,
    outputTokensPerMinute: row.output_tokens_per_minute,
    concurrency: row.concurrency,
  };
  const limits = Object.entries(figures).filter(([, figure]) => figure !== null);
  if (limits.length === 0) return null;
  return Object.fromEntries(limits.map(([name, figure]) => [name, Number(figure)]));
}
