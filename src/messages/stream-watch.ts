import type { Refusal } from './errors.ts';
import { refusalOfError } from './errors.ts';
import { eventText } from './events.ts';
import { EventSequence } from './event-sequence.ts';
import type { FrameType } from './frame.ts';
import { dataEventType, frameJson, hasBrokenData } from './frame.ts';
import { UsageState } from './usage.ts';
import { isJsonObject } from '../std/json.ts';

/** What a frame of a stream is to those who pass it on. */
export type FrameVerdict =
  | { readonly kind: 'pass'; readonly isContent: boolean }
  /** The stream says itself that it failed; it ends with that. */
  | { readonly kind: 'error'; readonly said: Refusal }
  /** Out of order, but a client can still tell what was meant: passed on and counted. */
  | { readonly kind: 'odd'; readonly detail: string; readonly isContent: boolean }
  /** Something after the end, which the client has had: left out. */
  | { readonly kind: 'late' }
  /** The stream cannot be passed on. */
  | { readonly kind: 'broken'; readonly detail: string };

/** Watches the frames of one stream go by, in whatever form it is: order, usage, how it ends. */
export interface StreamWatch {
  readonly usage: UsageState;
  /** Whether the stream reached its end, or said that it failed. */
  readonly ended: boolean;
  /** Whether it ended by saying that it failed. */
  readonly failed: boolean;
  /** Whether it said why it ended. */
  readonly hasStopReason: boolean;
  /** What it said, where that is in the canonical form's words. */
  readonly stopReason?: string | undefined;
  /**
   * Whether all of its answer is there, with the reason and the usage that end it, and nothing is
   * missing but the mark of the end; reliability §2.1, phase P5.
   */
  readonly lacksOnlyEnd: boolean;
  /** What marks the end of a stream of this form. */
  readonly endMark: Uint8Array;
  /** Whether what stands at the end of a stream without its blank line is only half of a frame. */
  isHalf(bytes: Uint8Array, start: number, end: number): boolean;
  next(type: FrameType, bytes: Uint8Array, start: number, end: number): FrameVerdict;
}

const passes: FrameVerdict = { kind: 'pass', isContent: false };
const carriesContent: FrameVerdict = { kind: 'pass', isContent: true };
const isLate: FrameVerdict = { kind: 'late' };
const END_MARK: Uint8Array = Buffer.from(eventText({ type: 'message_stop' }));

/** Events whose data says what is in the answer: one that cannot be read would be a hole in it. */
const carriers: ReadonlySet<FrameType> = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
]);

/** The watch over a stream of the canonical form; API reference §5.2. */
export class EventWatch implements StreamWatch {
  readonly usage: UsageState = new UsageState();
  readonly endMark: Uint8Array = END_MARK;
  readonly #sequence = new EventSequence();
  #stopReason: string | undefined;

  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  get hasStopReason(): boolean {
    return this.#stopReason !== undefined;
  }

  get ended(): boolean {
    return this.#sequence.ended;
  }

  get failed(): boolean {
    return this.#sequence.failed;
  }

  get lacksOnlyEnd(): boolean {
    return this.#sequence.lacksOnlyEnd && this.hasStopReason && this.usage.isFinal;
  }

  isHalf(bytes: Uint8Array, start: number, end: number): boolean {
    return frameJson(bytes, start, end).kind === 'malformed';
  }

  next(type: FrameType, bytes: Uint8Array, start: number, end: number): FrameVerdict {
    const wrong = this.ended ? undefined : wrongOf(type, bytes, start, end);
    if (wrong !== undefined) return { kind: 'broken', detail: `an event ${type} ${wrong}` };
    const violation = this.#sequence.next(type);
    if (violation?.kind === 'broken') return violation;
    if (violation?.kind === 'late') return isLate;
    if (type === 'message_start' || type === 'message_delta') this.#meter(type, bytes, start, end);
    if (type === 'error') return { kind: 'error', said: saidError(bytes, start, end) };
    const isContent = type !== 'message_start' && type !== 'ping' && type !== 'none';
    if (violation !== undefined) return { ...violation, isContent };
    return isContent ? carriesContent : passes;
  }

  #meter(
    type: 'message_start' | 'message_delta',
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const parsed = frameJson(bytes, start, end);
    if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return;
    if (type === 'message_delta') {
      const { delta, usage } = parsed.value;
      this.usage.mergeFinal(usage);
      const reason = isJsonObject(delta) ? delta['stop_reason'] : undefined;
      if (typeof reason === 'string') this.#stopReason ??= reason;
      return;
    }
    const { message } = parsed.value;
    if (message !== undefined && isJsonObject(message)) this.usage.merge(message['usage']);
  }
}

/**
 * Why an event cannot be passed on: it is to say what is in the answer, and cannot be read; or it is
 * to end the answer, and is no end to a client that goes by its data.
 */
function wrongOf(
  type: FrameType,
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  if (carriers.has(type)) {
    return hasBrokenData(bytes, start, end) ? 'whose data is no JSON' : undefined;
  }
  if (type !== 'message_stop') return undefined;
  const named = dataEventType(bytes, start, end);
  return named === type || named === 'none' ? undefined : 'whose data is of another type';
}

function saidError(bytes: Uint8Array, start: number, end: number): Refusal {
  const parsed = frameJson(bytes, start, end);
  const { value } = parsed.kind === 'value' ? parsed : { value: null };
  const error = isJsonObject(value) ? value['error'] : undefined;
  return refusalOfError(error !== undefined && isJsonObject(error) ? error : {});
}
