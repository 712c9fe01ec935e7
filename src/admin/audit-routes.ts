import { z } from 'zod';
import type { AuditRecord } from '../ledger/audit-trail.ts';
import { refusal } from '../messages/errors.ts';
import { parseJson } from '../std/json.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute } from './api-route.ts';
import type { AuditAnswer, CheckAnswer } from './contract.ts';
import { cursorField, idField, limitField, pageOf, timeField, timeText } from './field-schemas.ts';
import { readSequence } from './list-transactions.ts';

const AUDIT = '/admin/v1/audit-log';
const access = { kind: 'admin' } as const;
const text = z.string().nullable();

const auditShape: z.ZodType<AuditAnswer> = z.object({
  sequence: z.string(),
  at: timeField,
  actor: z.string(),
  key_id: text,
  address: text,
  request_id: text,
  action: z.string(),
  account: text,
  subject: z.string(),
  reason: text,
  before: z.unknown(),
  after: z.unknown(),
});
const checkShape: z.ZodType<CheckAnswer> = z.object({
  is_sound: z.boolean(),
  entries: z.int(),
  head: z.string(),
  problems: z.array(z.string()),
});

/** Who changed what, and whether the books and that log are sound. */
export const auditRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: AUDIT,
    operationId: 'listAuditLog',
    summary: 'Who changed what, newest first.',
    access,
    query: z.strictObject({ limit: limitField, cursor: cursorField, account: idField.optional() }),
    answer: pageOf(auditShape),
    read: async ({ parts, query: { cursor, limit, account } }) => {
      const before = readSequence(cursor);
      if (before === null)
        return refusal('invalid_request', 'cursor: unknown', { param: 'cursor' });
      const records = await parts.audit.list({
        limit: limit + 1,
        ...(before === undefined ? {} : { before }),
        ...(account === undefined ? {} : { account }),
      });
      const data = records.slice(0, limit).map((record) => encodeAudit(record));
      return { data, next_cursor: records.length > limit ? (data.at(-1)?.sequence ?? null) : null };
    },
  }),
  readRoute({
    method: 'GET',
    path: `${AUDIT}/check`,
    operationId: 'checkAuditLog',
    summary: 'Computes the chain of hashes of the audit log again.',
    access,
    answer: checkShape,
    read: async ({ parts }) => {
      const { entries, head, problems } = await parts.audit.verify();
      return { is_sound: problems.length === 0, entries, head, problems: [...problems] };
    },
  }),
  readRoute({
    method: 'GET',
    path: '/admin/v1/ledger/check',
    operationId: 'checkLedger',
    summary: 'Computes every balance from the transfers again, and their chain of hashes.',
    access,
    answer: checkShape,
    read: async ({ parts }) => {
      const { transfers, head, problems } = await parts.ledger.verify();
      return { is_sound: problems.length === 0, entries: transfers, head, problems: [...problems] };
    },
  }),
];

export function encodeAudit(record: AuditRecord): AuditAnswer {
  return {
    sequence: String(record.sequence),
    at: timeText(record.atMs),
    actor: record.actor,
    key_id: record.keyId ?? null,
    address: record.address ?? null,
    request_id: record.requestId ?? null,
    action: record.action,
    account: record.account ?? null,
    subject: record.subject,
    reason: record.reason ?? null,
    before: valueOf(record.before),
    after: valueOf(record.after),
  };
}

function valueOf(json: string | undefined): unknown {
  if (json === undefined) return null;
  const parsed = parseJson(json);
  return parsed.kind === 'value' ? parsed.value : json;
}
