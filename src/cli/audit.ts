import { encodeAudit } from '../admin/audit-routes.ts';
import type { AuditPlace, AuditRecord } from '../ledger/audit-trail.ts';
import { complain } from './terminal.ts';
import type { OrderFlags } from './open-orders.ts';
import { tell, tellRows, withOrders } from './open-orders.ts';

export interface AuditFlags extends OrderFlags {
  readonly account?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly key?: string;
  readonly limit: number;
}

/** Shows who changed what, newest first. */
export function listAuditCommand(flags: AuditFlags): Promise<void> {
  const { account, action, actor, key: keyId, limit } = flags;
  return withOrders(flags, async ({ parts }) => {
    const wanted = { account, action, actor, keyId };
    const records: AuditRecord[] = [];
    let after: AuditPlace | undefined;
    do {
      const found = await parts.audit.list({ ...wanted, after, limit: limit - records.length });
      records.push(...found.records);
      after = found.lookedTo;
    } while (after !== undefined && records.length < limit);
    const rows = records.map((record) => encodeAudit(record));
    tellRows(flags, rows, ['sequence', 'at', 'actor', 'action', 'subject', 'reason']);
  });
}

/** Computes the chain of hashes of the audit log again. */
export function verifyAuditCommand(flags: OrderFlags): Promise<void> {
  return withOrders(flags, async ({ parts }) => {
    const check = await parts.audit.verify();
    tell(flags, check);
    if (check.problems.length > 0) complain('the audit log is not sound');
  });
}
