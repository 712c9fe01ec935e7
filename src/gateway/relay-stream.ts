import type { EventEncoder } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { eventText } from '../messages/events.ts';
import type { FrameType } from '../messages/frame.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import type { UsageState } from '../messages/usage.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { EventTranslation } from './translate-events.ts';

/** How a stream ended. */
export type StreamEnd =
  | { readonly kind: 'complete' }
  /** The upstream said `error`; passed on as it stood. */
  | { readonly kind: 'upstream-error' }
  /** It broke, and we said so with an error event of our own. */
  | { readonly kind: 'failed'; readonly said: Refusal }
  | { readonly kind: 'client-gone' };

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
  /** An event out of order that was passed on all the same. */
  readonly onOddEvent: (detail: string) => void;
  /** Called once, when nothing more will be sent. */
  readonly onOver: (end: StreamEnd) => void;
}

/** How long the head of the answer is held back for the first content event, and how much of it. */
const HOLD_MS = 10_000;
const HOLD_BYTES_MAX = 64 * 1024;
/** How long an upstream may keep the connection open after the last event. */
const CLOSE_WAIT_MS = 1000;
const PING: Uint8Array = Buffer.from(eventText({ type: 'ping' }));

/**
 * Passes a stream of events on as the bytes they are, whole events only, and watches them go by:
 * their order, the usage they report, how they end. A stream that breaks is closed with an error
 * event; an end that the upstream did not send is never made up.
 *
 * The first bytes are held until content comes (DESIGN §4, commit point), so that a failure before
 * that is still a status, not a broken stream.
 */
export class RelayStream implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #options: RelayOptions;
  readonly #watch: StreamWatch;
  readonly #translation: EventTranslation | undefined;
  readonly #splitter = new FrameSplitter((type, bytes, start, end) => {
    this.#onFrame(type, bytes, start, end);
  });
  #held: Uint8Array[] = [];
  #sink: ByteSink | undefined;
  #holdTimer: Timer | undefined;
  #closeTimer: Timer | undefined;
  #onVerdict: ((verdict: 'content' | Refusal) => void) | undefined;
  #isCommitted = false;
  #sawContent = false;
  #earlyError: Refusal | undefined;
  /** Where the bytes that may be passed on end, when a frame of the chunk may not. */
  #cutAt: number | undefined;
  #breach: string | undefined;
  #isAtEnd = false;
  /** Something came after the end: the client has had it all, and what follows is left out. */
  #isLate = false;
  #end: StreamEnd | undefined;
  #bytesPassed = 0;

  constructor(source: ByteSource, options: RelayOptions) {
    this.#source = source;
    this.#options = options;
    this.#watch = options.watch ?? new EventWatch();
    const { encoder } = options;
    this.#translation = encoder === undefined ? undefined : new EventTranslation(encoder);
  }

  get usage(): UsageState {
    return this.#watch.usage;
  }

  get bytesPassed(): number {
    return this.#bytesPassed;
  }

  /**
   * Starts reading and waits for the first content event. Resolves with `content` when the head
   * may go out, or with the refusal that stands in for a stream that failed before.
   */
  firstContent(): Promise<'content' | Refusal> {
    return new Promise((resolve) => {
      if (this.#end !== undefined) {
        resolve(callerGone);
        return;
      }
      this.#onVerdict = resolve;
      this.#source.open(this);
      // Content often comes with the head: then there is nothing to wait for.
      if (this.#isCommitted) return;
      this.#holdTimer = this.#options.clock.after(HOLD_MS, () => {
        this.#pass(this.#options.keepAlive ?? PING);
        this.#commit();
      });
    });
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    const held = this.#held;
    this.#held = [];
    let wantsMore = true;
    for (const chunk of held) wantsMore = sink.write(chunk);
    if (this.#end !== undefined) sink.end();
    else if (wantsMore) this.#source.resume();
  }

  resume(): void {
    this.#source.resume();
  }

  /** The client has gone. */
  cancel(): void {
    this.#over({ kind: 'client-gone' });
  }

  /** Ends the stream with an error event of ours. */
  cut(said: Refusal): void {
    if (this.#end !== undefined) return;
    if (this.#watch.ended) {
      this.#complete();
      return;
    }
    this.#pass(this.#options.encodeErrorEvent(said));
    this.#over({ kind: 'failed', said });
  }

  write(chunk: Uint8Array): boolean {
    if (this.#end !== undefined) return false;
    this.#cutAt = undefined;
    const complete = this.#splitter.push(chunk);
    let wantsMore = true;
    const passable = this.#passable(complete);
    if (passable !== undefined) wantsMore = this.#pass(passable);
    const wrong = this.#breach ?? this.#translation?.fault ?? this.#splitter.fault;
    if (wrong !== undefined) {
      const detail = `The upstream sent a broken stream: ${wrong}.`;
      this.#fail(refusal('upstream_failed', detail, { reason: 'upstream_error' }));
      return false;
    }
    if (this.#earlyError !== undefined) this.#fail(this.#earlyError);
    else if (this.#sawContent || this.#bytesPassed > HOLD_BYTES_MAX) this.#commit();
    if (this.#isLate) this.#complete();
    else if (this.#watch.ended) this.#awaitClose();
    return wantsMore && (this.#sink !== undefined || !this.#isCommitted);
  }

  end(): void {
    if (this.#end !== undefined) return;
    this.#cutAt = undefined;
    this.#isAtEnd = true;
    const rest = this.#splitter.end();
    if (this.#earlyError !== undefined) {
      this.#fail(this.#earlyError);
      return;
    }
    const passable = this.#passable(rest);
    if (!this.#watch.ended || this.#breach !== undefined) {
      this.#fail(refusal('upstream_truncated'));
    } else {
      if (passable !== undefined) this.#pass(passable);
      this.#complete();
    }
  }

  /** Of the frames that are complete, what may be passed on. */
  #passable(complete: Uint8Array | undefined): Uint8Array | undefined {
    if (this.#translation !== undefined) return this.#translation.take();
    if (complete === undefined) return undefined;
    const passable = this.#cutAt === undefined ? complete : complete.subarray(0, this.#cutAt);
    return passable.length === 0 ? undefined : passable;
  }

  fail(fault: StreamFault): void {
    // Everything was there: how the connection ended after that is nobody's loss.
    if (this.#watch.ended) {
      this.end();
      return;
    }
    const code = fault.kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated';
    this.#fail(refusal(code));
  }

  #onFrame(type: FrameType, bytes: Uint8Array, start: number, end: number): void {
    if (this.#isAtEnd && this.#watch.isHalf(bytes, start, end)) {
      this.#cutAt = start;
      return;
    }
    if (!this.#mayPass(type, bytes, start, end)) this.#cutAt ??= start;
    else this.#translation?.add(type, bytes, start, end);
  }

  /** Whether an event is passed on; where it is not, what stands before it still is. */
  #mayPass(type: FrameType, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#breach !== undefined || this.#isLate) return false;
    const verdict = this.#watch.next(type, bytes, start, end);
    switch (verdict.kind) {
      case 'pass':
        this.#sawContent ||= verdict.isContent;
        return true;
      case 'odd':
        this.#options.onOddEvent(verdict.detail);
        this.#sawContent ||= verdict.isContent;
        return true;
      case 'error':
        if (this.#isCommitted || this.#sawContent) return true;
        this.#earlyError = this.#options.refuseError?.(verdict.said) ?? verdict.said;
        return false;
      case 'broken':
        this.#breach = verdict.detail;
        return false;
      case 'late':
        this.#isLate = true;
        return false;
    }
  }

  #pass(bytes: Uint8Array): boolean {
    this.#bytesPassed += bytes.length;
    if (this.#sink !== undefined) return this.#sink.write(bytes);
    this.#held.push(bytes);
    return true;
  }

  /** Before the commit point a failure is a status; after it, an event. */
  #fail(said: Refusal): void {
    if (this.#end !== undefined) return;
    if (this.#isCommitted) {
      this.cut(said);
      return;
    }
    this.#isCommitted = true;
    this.#holdTimer?.cancel();
    this.#end = { kind: 'failed', said };
    this.#source.cancel();
    this.#onVerdict?.(said);
  }

  /** The upstream has said all; a connection that it keeps open must not hold the client. */
  #awaitClose(): void {
    if (this.#end !== undefined || this.#closeTimer !== undefined) return;
    this.#closeTimer = this.#options.clock.after(CLOSE_WAIT_MS, () => {
      this.#complete();
    });
  }

  #complete(): void {
    this.#commit();
    this.#over(this.#watch.failed ? { kind: 'upstream-error' } : { kind: 'complete' });
  }

  #commit(): void {
    if (this.#isCommitted) return;
    this.#isCommitted = true;
    this.#holdTimer?.cancel();
    this.#onVerdict?.('content');
  }

  #over(end: StreamEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#holdTimer?.cancel();
    this.#closeTimer?.cancel();
    this.#source.cancel();
    if (!this.#isCommitted) {
      this.#isCommitted = true;
      this.#onVerdict?.(callerGone);
    } else {
      this.#options.onOver(end);
    }
    if (end.kind !== 'client-gone') this.#sink?.end();
  }
}

const callerGone: Refusal = refusal('upstream_failed', 'The caller has gone.');
