import { encodeAudit } from '../admin/audit-routes.ts';
import { complain } from './terminal.ts';
import type { OrderFlags } from './open-orders.ts';
import { tell, tellRows, withOrders } from './open-orders.ts';

export interface AuditFlags extends OrderFlags {
  readonly account?: string;
  readonly limit: number;
}

/** Shows who changed what, newest first. */
export function listAuditCommand(flags: AuditFlags): Promise<void> {
  const { account, limit } = flags;
  return withOrders(flags, async ({ parts }) => {
    const records = await parts.audit.list({
      limit,
      ...(account === undefined ? {} : { account }),
    });
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
