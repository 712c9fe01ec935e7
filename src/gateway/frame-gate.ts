import type { OutputMeter } from '../billing/bill.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { FrameType } from '../messages/frame.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import type { Usage, UsageState } from '../messages/usage.ts';

/** A frame that waits, as a copy: what it lay in is gone by the time it goes on. */
export interface KeptFrame {
  readonly type: FrameType;
  readonly bytes: Uint8Array;
  /** Whether it was looked at already, and only has to go out. */
  readonly isWatched: boolean;
}

/** What the frames that wait are to do: go on, or make room for the end of the stream. */
export type GateVerdict = 'open' | 'stop' | Refusal;

/**
 * Keeps the frames of a metered stream back while money for them is being set aside, and its last
 * one until it is written down what the answer used (DESIGN §7; reliability §1.4, §2.2). Whoever reads the
 * stream stops reading while it is shut, so what waits is bounded by what was read at once.
 */
export class FrameGate {
  readonly #meter: OutputMeter;
  readonly #onVerdict: (verdict: GateVerdict) => void;
  #kept: KeptFrame[] = [];
  #isShut = false;
  #isClosed = false;
  /** Whether the first that waits is paid for. */
  #isFirstCovered = false;
  #saved: Usage | undefined;
  /** Until that is durable. */
  #saving: Promise<void> | undefined;

  constructor(meter: OutputMeter, onVerdict: (verdict: GateVerdict) => void) {
    this.#meter = meter;
    this.#onVerdict = onVerdict;
  }

  /** Whether nothing may be read on. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** Whether a frame may be looked at and go on; where not, it is kept, and what follows it too. */
  admits(type: FrameType, bytes: Uint8Array, start: number, end: number): boolean {
    const isFirst = this.#kept.length === 0;
    if (isFirst && this.#meter.covers(bytes, start, end)) return true;
    this.#kept.push({ type, bytes: bytes.slice(start, end), isWatched: false });
    if (isFirst) this.#awaitCover();
    return false;
  }

  /** Whether what ends the stream waits until what the answer used is durable. */
  savesBefore(watch: StreamWatch): boolean {
    const { usage, isFinal } = watch.usage;
    const isDurable = usage === this.#saved && this.#saving === undefined;
    return watch.ended && !watch.failed && isFinal && !isDurable;
  }

  /** Writes down what the answer used although its end is not there yet; nothing waits for that. */
  saveAhead({ usage: state, lacksOnlyEnd }: StreamWatch): void {
    if (lacksOnlyEnd && state.isFinal && state.usage !== this.#saved) void this.#save(state);
  }

  /** Keeps a frame that was looked at, and ends its stream; its bytes are a copy. */
  keepEnd(watch: StreamWatch, type: FrameType, bytes: Uint8Array): void {
    const { usage: state } = watch;
    const saving = state.usage === this.#saved ? this.#saving : this.#save(state);
    this.#kept.unshift({ type, bytes, isWatched: true });
    this.#isShut = true;
    void Promise.resolve(saving).then(() => {
      this.#decide('open');
    });
  }

  /** What could not be written down now is settled all the same, as soon as it can be. */
  #save(state: UsageState): Promise<void> {
    this.#saved = state.usage;
    const over = (): void => {
      if (this.#saving === saving) this.#saving = undefined;
    };
    const saving: Promise<void> = this.#meter.sawFinalUsage(state).then(over, over);
    this.#saving = saving;
    return saving;
  }

  /** The next frame that may go on; undefined where none waits, or the next one is not paid for. */
  take(): KeptFrame | undefined {
    const [next] = this.#kept;
    if (next === undefined || this.#isShut) return undefined;
    const isCovered =
      this.#isFirstCovered ||
      next.isWatched ||
      this.#meter.covers(next.bytes, 0, next.bytes.length);
    if (!isCovered) {
      this.#awaitCover();
      return undefined;
    }
    this.#isFirstCovered = false;
    this.#kept.shift();
    return next;
  }

  /** The stream is over: what waits goes nowhere. */
  close(): void {
    this.#isClosed = true;
    this.#kept = [];
  }

  #awaitCover(): void {
    this.#isShut = true;
    this.#meter.whenCovered().then(
      (verdict) => {
        this.#isFirstCovered = verdict === 'covered';
        this.#decide(verdict === 'covered' ? 'open' : verdict);
      },
      () => {
        // A fault of ours ends the stream: what is not covered never goes out.
        this.#decide(refusal('internal'));
      },
    );
  }

  #decide(verdict: GateVerdict): void {
    if (this.#isClosed) return;
    this.#isShut = false;
    this.#onVerdict(verdict);
  }
}
