import { z } from 'zod';
import { isRefusal } from '../messages/errors.ts';
import { PagedSource } from '../std/paged-source.ts';
import type { ApiCall, ApiRoute, ContentAnswer } from './api-route.ts';
import { contentRoute } from './api-route.ts';
import type { ExportTable } from './export-tables.ts';
import { requestTable, transactionTable, usageTable, writtenTable } from './export-tables.ts';
import { idField } from './field-schemas.ts';
import { requestQuery, usageQuery } from './request-shapes.ts';
import type { TableFormat } from './write-table.ts';
import { tableTypes } from './write-table.ts';

const EXPORTS = '/admin/v1/exports';
const access = { kind: 'admin' } as const;
const contentTypes = Object.values(tableTypes);
const params = z.object({ file: z.enum(['csv', 'json']) });

/** Tables as files: written while they are read, with every sum exact to the nano. */
export const exportRoutes: readonly ApiRoute[] = [
  contentRoute({
    method: 'GET',
    path: `${EXPORTS}/transactions/{file}`,
    operationId: 'exportTransactions',
    summary: 'All that moved in a wallet, as `csv` or `json`.',
    access,
    contentTypes,
    params,
    query: z.strictObject({ account: idField }),
    open: (call) => {
      const { account } = call.query;
      // Whoever keeps the statements of several wallets tells them apart by their names.
      return opened(call, `transactions-${account}`, transactionTable(call.parts, account));
    },
  }),
  contentRoute({
    method: 'GET',
    path: `${EXPORTS}/requests/{file}`,
    operationId: 'exportRequests',
    summary: 'Requests, as `csv` or `json`.',
    access,
    contentTypes,
    params,
    query: requestQuery,
    open: (call) => {
      const { account, ...query } = call.query;
      return opened(call, 'requests', requestTable(call.parts, query, account));
    },
  }),
  contentRoute({
    method: 'GET',
    path: `${EXPORTS}/usage/{file}`,
    operationId: 'exportUsage',
    summary: 'What was used, as `csv` or `json`.',
    access,
    contentTypes,
    params,
    query: usageQuery,
    open: async (call) => {
      const table = await usageTable(call.parts, call.query, call.query.account);
      return isRefusal(table) ? table : opened(call, 'usage', table);
    },
  }),
];

function opened(
  { parts, params: { file }, requestId }: ApiCall<{ readonly file: TableFormat }>,
  name: string,
  table: ExportTable,
): ContentAnswer {
  const body = new PagedSource(writtenTable(table, file), (fault) => {
    parts.log.error('export_failed', { requestId, name, reason: String(fault) });
  });
  const headers = [
    'content-type',
    tableTypes[file],
    'content-disposition',
    `attachment; filename="${name}.${file}"`,
    'cache-control',
    'no-store',
    'x-content-type-options',
    'nosniff',
  ];
  return { kind: 'content', headers, body };
}
