import type { ReactElement } from 'react';
import { instantText, minuteText, momentText, relativeText } from '../format/times.ts';
import { useNow } from './use-now.ts';

/** A moment: how far away it is, and in full for who points at it or copies it. */
export function TimeText({ instant }: { readonly instant: string | null }): ReactElement {
  const nowMs = useNow();
  if (instant === null) return <span>–</span>;
  return (
    <time dateTime={instant} title={instantText(instant)}>
      {relativeText(instant, nowMs)}
    </time>
  );
}

/** A moment as the clock had it: for books and logs, where when it was counts and not how long ago. */
export function MomentText({ instant }: { readonly instant: string }): ReactElement {
  return (
    <time dateTime={instant} title={instantText(instant)}>
      {momentText(instant)}
    </time>
  );
}

/** A moment in full, and how far away it is: for what somebody has to act on. */
export function FullTimeText({ instant }: { readonly instant: string }): ReactElement {
  const nowMs = useNow();
  return (
    <time dateTime={instant}>
      {instantText(instant)} ({relativeText(instant, nowMs)})
    </time>
  );
}

/** A moment to the minute with its year: for what is set ahead, and may be far away. */
export function MinuteText({ instant }: { readonly instant: string | null }): ReactElement {
  if (instant === null) return <span>–</span>;
  return (
    <time dateTime={instant} title={instantText(instant)}>
      {minuteText(instant)}
    </time>
  );
}
