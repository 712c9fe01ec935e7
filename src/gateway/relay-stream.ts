import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { eventText } from '../messages/events.ts';
import type { FrameType } from '../messages/frame.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import type { UsageState } from '../messages/usage.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Timer } from '../std/clock.ts';
import { EarlyEnd } from './early-end.ts';
import type { GateVerdict } from './frame-gate.ts';
import { FrameGate } from './frame-gate.ts';
import type { RelayOptions, StreamEnd } from './relay-options.ts';
import { FrameJudge } from './frame-judge.ts';
import { RelayOutput } from './relay-output.ts';
import { EventTranslation } from './translate-events.ts';

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
  readonly #judge: FrameJudge;
  readonly #translation: EventTranslation | undefined;
  /** Where what goes out is paid for as it does. */
  readonly #gate: FrameGate | undefined;
  readonly #earlyEnd = new EarlyEnd();
  readonly #splitter = new FrameSplitter((type, bytes, start, end) => {
    this.#onFrame(type, bytes, start, end);
  });
  readonly #output = new RelayOutput();
  #holdTimer: Timer | undefined;
  #closeTimer: Timer | undefined;
  #onVerdict: ((verdict: 'content' | Refusal) => void) | undefined;
  #isCommitted = false;
  /** Where the bytes that may be passed on end, when a frame of the chunk may not. */
  #cutAt: number | undefined;
  #isAtEnd = false;
  #end: StreamEnd | undefined;
  /** The source is over, while frames of it still wait. */
  #waitingEnd: 'end' | StreamFault | undefined;

  constructor(source: ByteSource, options: RelayOptions) {
    this.#source = source;
    this.#options = options;
    this.#watch = options.watch ?? new EventWatch();
    this.#judge = new FrameJudge({
      watch: this.#watch,
      refuseError: options.refuseError,
      onOddEvent: options.onOddEvent,
      isCommitted: () => this.#isCommitted,
    });
    const { encoder, meter } = options;
    this.#translation = encoder === undefined ? undefined : new EventTranslation(encoder);
    this.#gate =
      meter &&
      new FrameGate(meter, (verdict) => {
        this.#goOn(verdict);
      });
  }

  get usage(): UsageState {
    return this.#watch.usage;
  }

  get bytesPassed(): number {
    return this.#output.bytesPassed;
  }

  /** Whether any of the answer has gone to the client. */
  get hadContent(): boolean {
    return this.#judge.sawContent && this.#output.isTaken;
  }

  /** About how much of an answer came by, for a stream that was not counted. */
  get roughTokens(): number {
    return this.#judge.roughTokens;
  }

  /** Whether it has said nothing, not even why it ended. */
  get isEmpty(): boolean {
    return this.usage.usage.outputTokens === 0 && !this.#watch.hasStopReason;
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
      const holdMs = Math.max(0, HOLD_MS - (this.#options.heldMs ?? 0));
      this.#holdTimer = this.#options.clock.after(holdMs, () => {
        this.#output.pass(this.#options.keepAlive ?? PING);
        this.#commit();
      });
    });
  }

  open(sink: ByteSink): void {
    this.#output.open(sink);
    if (this.#end === undefined) this.#readOn();
  }

  resume(): void {
    this.#output.resume();
    this.#readOn();
  }

  get #mayReadOn(): boolean {
    const isWanted = this.#output.isTaken || !this.#isCommitted;
    return isWanted && !this.#output.isFull && this.#gate?.isShut !== true;
  }

  #readOn(): void {
    if (this.#mayReadOn) this.#source.resume();
  }

  /** The client has gone. */
  cancel(): void {
    this.#output.leave();
    this.#over({ kind: 'client-gone' });
  }

  /** Ends the stream with an error event of ours. */
  cut(said: Refusal): void {
    if (this.#end !== undefined) return;
    if (this.#watch.ended) {
      // An end that waits to be written down goes out in a moment.
      if (this.#gate?.isShut !== true) this.#complete();
      return;
    }
    this.#output.pass(this.#options.encodeErrorEvent(said));
    this.#over({ kind: 'failed', said });
  }

  write(chunk: Uint8Array): boolean {
    if (this.#end !== undefined) return false;
    this.#cutAt = undefined;
    this.#passOn(this.#splitter.push(chunk));
    return this.#end === undefined && this.#mayReadOn;
  }

  /** What becomes of the frames that were just looked at. */
  #passOn(complete: Uint8Array | undefined): void {
    const passable = this.#passable(complete);
    if (passable !== undefined) this.#output.pass(passable);
    const wrong = this.#judge.breach ?? this.#translation?.fault ?? this.#splitter.fault;
    if (wrong !== undefined) {
      const detail = `The upstream sent a broken stream: ${wrong}.`;
      this.#fail(refusal('upstream_failed', detail, { reason: 'upstream_error' }));
      return;
    }
    if (this.#judge.earlyError !== undefined) this.#fail(this.#judge.earlyError);
    else if (this.#judge.sawContent || this.bytesPassed > HOLD_BYTES_MAX) this.#commit();
    if (this.#judge.isLate) this.#complete();
    else if (this.#watch.ended && this.#gate?.isShut !== true) this.#awaitClose();
  }

  /** Frames that waited go on, or the stream ends in their place. */
  #goOn(verdict: GateVerdict): void {
    if (verdict === 'open') this.#drain();
    else if (verdict === 'stop') this.#stop();
    else this.#fail(verdict);
  }

  #drain(): void {
    for (let kept = this.#gate?.take(); kept !== undefined; kept = this.#gate?.take()) {
      const { type, bytes, isWatched } = kept;
      this.#cutAt = undefined;
      if (isWatched) this.#take(type, bytes, 0, bytes.length);
      else if (!this.#look(type, bytes, 0, bytes.length)) this.#cutAt = 0;
      this.#passOn(bytes);
      if (this.#end !== undefined) return;
    }
    if (this.#gate?.isShut === true) return;
    const over = this.#waitingEnd;
    if (over === undefined) this.#readOn();
    else if (over === 'end') this.end();
    else this.fail(over);
  }

  /** The money is at its end: so is the answer, as a client understands it. */
  #stop(): void {
    if (!this.#isCommitted) {
      this.#fail(refusal('billing'));
      return;
    }
    for (const event of this.#earlyEnd.events(this.#options.meter?.outputTokens() ?? 0)) {
      const bytes = Buffer.from(eventText(event));
      this.#translation?.add(event.type, bytes, 0, bytes.length);
      const passable = this.#translation === undefined ? bytes : this.#translation.take();
      if (passable !== undefined) this.#output.pass(passable);
    }
    this.#over({ kind: 'stopped' });
  }

  end(): void {
    if (this.#end !== undefined) return;
    this.#cutAt = undefined;
    this.#isAtEnd = true;
    const rest = this.#splitter.end();
    if (this.#gate?.isShut === true) {
      this.#waitingEnd = 'end';
      return;
    }
    if (this.#judge.earlyError !== undefined) {
      this.#fail(this.#judge.earlyError);
      return;
    }
    const passable = this.#passable(rest);
    if (!this.#watch.ended || this.#judge.breach !== undefined) {
      this.#fail(refusal('upstream_truncated'));
    } else {
      if (passable !== undefined) this.#output.pass(passable);
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
    if (this.#gate?.isShut === true) {
      this.#waitingEnd = fault;
      return;
    }
    // Everything was there: how the connection ended after that is nobody's loss.
    if (this.#watch.ended) {
      this.end();
      return;
    }
    const code = fault.kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated';
    this.#fail(refusal(code));
  }

  #onFrame(type: FrameType, bytes: Uint8Array, start: number, end: number): void {
    const isKept = this.#gate?.admits(type, bytes, start, end) === false;
    if (isKept || !this.#look(type, bytes, start, end)) this.#cutAt ??= start;
  }

  /** Whether an event goes on now; where it does not, what stands before it still does. */
  #look(type: FrameType, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#isAtEnd && this.#watch.isHalf(bytes, start, end)) return false;
    if (!this.#judge.passes(type, bytes, start, end)) return false;
    if (this.#gate?.savesBefore(this.#watch) === true) {
      this.#gate.keepEnd(this.#watch, type, bytes.slice(start, end));
      return false;
    }
    this.#take(type, bytes, start, end);
    return true;
  }

  #take(type: FrameType, bytes: Uint8Array, start: number, end: number): void {
    if (this.#gate !== undefined) this.#earlyEnd.note(type);
    this.#translation?.add(type, bytes, start, end);
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
    this.#gate?.close();
    this.#source.cancel();
    if (!this.#isCommitted) {
      this.#isCommitted = true;
      this.#onVerdict?.(callerGone);
    } else {
      this.#options.onOver(end);
    }
    if (end.kind !== 'client-gone') this.#output.finish(this.#options.lastWords);
  }
}

const callerGone: Refusal = refusal('upstream_failed', 'The caller has gone.');
