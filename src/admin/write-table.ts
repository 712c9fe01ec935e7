/** A cell: text is what somebody said, a figure is what we counted. */
export type Cell = string | number | boolean | null;

/** A table that is written row by row, in one of two formats. */
export type TableFormat = 'csv' | 'json';

export const tableTypes: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
};

/** Columns by name; a column of figures is written as it is, digits of any number of places. */
export interface TableColumn {
  readonly name: string;
  readonly isFigure?: boolean;
}

/** The beginning, the rows and the end of a table, as text. */
export interface TableWriter {
  readonly head: string;
  /** `isFirst`: of the whole table. */
  readonly row: (cells: readonly Cell[], isFirst: boolean) => string;
  /** With what the columns of figures that were added up came to. */
  readonly tail: (totals: Readonly<Record<string, string>>) => string;
}

export function tableWriter(format: TableFormat, columns: readonly TableColumn[]): TableWriter {
  return format === 'csv' ? csvWriter(columns) : jsonWriter(columns);
}

/** RFC 4180. Totals have no place in it: whoever reads it adds up a column of exact integers. */
function csvWriter(columns: readonly TableColumn[]): TableWriter {
  const line = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
  return {
    head: line(columns.map(({ name }) => name)),
    row: (cells) =>
      line(cells.map((cell, index) => csvCell(cell, columns[index]?.isFigure === true))),
    tail: () => '',
  };
}

function jsonWriter(columns: readonly TableColumn[]): TableWriter {
  return {
    head: '{"data":[',
    row: (cells, isFirst) => {
      const members = columns.map(({ name }, index) => [name, cells[index] ?? null] as const);
      return `${isFirst ? '' : ','}\n${JSON.stringify(Object.fromEntries(members))}`;
    },
    tail: (totals) => `\n],"totals":${JSON.stringify(totals)}}\n`,
  };
}

/** What programs that calculate with tables take for a formula, behind spaces too. */
const formula = /^\s*[=+\-@|%]|^[\t\r\n]/;

/** A text that looks like a formula gets an apostrophe in front of it, which makes it a text. */
function csvCell(cell: Cell, isFigure: boolean): string {
  if (cell === null) return '';
  const text = String(cell);
  const safe = isFigure || typeof cell === 'number' || !formula.test(text) ? text : `'${text}`;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
