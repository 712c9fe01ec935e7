import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { CSSProperties, MouseEvent, PointerEvent, ReactElement, ReactNode } from 'react';
import { useEffect, useMemo, useState } from 'react';
import { classNames } from './class-names.ts';
import styles from './data-table.module.css';

const ROW_PX = 38;
const OVERSCAN = 12;
/** So close to the end, more is asked for. */
const NEAR_END_ROWS = 20;

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});

export interface TableColumn<Row> {
  readonly id: string;
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** A track of a CSS grid, as `minmax(160px, 1fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
  /** What it is sorted by; absent where it is not, as in lists of which only a part was read. */
  readonly sortBy?: (row: Row) => string | number | bigint;
}

export interface DataTableProps<Row> {
  /** What it lists, for those who hear it. */
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** Pressing anywhere on a row; the first cell has a link for keyboards. */
  readonly onOpen?: (row: Row) => void;
  readonly empty: ReactNode;
  /** Reads on where there is more. */
  readonly more?: { readonly has: boolean; readonly isLoading: boolean; readonly load: () => void };
}

type Model<Row> = ReturnType<typeof useTable<typeof features, Row & object>>;

/** The rows in the order that was asked for. */
function useModel<Row extends object>({ columns, rows }: DataTableProps<Row>): Model<Row> {
  const helper = useMemo(() => createColumnHelper<typeof features, Row>(), []);
  const definitions = useMemo(
    () =>
      helper.columns(
        columns.map(({ id, name, sortBy }) =>
          helper.accessor((row) => sortBy?.(row) ?? '', {
            id,
            header: name,
            enableSorting: sortBy !== undefined,
            sortFn: 'basic',
          }),
        ),
      ),
    [columns, helper],
  );
  return useTable({ features, columns: definitions, data: rows });
}

/** A list of any length: only the rows in sight are there. */
export function DataTable<Row extends object>(props: DataTableProps<Row>): ReactElement {
  const { label, columns, rows, empty, more } = props;
  // A state and no ref: the rows within mount before a ref to what is around them is set.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const table = useModel(props);
  if (rows.length === 0) return <>{empty}</>;
  const tracks: CSSProperties = {
    gridTemplateColumns: columns.map(({ width }) => width).join(' '),
  };
  return (
    <div
      ref={setScroller}
      className={styles['scroll']}
      tabIndex={0}
      role="region"
      aria-label={`${label}, scrollable`}
    >
      <div
        role="table"
        aria-label={label}
        aria-rowcount={more?.has === true ? -1 : rows.length + 1}
        className={styles['table']}
      >
        <div role="rowgroup" className={styles['head']}>
          <div role="row" aria-rowindex={1} className={styles['row']} style={tracks}>
            {table.getFlatHeaders().map(({ id, column }, at) => (
              <HeadCell
                key={id}
                name={columns[at]?.name ?? ''}
                isNumber={columns[at]?.isNumber === true}
                sorted={column.getIsSorted()}
                onSort={
                  column.getCanSort()
                    ? () => {
                        column.toggleSorting();
                      }
                    : undefined
                }
              />
            ))}
          </div>
        </div>
        <Body {...props} table={table} scroller={scroller} tracks={tracks} />
      </div>
      {more?.isLoading === true ? (
        <div className={styles['foot']} role="status">
          Loading more …
        </div>
      ) : null}
    </div>
  );
}

interface BodyProps<Row extends object> extends DataTableProps<Row> {
  readonly table: Model<Row>;
  readonly scroller: HTMLDivElement | null;
  readonly tracks: CSSProperties;
}

/** The rows in sight, each where it would be if all were there. */
function Body<Row extends object>(props: BodyProps<Row>): ReactElement {
  const { table, scroller, tracks, rows, idOf, more } = props;
  const shown = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    getItemKey: (at) => {
      const row = shown[at];
      return row === undefined ? at : idOf(row.original);
    },
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    const isNearEnd = lastSeen >= rows.length - NEAR_END_ROWS;
    if (more?.has === true && !more.isLoading && isNearEnd) more.load();
  }, [more, lastSeen, rows.length]);
  return (
    <div role="rowgroup" className={styles['body']} style={{ height: virtual.getTotalSize() }}>
      {items.map(({ index, key, start }) => {
        const row = shown[index]?.original;
        const style = { ...tracks, transform: `translateY(${String(start)}px)` };
        return row === undefined ? null : (
          <BodyRow key={key} {...props} row={row} index={index} style={style} />
        );
      })}
    </div>
  );
}

function BodyRow<Row extends object>(
  props: DataTableProps<Row> & {
    readonly row: Row;
    readonly index: number;
    readonly style: CSSProperties;
  },
): ReactElement {
  const { row, index, style, columns, onOpen } = props;
  const open = (event: MouseEvent): void => {
    // Links and buttons within do what they do, and whoever marks text opens nothing.
    const isOwn = (event.target as Element).closest('a,button,input') !== null;
    if (!isOwn && window.getSelection()?.isCollapsed !== false) onOpen?.(row);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the first cell has a link that keyboards reach
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classNames(
        styles['row'],
        styles['item'],
        onOpen !== undefined && styles['openable'],
      )}
      style={style}
      onClick={onOpen === undefined ? undefined : open}
    >
      {columns.map(({ id, cell, isNumber }) => (
        <div
          key={id}
          role="cell"
          className={classNames(styles['cell'], isNumber === true && styles['end'])}
          onPointerEnter={sayInFull}
        >
          {cell(row)}
        </div>
      ))}
    </div>
  );
}

/** What is cut off is said in full to who points at it. */
function sayInFull({ currentTarget: cell }: PointerEvent<HTMLDivElement>): void {
  cell.title = cell.scrollWidth > cell.clientWidth ? (cell.textContent ?? '') : '';
}

function HeadCell(props: {
  readonly name: string;
  readonly isNumber: boolean;
  readonly sorted: false | 'asc' | 'desc';
  readonly onSort: (() => void) | undefined;
}): ReactElement {
  const { name, isNumber, sorted, onSort } = props;
  const Arrow = sorted === 'asc' ? ArrowUp : ArrowDown;
  const direction = sorted === 'asc' ? 'ascending' : 'descending';
  return (
    <div
      role="columnheader"
      aria-sort={sorted === false ? undefined : direction}
      className={classNames(styles['cell'], isNumber && styles['end'])}
    >
      {onSort === undefined ? (
        name
      ) : (
        <button type="button" className={styles['sort']} onClick={onSort}>
          {name}
          {sorted === false ? null : <Arrow size={12} aria-hidden />}
        </button>
      )}
    </div>
  );
}
