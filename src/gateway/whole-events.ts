import { FrameSplitter } from '../messages/split-frames.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Clock } from '../std/clock.ts';
import { RelayTimers } from './relay-timers.ts';

export interface WholeEventsOptions {
  readonly clock: Clock;
  /** The end was said in the upstream's place: nothing else was missing. */
  readonly onMissingEnd: () => void;
}

/**
 * A stream of the canonical form that is read whole before any of it goes out. Like one that is
 * relayed, it gets the mark of its end where that is all that is missing; reliability §2.2, phase P5.
 */
export class WholeEvents implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #options: WholeEventsOptions;
  readonly #watch = new EventWatch();
  readonly #timers: RelayTimers;
  readonly #splitter = new FrameSplitter((type, bytes, start, end) => {
    if (this.#isBroken || (this.#isAtEnd && this.#watch.isHalf(bytes, start, end))) return;
    const wasWhole = this.#watch.lacksOnlyEnd;
    const verdict = this.#watch.next(type, bytes, start, end);
    if (verdict.kind !== 'broken') return;
    this.#isBroken = true;
    this.#brokeWhole = wasWhole;
    this.#cutAt = start;
  });
  #sink: ByteSink | undefined;
  #isAtEnd = false;
  #isOver = false;
  #isBroken = false;
  /** What cannot be read came when nothing but the end was missing. */
  #brokeWhole = false;
  /** Where it stands in what was read last. */
  #cutAt: number | undefined;

  constructor(source: ByteSource, options: WholeEventsOptions) {
    this.#source = source;
    this.#options = options;
    this.#timers = new RelayTimers(options.clock);
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    this.#source.open(this);
  }

  resume(): void {
    this.#source.resume();
  }

  cancel(): void {
    this.#isOver = true;
    this.#timers.stop();
    this.#source.cancel();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    const complete = this.#splitter.push(chunk);
    const isUnreadable = this.#splitter.fault !== undefined && this.#watch.lacksOnlyEnd;
    const isOver = this.#brokeWhole || isUnreadable;
    const passable = isOver ? complete?.subarray(0, this.#cutAt) : complete;
    const wantsMore = passable === undefined || this.#sink?.write(passable) === true;
    if (isOver) this.#sayEnd();
    else if (this.#watch.ended) this.#awaitClose();
    else if (this.#watch.lacksOnlyEnd) this.#awaitEnd();
    return wantsMore && !this.#isOver;
  }

  end(): void {
    this.#finish(() => this.#sink?.end());
  }

  fail(fault: StreamFault): void {
    this.#finish(() => {
      if (this.#watch.ended) this.#sink?.end();
      else this.#sink?.fail(fault);
    });
  }

  #finish(otherwise: () => void): void {
    if (this.#isOver) return;
    this.#isAtEnd = true;
    const rest = this.#splitter.end();
    if (this.#watch.lacksOnlyEnd || this.#brokeWhole) {
      this.#sayEnd();
      return;
    }
    this.#isOver = true;
    this.#timers.stop();
    if (rest !== undefined) this.#sink?.write(rest);
    otherwise();
  }

  #awaitEnd(): void {
    this.#timers.awaitEnd(() => {
      if (this.#watch.lacksOnlyEnd) this.#sayEnd();
    });
  }

  #awaitClose(): void {
    this.#timers.awaitClose(() => {
      this.#isOver = true;
      this.#timers.stop();
      this.#source.cancel();
      this.#sink?.end();
    });
  }

  #sayEnd(): void {
    if (this.#isOver || this.#watch.ended) return;
    this.#isOver = true;
    this.#timers.stop();
    this.#source.cancel();
    this.#options.onMissingEnd();
    this.#sink?.write(this.#watch.endMark);
    this.#sink?.end();
  }
}
