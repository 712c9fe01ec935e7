import type { OutputMeter } from '../billing/bill.ts';
import type { EventEncoder } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import type { Clock } from '../std/clock.ts';

/** How a stream ended. */
export type StreamEnd =
  | { readonly kind: 'complete' }
  /** The upstream said `error`; passed on as it stood. */
  | { readonly kind: 'upstream-error' }
  /** It broke, and we said so with an error event of our own. */
  | { readonly kind: 'failed'; readonly said: Refusal }
  /** The money ran out, and it was ended as if it had come to its `max_tokens`. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'client-gone' };

/** What a relay works with. */
export interface RelayOptions {
  readonly clock: Clock;
  /** What the stream is watched by; that of the canonical form where absent. */
  readonly watch?: StreamWatch;
  /** What becomes of the events, where the caller's form is another one. */
  readonly encoder?: EventEncoder;
  /** What says to the caller that the stream is still there; a `ping` where absent. */
  readonly keepAlive?: Uint8Array;
  /** What a caller is told of an error that the stream says before any content. */
  readonly refuseError?: (said: Refusal) => Refusal;
  readonly encodeErrorEvent: (said: Refusal) => Uint8Array;
  /** Counts what goes out; absent where nothing has to be held for it. */
  readonly meter?: OutputMeter | undefined;
  /** How long the head was held back already. */
  readonly heldMs?: number | undefined;
  /** Told of its first content, once. */
  readonly onContent?: (() => void) | undefined;
  /** An event out of order that was passed on all the same. */
  readonly onOddEvent: (detail: string) => void;
  /** The end of a stream was said in its upstream's place: nothing else was missing. */
  readonly onMissingEnd?: () => void;
  /**
   * Asked when the client has gone: whether the rest is read all the same, for what it says of its
   * usage, and told how to give that up. Absent where it never is.
   */
  readonly readsOn?: (giveUp: () => void) => boolean;
  /** Called once, when nothing more of the answer will be sent. */
  readonly onOver: (end: StreamEnd) => void;
  /** What is said after the end, to who is still there; absent where that is nothing. */
  readonly lastWords?: (() => Promise<Uint8Array | undefined>) | undefined;
}
