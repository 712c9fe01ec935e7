import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Clock, Timer } from '../../std/clock.ts';
import { waitAtMost } from '../../std/wait.ts';

export interface SpanQueueOptions {
  readonly clock: Clock;
  readonly exporter: Pick<SpanExporter, 'export' | 'shutdown'>;
  /** Spans that wait; more are dropped and counted. */
  readonly spansMax: number;
  readonly exportEveryMs: number;
  /** Told when the collector stops taking spans, and when it takes them again. */
  readonly onChange: (isTaken: boolean, reason: string) => void;
}

const BATCH_MAX = 512;
const SUCCESS = 0;

/** Spans on their way to the collector: a bounded queue, sent in batches, one batch at a time. */
export class SpanQueue implements SpanProcessor {
  readonly #options: SpanQueueOptions;
  #waiting: ReadableSpan[] = [];
  #sending: Promise<void> | undefined;
  #timer: Timer | undefined;
  #dropped = 0;
  #isTaken = true;
  #isClosed = false;

  constructor(options: SpanQueueOptions) {
    this.#options = options;
  }

  /** Spans that were not sent, so far. */
  get dropped(): number {
    return this.#dropped;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#isClosed || this.#waiting.length >= this.#options.spansMax) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= BATCH_MAX) void this.forceFlush();
    else
      this.#timer ??= this.#options.clock.after(this.#options.exportEveryMs, () => {
        void this.forceFlush();
      });
  }

  /** Sends what waits; who comes while a batch is on its way waits for the end of it. */
  forceFlush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  shutdown(): Promise<void> {
    return this.close(0);
  }

  /** Sends what waits, for so long; what is left then is dropped. */
  async close(forMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await waitAtMost(this.forceFlush(), forMs, this.#options.clock);
    this.#dropped += this.#waiting.length;
    this.#waiting = [];
    await waitAtMost(this.#options.exporter.shutdown(), forMs, this.#options.clock);
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      const reason = await this.#send(batch);
      if (reason !== undefined) this.#dropped += batch.length;
      this.#note(reason);
    }
  }

  /** Why a batch was not taken; the exporter has tried again by then. */
  #send(batch: ReadableSpan[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#options.exporter.export(batch, ({ code, error }) => {
        // oxlint-disable-next-line typescript/no-unsafe-enum-comparison -- the enum is of a package that is not one of ours
        const isTaken = code === SUCCESS;
        resolve(isTaken ? undefined : (error?.message ?? 'not taken'));
      });
    });
  }

  #note(reason: string | undefined): void {
    const isTaken = reason === undefined;
    if (isTaken === this.#isTaken) return;
    this.#isTaken = isTaken;
    this.#options.onChange(isTaken, reason ?? '');
  }
}
