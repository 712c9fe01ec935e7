import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { IdempotentRun } from './idempotent-runs.ts';

/** How a body ended that was kept on its way: its bytes are absent where they were too many. */
export interface TappedEnd {
  readonly isWhole: boolean;
  readonly bytes: Uint8Array | undefined;
}

export interface TapOptions {
  readonly run: IdempotentRun;
  /** Largest body that is kept. */
  readonly bytesMax: number;
  /** Writes down what became of it; the reader is told of the end once that is durable. */
  readonly onOver: (end: TappedEnd) => Promise<void>;
}

/**
 * Passes a body on as it comes and keeps a copy. Where its reader leaves, it reads on by itself; one
 * that is too large to be kept then is of use to nobody, and is given up.
 */
export class IdempotentTap implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #options: TapOptions;
  #chunks: Uint8Array[] | undefined = [];
  #keptBytes = 0;
  #sink: ByteSink | undefined;
  #isOpen = false;
  #isOver = false;

  constructor(source: ByteSource, options: TapOptions) {
    this.#source = source;
    this.#options = options;
    const { left, work } = options.run;
    left.onCancel(() => {
      this.#readAlone();
    });
    // What feeds it is cancelled too, and says nothing any more.
    work.onCancel(() => {
      this.#over(false, () => {});
    });
  }

  open(sink: ByteSink): void {
    if (this.#isOver || this.#options.run.left.cancelled) return;
    this.#sink = sink;
    this.#open();
  }

  resume(): void {
    this.#source.resume();
  }

  /** The reader has gone. */
  cancel(): void {
    this.#readAlone();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    this.#keep(chunk);
    if (this.#sink !== undefined) return this.#sink.write(chunk);
    if (this.#chunks !== undefined) return true;
    this.#options.run.work.cancel();
    return false;
  }

  end(): void {
    this.#over(true, (sink) => {
      sink.end();
    });
  }

  fail(fault: StreamFault): void {
    this.#over(false, (sink) => {
      sink.fail(fault);
    });
  }

  #readAlone(): void {
    if (this.#isOver) return;
    this.#sink = undefined;
    if (this.#chunks === undefined) this.#options.run.work.cancel();
    else if (this.#isOpen) this.#source.resume();
    else this.#open();
  }

  #open(): void {
    this.#isOpen = true;
    this.#source.open(this);
  }

  /** A copy, since whoever gets the chunk may do with it what it likes. */
  #keep(chunk: Uint8Array): void {
    const { run, bytesMax } = this.#options;
    if (this.#chunks === undefined) return;
    this.#keptBytes += chunk.length;
    if (this.#keptBytes <= bytesMax && run.hold(chunk.length))
      this.#chunks.push(Uint8Array.from(chunk));
    else this.#chunks = undefined;
  }

  #over(isWhole: boolean, tell: (sink: ByteSink) => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const bytes = this.#chunks && Buffer.concat(this.#chunks);
    this.#chunks = undefined;
    void this.#options.onOver({ isWhole, bytes }).then(() => {
      if (this.#sink !== undefined) tell(this.#sink);
    });
  }
}
