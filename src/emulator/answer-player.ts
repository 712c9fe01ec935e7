import type { HeaderList, UpstreamAnswer } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import { PacedSource } from './paced-source.ts';
import type { StreamScript } from './scenarios/script-stream.ts';

/** What is played: as an event stream, or as a body of one piece. */
export interface Played {
  readonly headers: HeaderList;
  readonly isEventStream: boolean;
  readonly script: StreamScript;
  readonly pingEveryMs: number;
  readonly cancellation: Cancellation;
  /** Runs once at the end, with the share of the answer that was sent. */
  readonly onDone: (sentShare: number) => void;
}

/** Brings answers out in their time, and knows what is under way, so that a close can cut it. */
export class AnswerPlayer {
  readonly #clock: Clock;
  /** How to cut what is under way. */
  readonly #running = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer whose bytes come in their time. */
  play(played: Played): UpstreamAnswer {
    const { script, cancellation } = played;
    const source = new PacedSource(script.chunks, {
      clock: this.#clock,
      pingEveryMs: played.isEventStream ? played.pingEveryMs : 0,
      ending: script.ending,
      onDone: (sentChunks) => {
        this.#running.delete(cut);
        forget();
        played.onDone(script.chunks.length === 0 ? 1 : sentChunks / script.chunks.length);
      },
    });
    const cut = (): void => {
      source.shutDown();
    };
    this.#running.add(cut);
    let forget = (): void => {};
    forget = cancellation.onCancel(() => {
      source.cancel();
    });
    return {
      kind: 'answer',
      status: 200,
      headers: played.headers,
      isEventStream: played.isEventStream,
      ...(script.isScripted ? { isScripted: true } : {}),
      body: source,
    };
  }

  /** An answer that is there at once. */
  whole(status: number, headers: HeaderList, body: string): UpstreamAnswer {
    return {
      kind: 'answer',
      status,
      headers: ['content-type', 'application/json', ...headers],
      isEventStream: false,
      body: sourceOf(Buffer.from(body)),
    };
  }

  /** True once the time has passed, false where nobody waits for it any more. */
  wait(delayMs: number, cancellation: Cancellation): Promise<boolean> {
    if (cancellation.cancelled) return Promise.resolve(false);
    if (delayMs <= 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (isComplete: boolean): void => {
        timer.cancel();
        this.#running.delete(cut);
        forget();
        resolve(isComplete);
      };
      const cut = (): void => {
        finish(false);
      };
      const timer = this.#clock.after(delayMs, () => {
        finish(true);
      });
      const forget = cancellation.onCancel(cut);
      this.#running.add(cut);
    });
  }

  close(): void {
    for (const cut of this.#running) cut();
    this.#running.clear();
  }
}
