import type { FrameType } from './frame.ts';

/**
 * The order of events in a stream (API reference §5.2):
 *
 *     stream := message_start (ping | block)* message_delta+ message_stop
 *     block  := content_block_start (ping | content_block_delta)* content_block_stop
 *     error  may stand anywhere, also first, and ends the stream
 *
 * with the two exceptions that the API itself makes: a tool call cut by `max_tokens` has no
 * `content_block_stop`, and a resumed call may go from `message_start` to `message_stop` at once.
 * Events of unknown types may stand anywhere before the end.
 */
export type SequenceViolation =
  /** The stream cannot be passed on: a second start, or content without one. */
  | { readonly kind: 'broken'; readonly detail: string }
  /** Something after the end, which the client has had: left out. */
  | { readonly kind: 'late'; readonly detail: string }
  /** Out of order, but a client can still tell what was meant: passed on and counted. */
  | { readonly kind: 'odd'; readonly detail: string };

type Phase = 'before-start' | 'between-blocks' | 'in-block' | 'after-delta' | 'ended';

const betweenBlocks: readonly Phase[] = ['between-blocks'];
const inBlock: readonly Phase[] = ['in-block'];
const anyContent: readonly Phase[] = ['between-blocks', 'in-block', 'after-delta'];
const contentDone: readonly Phase[] = ['after-delta', 'between-blocks'];

export class EventSequence {
  #phase: Phase = 'before-start';
  #failed = false;
  #hasOpenBlock = false;

  /** Whether the stream reached its end: `message_stop` or `error`. */
  get ended(): boolean {
    return this.#phase === 'ended';
  }

  /** Whether the stream ended with `error`. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Whether all content is closed and only the end is missing; reliability §2.1, phase P5. */
  get lacksOnlyEnd(): boolean {
    return this.#phase === 'after-delta' && !this.#hasOpenBlock;
  }

  get started(): boolean {
    return this.#phase !== 'before-start';
  }

  /** Takes the next event's type. Undefined where it is in order. */
  next(type: FrameType): SequenceViolation | undefined {
    if (this.#phase === 'ended') {
      return type === 'none'
        ? undefined
        : { kind: 'late', detail: `${type} after the end of the stream` };
    }
    switch (type) {
      case 'message_start':
        return this.#start();
      case 'content_block_start':
        this.#hasOpenBlock = true;
        return this.#enter('in-block', betweenBlocks, type);
      case 'content_block_delta':
        return this.#enter('in-block', inBlock, type);
      case 'content_block_stop':
        this.#hasOpenBlock = false;
        return this.#enter('between-blocks', inBlock, type);
      case 'message_delta':
        return this.#enter('after-delta', anyContent, type);
      case 'message_stop':
        return this.#enter('ended', contentDone, type);
      case 'error':
        this.#failed = true;
        this.#phase = 'ended';
        return undefined;
      case 'ping':
      case 'other':
      case 'none':
        return undefined;
    }
  }

  #start(): SequenceViolation | undefined {
    if (this.#phase !== 'before-start') return broken('a second message_start');
    this.#phase = 'between-blocks';
    return undefined;
  }

  #enter(
    phase: Phase,
    allowedFrom: readonly Phase[],
    type: FrameType,
  ): SequenceViolation | undefined {
    const from = this.#phase;
    // It cannot be passed on, so it ends nothing either.
    if (from === 'before-start') return broken(`${type} before message_start`);
    this.#phase = phase;
    if (allowedFrom.includes(from)) return undefined;
    return { kind: 'odd', detail: `${type} ${from.replace('-', ' ')}` };
  }
}

function broken(detail: string): SequenceViolation {
  return { kind: 'broken', detail };
}
