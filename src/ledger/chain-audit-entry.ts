import type { AuditRecord } from './audit-trail.ts';
import { hashRow } from './hash-row.ts';

/** The hash of an entry and of all before it, made as that of a transfer is. */
export function chainAuditEntry(previousHash: string, entry: AuditRecord): string {
  return hashRow([
    previousHash,
    String(entry.sequence),
    entry.atMs,
    entry.actor,
    entry.keyId ?? null,
    entry.address ?? null,
    entry.requestId ?? null,
    entry.action,
    entry.account ?? null,
    entry.subject,
    entry.reason ?? null,
    entry.before ?? null,
    entry.after ?? null,
  ]);
}
