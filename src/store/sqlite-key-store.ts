import type { DatabaseSync } from 'node:sqlite';
import type { KeyEnvironment } from '../access/api-key.ts';
import type { KeyKind, KeyRecord, KeyStore } from '../access/key-store.ts';
import type { Writer } from './writer.ts';

interface KeyRow {
  readonly public_id: string;
  readonly digest: Uint8Array;
  readonly kind: KeyKind;
  readonly environment: KeyEnvironment;
  readonly name: string;
  readonly created_at_ms: number;
  readonly expires_at_ms: number | null;
  readonly revoked_at_ms: number | null;
}

/** API keys in SQLite: reads on the caller's connection, writes through the writer thread. */
export function createSqliteKeyStore(reader: DatabaseSync, writer: Writer): KeyStore {
  const byId = reader.prepare('SELECT * FROM api_keys WHERE public_id = ?');
  const all = reader.prepare('SELECT * FROM api_keys ORDER BY created_at_ms DESC, public_id');
  return {
    find(publicId: string): KeyRecord | undefined {
      const row = byId.get(publicId);
      return row === undefined ? undefined : toRecord(row as unknown as KeyRow);
    },
    list(): readonly KeyRecord[] {
      return all.all().map((row) => toRecord(row as unknown as KeyRow));
    },
    async insert(record: KeyRecord): Promise<void> {
      const row = [
        record.publicId,
        record.digest,
        record.kind,
        record.environment,
        record.name,
        record.createdAtMs,
        record.expiresAtMs ?? null,
        record.revokedAtMs ?? null,
      ];
      await writer.write({ statement: 'insertKey', rows: [row] });
    },
    async revoke(publicId: string, atMs: number): Promise<boolean> {
      const changes = await writer.write({ statement: 'revokeKey', rows: [[atMs, publicId]] });
      return changes > 0;
    },
  };
}

function toRecord(row: KeyRow): KeyRecord {
  return {
    publicId: row.public_id,
    digest: row.digest,
    kind: row.kind,
    environment: row.environment,
    name: row.name,
    createdAtMs: row.created_at_ms,
    ...(row.expires_at_ms === null ? {} : { expiresAtMs: row.expires_at_ms }),
    ...(row.revoked_at_ms === null ? {} : { revokedAtMs: row.revoked_at_ms }),
  };
}
