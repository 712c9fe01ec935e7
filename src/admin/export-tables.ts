import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { countUsage } from './count-usage.ts';
import type { OrderParts } from './admin-parts.ts';
import type { UsageRowAnswer } from './contract.ts';
import { listRequests } from './list-requests.ts';
import { listTransactions } from './list-transactions.ts';
import type { RequestQuery, UsageQuery } from './request-shapes.ts';
import type { Cell, TableColumn, TableFormat } from './write-table.ts';
import { tableWriter } from './write-table.ts';

/** A table for an export: its columns, and its rows page by page. */
export interface ExportTable {
  readonly columns: readonly TableColumn[];
  /** Columns that are added up to the nano. */
  readonly summed: readonly string[];
  readonly pages: () => AsyncIterable<readonly (readonly Cell[])[]>;
}

/** Rows that are read at once. */
const PAGE = 1000;

const figure = (name: string): TableColumn => ({ name, isFigure: true });
const text = (name: string): TableColumn => ({ name });

/** All that moved in a wallet, newest first; money out has a sign. */
export function transactionTable(
  { ledger }: Pick<OrderParts, 'ledger'>,
  account: string,
): ExportTable {
  return {
    columns: [
      figure('sequence'),
      text('created_at'),
      text('type'),
      figure('amount_nano'),
      text('id'),
      text('request_id'),
      text('about'),
      text('note'),
    ],
    summed: ['amount_nano'],
    pages: () =>
      eachPage(
        (cursor) => listTransactions(ledger, account, { cursor, limit: PAGE }),
        (row) => [
          row.sequence,
          row.created_at,
          row.type,
          row.direction === 'in' ? row.amount_nano : `-${row.amount_nano}`,
          row.id,
          row.request_id,
          row.about,
          row.note,
        ],
      ),
  };
}

/** Requests, newest first, failed ones too. */
export function requestTable(
  { requests }: Pick<OrderParts, 'requests'>,
  query: Omit<RequestQuery, 'cursor' | 'limit'>,
  account: string | undefined,
): ExportTable {
  return {
    columns: [
      text('id'),
      text('created_at'),
      text('account'),
      text('key_id'),
      text('form'),
      text('operation'),
      text('model'),
      text('upstream'),
      figure('http_status'),
      text('error'),
      figure('input_tokens'),
      figure('output_tokens'),
      figure('cache_read_input_tokens'),
      figure('cache_creation_input_tokens'),
      text('price_version'),
      figure('cost_nano'),
      figure('charged_nano'),
      text('gateway'),
    ],
    summed: ['cost_nano', 'charged_nano'],
    pages: () =>
      eachPage(
        (cursor) => listRequests({ requests }, { ...query, cursor, limit: PAGE }, account),
        (row) => [
          row.id,
          row.created_at,
          row.account,
          row.key_id,
          row.form,
          row.operation,
          row.model,
          row.upstream,
          row.http_status,
          row.error,
          row.usage?.input_tokens ?? null,
          row.usage?.output_tokens ?? null,
          row.usage?.cache_read_input_tokens ?? null,
          row.usage?.cache_creation_input_tokens ?? null,
          row.price_version,
          row.cost_nano,
          row.charged_nano,
          row.gateway,
        ],
      ),
  };
}

const usageFigures = [
  'requests',
  'failed',
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'web_search_requests',
  'cost_nano',
  'charged_nano',
  'unknown_costs',
] as const satisfies readonly (keyof UsageRowAnswer)[];

/** What was used, in the groups that were asked for. */
export async function usageTable(
  parts: Pick<OrderParts, 'requests'>,
  query: UsageQuery,
  account: string | undefined,
): Promise<ExportTable | Refusal> {
  const usage = await countUsage(parts, query, account);
  if (isRefusal(usage)) return usage;
  const { group_by: groupBy } = query;
  const rows = usage.data.map((row) => [
    ...groupBy.map((name) => row.by[name] ?? null),
    ...usageFigures.map((name) => row[name]),
  ]);
  return {
    columns: [...groupBy.map((name) => text(name)), ...usageFigures.map((name) => figure(name))],
    summed: ['cost_nano', 'charged_nano'],
    pages: async function* pages() {
      yield await Promise.resolve(rows);
    },
  };
}

/** A table as it goes out: nothing is held but a page, however long it is. */
export async function* writtenTable(
  table: ExportTable,
  format: TableFormat,
): AsyncGenerator<Uint8Array> {
  const writer = tableWriter(format, table.columns);
  const places = table.summed.map((name) =>
    table.columns.findIndex((column) => column.name === name),
  );
  const sums = table.summed.map(() => 0n);
  let isFirst = true;
  yield Buffer.from(writer.head);
  for await (const rows of table.pages()) {
    let written = '';
    for (const row of rows) {
      written += writer.row(row, isFirst);
      isFirst = false;
      for (const [index, place] of places.entries()) {
        sums[index] = (sums[index] ?? 0n) + BigInt(row[place] ?? 0);
      }
    }
    if (written !== '') yield Buffer.from(written);
  }
  const totals = table.summed.map((name, index) => [name, String(sums[index] ?? 0n)] as const);
  yield Buffer.from(writer.tail(Object.fromEntries(totals)));
}

interface CursorPage<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

async function* eachPage<Row>(
  read: (cursor: string | undefined) => Promise<CursorPage<Row> | Refusal>,
  cellsOf: (row: Row) => readonly Cell[],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    if ('kind' in page) throw new Error(`a page of an export was refused: ${page.code}`);
    yield page.data.map((row) => cellsOf(row));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}
