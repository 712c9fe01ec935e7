import { useState } from 'react';

/** What a draft is compared with: how something is written as text, and what a text says of it. */
export interface DraftForm<Shown> {
  readonly textOf: (shown: Shown) => string;
  /** Whether a text says nothing else than this. */
  readonly says: (text: string, shown: Shown) => boolean;
}

/** A text that is being changed, of something that others may change meanwhile. */
export interface Draft<Shown> {
  readonly text: string;
  /** What this was begun with: what is saved takes the place of that alone. */
  readonly from: Shown;
  readonly isDirty: boolean;
  /** It is another one in force than this was begun with. */
  readonly isStale: boolean;
  readonly setText: (text: string) => void;
  readonly discard: () => void;
  /** A text was saved: what was typed since then goes on from what was made of it. */
  readonly saved: (text: string, made: Shown) => void;
}

interface Begun<Shown> {
  readonly text: string;
  readonly from: Shown;
}

/** A draft of what is shown: that itself until somebody changes something. */
export function useDraft<Shown extends { readonly etag: string }>(
  shown: Shown,
  { textOf, says }: DraftForm<Shown>,
): Draft<Shown> {
  const [begun, setBegun] = useState<Begun<Shown>>();
  // Nothing of it is left to save, and what it was begun with is in force no more.
  const isOver =
    begun !== undefined && begun.from.etag !== shown.etag && says(begun.text, begun.from);
  const draft = isOver ? undefined : begun;
  const from = draft?.from ?? shown;
  const text = draft?.text ?? textOf(shown);
  const isDirty = !says(text, shown);
  return {
    text,
    from,
    isDirty,
    isStale: isDirty && from.etag !== shown.etag,
    setText: (next) => {
      // What is as in force again begins anew with the next change.
      setBegun({ text: next, from: isDirty ? from : shown });
    },
    discard: () => {
      setBegun(undefined);
    },
    saved: (sent, made) => {
      setBegun((now) =>
        now === undefined || now.text === sent ? undefined : { text: now.text, from: made },
      );
    },
  };
}
