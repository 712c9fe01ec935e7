import { z } from 'zod';
import type { AuditRecord } from '../ledger/audit-trail.ts';
import { parseJson } from '../std/json.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute } from './api-route.ts';
import type { AuditAnswer, AuditNamesAnswer, CheckAnswer } from './contract.ts';
import { cursorField, idField, limitField, pageOf, timeField, timeText } from './field-schemas.ts';
import { readTimedCursor, timedCursor } from './list-cursor.ts';

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
const auditQuery = z.strictObject({
  limit: limitField,
  cursor: cursorField,
  account: idField.optional(),
  action: idField
    .optional()
    .describe('A whole action such as `key.revoke`, or `key` for all that was done to keys.'),
  actor: idField
    .optional()
    .describe('Who did it, as `operator:ada`, or `operator` for all of that kind.'),
  key: idField.optional().describe('The key that was shown.'),
  subject: z.string().min(1).max(256).optional().describe('What it was done to.'),
  from: timeField.optional().describe('From this moment on.'),
  to: timeField.optional().describe('Before this moment.'),
});
const namesShape: z.ZodType<AuditNamesAnswer> = z.object({
  actions: z.array(z.string()),
  actors: z.array(z.string()),
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
    query: auditQuery,
    answer: pageOf(auditShape),
    read: async ({ parts, query }) => {
      const { cursor, limit, account, action, actor, key: keyId, subject, from, to } = query;
      const place = readTimedCursor(cursor);
      if (place !== undefined && isRefusal(place)) return place;
      const { records, lookedTo } = await parts.audit.list({
        account,
        action,
        actor,
        keyId,
        subject,
        after: place && { atMs: place.atMs, sequence: place.number },
        fromMs: from === undefined ? undefined : Date.parse(from),
        toMs: to === undefined ? undefined : Date.parse(to),
        limit: limit + 1,
      });
      const shown = records.slice(0, limit);
      const next = records.length > limit ? shown.at(-1) : lookedTo;
      return {
        data: shown.map((record) => encodeAudit(record)),
        next_cursor:
          next === undefined ? null : timedCursor({ atMs: next.atMs, number: next.sequence }),
      };
    },
  }),
  readRoute({
    method: 'GET',
    path: `${AUDIT}/names`,
    operationId: 'listAuditNames',
    summary: 'The actions and actors that the newest entries name, to look for them.',
    access,
    answer: namesShape,
    read: async ({ parts }) => {
      const { actions, actors } = await parts.audit.names();
      return { actions: [...actions], actors: [...actors] };
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
