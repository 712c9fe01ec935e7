import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { eventText } from '../messages/events.ts';
import type { FrameType } from '../messages/frame.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import type { UsageState } from '../messages/usage.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import { brokenStream } from './broken-stream.ts';
import { EarlyEnd } from './early-end.ts';
import type { GateVerdict } from './frame-gate.ts';
import { FrameGate } from './frame-gate.ts';
import type { RelayOptions, StreamEnd } from './relay-options.ts';
import { FrameJudge } from './frame-judge.ts';
import { PING, RelayOutput } from './relay-output.ts';
import { RelayTimers } from './relay-timers.ts';
import { EventTranslation } from './translate-events.ts';

/** How much of an answer is held back for the first content event. */
const HOLD_BYTES_MAX = 64 * 1024;

/**
 * Passes a stream of events on as the bytes they are, whole events only, and watches them go by:
 * their order, the usage they report, how they end. A stream that breaks is closed with an error
 * event. One of which nothing but the mark of its end is missing gets that (decision 0024); no other
 * one gets an end that its upstream did not send.
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
  readonly #output: RelayOutput;
  readonly #timers: RelayTimers;
  /** The client has gone, and the rest is read all the same, for what it says of its usage. */
  #isUnheard = false;
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
    this.#timers = new RelayTimers(options.clock);
    this.#output = new RelayOutput(options.clock, options.keepAlive ?? PING);
    this.#judge = new FrameJudge({
      watch: this.#watch,
      refuseError: options.refuseError,
      onOddEvent: options.onOddEvent,
      onContent: options.onContent,
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

  /** Why the model stopped, where the stream says that in the canonical form's words. */
  get stopReason(): string | undefined {
    return this.#watch.stopReason;
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
      this.#timers.awaitContent(this.#options.heldMs ?? 0, () => {
        this.#output.keepAlive();
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
    const isWanted = this.#output.isTaken || this.#isUnheard || !this.#isCommitted;
    return isWanted && !this.#output.isFull && this.#gate?.isShut !== true;
  }

  #readOn(): void {
    if (this.#mayReadOn) this.#source.resume();
  }

  /** The client has gone. */
  cancel(): void {
    this.#output.leave();
    if (this.#end !== undefined || this.#isUnheard) return;
    this.#isUnheard =
      this.#options.readsOn?.(() => {
        this.#over(clientGone);
      }) ?? false;
    if (this.#isUnheard) this.#readOn();
    else this.#over(clientGone);
  }

  /** Ends the stream with an error event of ours, where its answer was not whole anyway. */
  cut(said: Refusal): void {
    if (this.#end !== undefined) return;
    if (this.#watch.lacksOnlyEnd) this.#sayEnd();
    else this.#sayError(said);
  }

  #sayError(said: Refusal): void {
    if (this.#watch.ended && this.#translation?.fault === undefined) {
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
    if (this.#wrong !== undefined) {
      this.#breakOff(this.#wrong);
      return;
    }
    if (this.#judge.earlyError !== undefined) this.#fail(this.#judge.earlyError);
    else if (this.#judge.sawContent || this.bytesPassed > HOLD_BYTES_MAX) this.#commit();
    if (this.#judge.isLate) this.#complete();
    else if (this.#watch.ended && this.#gate?.isShut !== true) this.#awaitClose();
    else if (this.#watch.lacksOnlyEnd) this.#awaitEnd();
  }

  /** Why nothing more of it can be passed on. */
  get #wrong(): string | undefined {
    return this.#translation?.fault ?? this.#judge.breach ?? this.#splitter.fault;
  }

  /** What cannot be passed on ends the stream, which may have been whole by then. */
  #breakOff(wrong: string): void {
    const isTold = this.#translation?.fault === undefined;
    if (isTold && this.#watch.lacksOnlyEnd) this.#sayEnd();
    else this.#fail(brokenStream(wrong));
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
    const isWhole = this.#watch.ended || this.#watch.lacksOnlyEnd;
    if (isWhole && passable !== undefined) {
      if (this.#translation === undefined) this.#output.passRest(passable);
      else this.#output.pass(passable);
    }
    if (this.#wrong !== undefined) this.#breakOff(this.#wrong);
    else if (!isWhole) this.#fail(refusal('upstream_truncated'));
    else if (this.#watch.ended) this.#complete();
    else this.#sayEnd();
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
    if (this.#watch.ended || this.#watch.lacksOnlyEnd) {
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
      this.#sayError(said);
      return;
    }
    this.#isCommitted = true;
    this.#timers.stop();
    this.#end = { kind: 'failed', said };
    this.#source.cancel();
    this.#onVerdict?.(said);
  }

  /**
   * Says the end in the upstream's place: all else is there. Like an end of the upstream's own it
   * waits until what was used is written down.
   */
  #sayEnd(): void {
    const { endMark } = this.#watch;
    this.#options.onMissingEnd?.();
    this.#cutAt = undefined;
    this.#watch.next('message_stop', endMark, 0, endMark.length);
    if (this.#gate?.savesBefore(this.#watch) === true) {
      this.#waitingEnd = 'end';
      this.#gate.keepEnd(this.#watch, 'message_stop', endMark);
      return;
    }
    this.#take('message_stop', endMark, 0, endMark.length);
    const passable = this.#passable(endMark);
    if (passable !== undefined) this.#output.pass(passable);
    if (this.#translation?.fault === undefined) this.#complete();
    else this.#fail(brokenStream(this.#translation.fault));
  }

  #awaitEnd(): void {
    if (this.#end !== undefined) return;
    const gate = this.#gate;
    if (gate) this.#timers.awaitEndNow(() => gate.saveAhead(this.#watch));
    this.#timers.awaitEnd(() => {
      // One that is not read on cannot come to its end.
      if (!this.#mayReadOn) this.#awaitEnd();
      else if (this.#watch.lacksOnlyEnd) this.#sayEnd();
    });
  }

  #awaitClose(): void {
    if (this.#end !== undefined) return;
    this.#timers.awaitClose(() => {
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
    this.#timers.contentCame();
    this.#onVerdict?.('content');
  }

  #over(end: StreamEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#timers.stop();
    this.#gate?.close();
    this.#source.cancel();
    if (!this.#isCommitted) {
      this.#isCommitted = true;
      this.#onVerdict?.(callerGone);
    } else {
      this.#options.onOver(this.#isUnheard ? clientGone : end);
    }
    if (end.kind === 'client-gone' || this.#isUnheard) return;
    this.#output.finish(this.#options.lastWords);
  }
}

const callerGone: Refusal = refusal('upstream_failed', 'The caller has gone.');
const clientGone: StreamEnd = { kind: 'client-gone' };
