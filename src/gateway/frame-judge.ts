import type { Refusal } from '../messages/errors.ts';
import type { FrameType } from '../messages/frame.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import { roughTokensOf } from '../metering/rough-tokens.ts';

/** What a judge is told of a stream besides its frames. */
export interface JudgedStream {
  readonly watch: StreamWatch;
  readonly refuseError: ((said: Refusal) => Refusal) | undefined;
  readonly onOddEvent: (detail: string) => void;
  /** Told once, of the first content. */
  readonly onContent?: (() => void) | undefined;
  /** Whether its head went out: from then on an error is for the client to see as it stands. */
  readonly isCommitted: () => boolean;
}

/** Says of each frame of a stream whether it is passed on, and remembers what that says of the stream. */
export class FrameJudge {
  readonly #stream: JudgedStream;
  #sawContent = false;
  #roughTokens = 0;
  #earlyError: Refusal | undefined;
  #breach: string | undefined;
  #isLate = false;

  constructor(stream: JudgedStream) {
    this.#stream = stream;
  }

  get sawContent(): boolean {
    return this.#sawContent;
  }

  /** About how much of an answer came by. */
  get roughTokens(): number {
    return this.#roughTokens;
  }

  /** What it said of itself before any content. */
  get earlyError(): Refusal | undefined {
    return this.#earlyError;
  }

  /** Why it cannot be passed on any further. */
  get breach(): string | undefined {
    return this.#breach;
  }

  /** Something came after the end: the client has had it all, and what follows is left out. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Whether an event is passed on; where it is not, what stands before it still is. */
  passes(type: FrameType, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#breach !== undefined || this.#isLate) return false;
    const { watch, refuseError, onOddEvent, isCommitted } = this.#stream;
    const verdict = watch.next(type, bytes, start, end);
    switch (verdict.kind) {
      case 'pass':
        if (verdict.isContent) {
          this.#noteContent();
          this.#roughTokens += roughTokensOf(type, end - start);
        }
        return true;
      case 'odd':
        onOddEvent(verdict.detail);
        if (verdict.isContent) this.#noteContent();
        return true;
      case 'error':
        if (isCommitted() || this.#sawContent) return true;
        this.#earlyError = refuseError?.(verdict.said) ?? verdict.said;
        return false;
      case 'broken':
        this.#breach = verdict.detail;
        return false;
      case 'late':
        this.#isLate = true;
        return false;
    }
  }

  #noteContent(): void {
    if (this.#sawContent) return;
    this.#sawContent = true;
    this.#stream.onContent?.();
  }
}
