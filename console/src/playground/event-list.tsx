import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactElement } from 'react';
import { useRef, useState } from 'react';
import { countText } from '../format/figures.ts';
import { CodeBlock } from '../ui/code-block.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { EmptyState } from '../ui/states.tsx';
import { parseJson } from '../format/json-value.ts';
import styles from './playground.module.css';
import type { RawEvent, RunState } from './run-state.ts';

const ROW_PX = 28;
const OVERSCAN = 20;
const LINE_LETTERS_MAX = 400;

/** Every event as it came, and when. */
export function EventList({ run }: { readonly run: RunState | undefined }): ReactElement {
  const [chosen, setChosen] = useState(0);
  if (run === undefined || run.events.length === 0) {
    return <EmptyState title="No events yet">They are listed here as they come.</EmptyState>;
  }
  const { events, eventCount } = run;
  const event = events[chosen] ?? events[0];
  return (
    <div className={styles['events']}>
      <div className={styles['eventsHead']}>
        <span>
          {events.length === eventCount
            ? `${countText(eventCount)} events`
            : `${countText(eventCount)} events, the first ${countText(events.length)} of them here`}
        </span>
        <CopyButton text={streamText(events)} label="all events" />
      </div>
      <EventRows events={events} chosen={chosen} onChoose={setChosen} />
      {event === undefined ? null : (
        <CodeBlock text={laidOut(event.data)} label={`data of ${event.event}`} wrap />
      )}
    </div>
  );
}

function EventRows(props: {
  readonly events: readonly RawEvent[];
  readonly chosen: number;
  readonly onChoose: (at: number) => void;
}): ReactElement {
  const { events, chosen, onChoose } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  return (
    <div
      ref={scroller}
      className={styles['eventRows']}
      role="region"
      aria-label="Events"
      tabIndex={0}
    >
      <ol style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const event = events[index];
          return event === undefined ? null : (
            <li key={index} style={{ transform: `translateY(${String(start)}px)` }}>
              <button
                type="button"
                aria-pressed={index === chosen}
                onClick={() => {
                  onChoose(index);
                }}
              >
                <span>{`+${event.atMs.toFixed(1)} ms`}</span>
                <strong>{event.event}</strong>
                <code>{event.data.slice(0, LINE_LETTERS_MAX)}</code>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function laidOut(data: string): string {
  const value = parseJson(data);
  return value === undefined ? data : JSON.stringify(value, undefined, 2);
}

/** The stream again, as text. */
function streamText(events: readonly RawEvent[]): string {
  return events
    .map(({ event, data }) => {
      if (event === 'body') return data;
      return event === ':' ? `: ${data}\n` : `event: ${event}\ndata: ${data}\n`;
    })
    .join('\n');
}
