import { Worker } from 'node:worker_threads';
import type { Appended, CassetteSink, Recording } from '../cassettes/recorder.ts';
import type { RedactionRules } from '../cassettes/redaction-rules.ts';
import type { TakenExchange } from '../cassettes/taken-exchange.ts';
import type { Clock } from '../std/clock.ts';
import { waitAtMost } from '../std/wait.ts';

/** What the thread is sent: one exchange, and how it is to be kept. */
export interface AppendMessage {
  readonly cassette: string;
  readonly rules: RedactionRules;
  readonly cassetteBytesMax: number;
  readonly taken: TakenExchange;
}

/** What waits gets so long to be written when the gateway ends. */
const CLOSE_WAIT_MS = 5000;

/** Writes cassettes in a thread of its own, which starts with the first exchange that is recorded. */
export class CassetteWriter implements CassetteSink {
  readonly #dataDirectory: string;
  readonly #clock: Clock;
  readonly #waiting: ((appended: Appended) => void)[] = [];
  #worker: Worker | undefined;
  #dead: string | undefined;
  #onIdle: (() => void) | undefined;

  constructor(dataDirectory: string, clock: Clock) {
    this.#dataDirectory = dataDirectory;
    this.#clock = clock;
  }

  append({ cassette, rules, bounds }: Recording, taken: TakenExchange): Promise<Appended> {
    if (this.#dead !== undefined) return Promise.resolve({ kind: 'dropped', reason: this.#dead });
    this.#worker ??= this.#start();
    const { cassetteBytesMax } = bounds;
    const message: AppendMessage = { cassette, rules, cassetteBytesMax, taken };
    this.#worker.postMessage(message);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Waits for what was handed over, then ends the thread. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
      await waitAtMost(idle, CLOSE_WAIT_MS, this.#clock);
    }
    this.#die('the gateway is stopping');
    await this.#worker?.terminate();
  }

  #start(): Worker {
    // Tests run the sources, the built server its output: the thread's file ends as this one does.
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const worker = new Worker(new URL(`./cassette-thread${extension}`, import.meta.url), {
      workerData: { dataDirectory: this.#dataDirectory },
      name: 'cassette-writer',
    });
    // Answers come in the order of the exchanges.
    worker.on('message', (appended: Appended) => {
      this.#waiting.shift()?.(appended);
      if (this.#waiting.length === 0) this.#onIdle?.();
    });
    worker.on('error', (error) => {
      this.#die(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      this.#die('the thread that writes cassettes ended');
    });
    return worker;
  }

  /** Recordings end here, the gateway goes on: what was waiting counts as dropped. */
  #die(reason: string): void {
    if (this.#dead !== undefined) return;
    this.#dead = reason;
    for (const resolve of this.#waiting.splice(0)) resolve({ kind: 'dropped', reason });
    this.#onIdle?.();
  }
}
