import { Pause, Play } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type {
  ContentOfExchange,
  StreamEventAnswer,
} from '../../../../../src/admin/contract-exchanges.ts';
import { durationText } from '../../../format/figures.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { SelectField } from '../../../ui/field.tsx';
import { grownText, readDelta } from './read-delta.ts';
import { SaidText } from './said-text.tsx';
import styles from './replay.module.css';
import { StreamEvents } from './stream-events.tsx';
import type { Playback } from './use-playback.ts';
import { usePlayback } from './use-playback.ts';

const speeds = [0.25, 0.5, 1, 2, 4, 10].map((speed) => ({
  value: String(speed),
  text: `${String(speed)}×`,
}));

/** A stream as it went, on its own timeline; where its times are not kept, what it came to. */
export function StreamReplay(props: {
  readonly events: readonly StreamEventAnswer[];
  readonly content: Pick<ContentOfExchange, 'are_events_timed' | 'are_events_cut'>;
}): ReactElement {
  const { events, content } = props;
  const endMs = events.at(-1)?.at_ms ?? 0;
  const playback = usePlayback(endMs);
  const pieces = useMemo(() => events.map(({ data }) => readDelta(data)), [events]);
  const isTimed = content.are_events_timed;
  const seen = isTimed
    ? events.findLastIndex(({ at_ms: at }) => (at ?? 0) <= playback.atMs) + 1
    : events.length;
  const said = useMemo(() => grownText(pieces, seen), [pieces, seen]);
  return (
    <Card title="Stream">
      <div className={styles['replay']}>
        {isTimed ? (
          <Controls playback={playback} endMs={endMs} seen={seen} events={events.length} />
        ) : (
          <p className={styles['note']}>The log of an AI gateway keeps no times of its events.</p>
        )}
        <SaidText said={said} isEnd={seen === events.length} />
        {content.are_events_cut ? (
          <p className={styles['note']}>The stream had more events than are kept.</p>
        ) : null}
        <StreamEvents events={events} seen={seen} onSeek={isTimed ? playback.seek : undefined} />
      </div>
    </Card>
  );
}

function Controls(props: {
  readonly playback: Playback;
  readonly endMs: number;
  readonly seen: number;
  readonly events: number;
}): ReactElement {
  const { playback, endMs, seen, events } = props;
  const { atMs, isPlaying, speed } = playback;
  const Icon = isPlaying ? Pause : Play;
  return (
    <div className={styles['controls']}>
      <Button onClick={playback.toggle}>
        <Icon size={14} aria-hidden />
        {isPlaying ? 'Pause' : 'Play'}
      </Button>
      <input
        type="range"
        className={styles['scrub']}
        aria-label="Position in the stream"
        aria-valuetext={`${durationText(atMs)} of ${durationText(endMs)}`}
        min={0}
        max={Math.max(1, endMs)}
        step="any"
        value={atMs}
        onChange={(event) => {
          playback.seek(event.target.valueAsNumber);
        }}
      />
      <span className={styles['position']}>
        {durationText(atMs)} of {durationText(endMs)} · {String(seen)} of {String(events)} events
      </span>
      <SelectField
        label="Speed"
        hidesLabel
        value={String(speed)}
        options={speeds}
        onChange={(event) => {
          playback.setSpeed(Number(event.target.value));
        }}
      />
    </div>
  );
}
