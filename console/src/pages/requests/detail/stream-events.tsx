import type { ReactElement } from 'react';
import { createContext, useContext, useMemo } from 'react';
import type { StreamEventAnswer } from '../../../../../src/admin/contract-exchanges.ts';
import { classNames } from '../../../ui/class-names.ts';
import type { TableColumn } from '../../../ui/data-table.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import styles from './replay.module.css';

interface Row extends StreamEventAnswer {
  readonly index: number;
}

/** How many events there were so far: only cells in sight hear of it. */
const Seen = createContext(0);

/** The events of a stream with their times; those that are still to come are faint. */
export function StreamEvents(props: {
  readonly events: readonly StreamEventAnswer[];
  readonly seen: number;
  /** Absent where they have no times. */
  readonly onSeek: ((atMs: number) => void) | undefined;
}): ReactElement {
  const { events, seen, onSeek } = props;
  const rows = useMemo(() => events.map((event, index) => ({ ...event, index })), [events]);
  const columns = useMemo(() => columnsWith(onSeek), [onSeek]);
  return (
    <Seen value={seen}>
      <DataTable
        label="Events of the stream"
        columns={columns}
        rows={rows}
        idOf={({ index }) => String(index)}
        empty={<EmptyState title="The stream had no events" />}
      />
    </Seen>
  );
}

function columnsWith(onSeek: ((atMs: number) => void) | undefined): readonly TableColumn<Row>[] {
  return [
    {
      id: 'time',
      name: 'After',
      width: 'minmax(104px, auto)',
      cell: (row) => <EventTime row={row} onSeek={onSeek} />,
    },
    {
      id: 'event',
      name: 'Event',
      width: 'minmax(170px, auto)',
      cell: ({ event, index }) => <Fading index={index} text={event ?? 'data'} />,
    },
    {
      id: 'data',
      name: 'Data',
      width: 'minmax(320px, 1fr)',
      cell: ({ data, index }) => <Fading index={index} text={data} />,
    },
  ];
}

function EventTime(props: {
  readonly row: Row;
  readonly onSeek: ((atMs: number) => void) | undefined;
}): ReactElement {
  const {
    row: { at_ms: at, index },
    onSeek,
  } = props;
  if (at === null || onSeek === undefined) return <span>{String(index + 1)}</span>;
  const text = `${at.toFixed(1)} ms`;
  return (
    <button
      type="button"
      className={styles['seek']}
      aria-label={`Go to ${text}`}
      onClick={() => {
        onSeek(at);
      }}
    >
      {text}
    </button>
  );
}

function Fading(props: { readonly index: number; readonly text: string }): ReactElement {
  const { index, text } = props;
  const isAhead = index >= useContext(Seen);
  return (
    <code className={classNames(isAhead && styles['ahead'])} title={text}>
      {text}
    </code>
  );
}
