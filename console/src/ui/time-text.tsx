import type { ReactElement } from 'react';
import { instantText, momentText, relativeText } from '../format/times.ts';
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
