import { z } from 'zod';
import { refusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute } from './api-route.ts';
import type { InvoiceAnswer } from './contract.ts';
import { amountField, idField } from './field-schemas.ts';
import { makeInvoice } from './make-invoice.ts';

const month = z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/, 'YYYY-MM is wanted');

const invoiceShape: z.ZodType<InvoiceAnswer> = z.object({
  account: z.string(),
  month: z.string(),
  lines: z.array(
    z.object({
      model: z.string().nullable(),
      class: z.string(),
      price_version: z.string().nullable(),
      requests: z.int(),
      count: z.string(),
      amount_nano: amountField,
    }),
  ),
  total_nano: amountField,
  carried_in_nano: amountField,
  total_cents: z.string(),
  carried_out_nano: amountField,
});

/** What an account paid for requests in a month, by model, class and price version. */
export const invoiceRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: '/admin/v1/accounts/{account}/invoices/{month}',
    operationId: 'getInvoice',
    summary: 'What an account paid for requests in a month in UTC.',
    access: { kind: 'admin' },
    params: z.object({ account: idField, month }),
    answer: invoiceShape,
    read: ({ parts, params }) => makeInvoice(parts.charges, params.account, params.month),
  }),
];

/** The same for the account itself. */
export const ownInvoiceRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: '/v1/invoices/{month}',
    operationId: 'getOwnInvoice',
    summary: 'What the account paid for requests in a month in UTC.',
    access: { kind: 'account', keyKinds: ['inference', 'management'], scope: 'wallet:read' },
    params: z.object({ month }),
    answer: invoiceShape,
    read: ({ parts, params, principal }) =>
      principal === undefined
        ? refusal('permission_denied')
        : makeInvoice(parts.charges, principal.account, params.month),
  }),
];
