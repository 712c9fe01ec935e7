import { FrameSplitter } from '../messages/split-frames.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';

/** Takes the bytes of one answer as they come and says whether they are a whole, faultless one. */
export interface AnswerCollector {
  write(chunk: Uint8Array): void;
  /** The upstream has said all. */
  end(): void;
  /** Whether the answer is whole: nothing that may follow belongs to it. */
  readonly isWhole: boolean;
  /** The answer; only of one that is whole. */
  take(): Uint8Array;
}

/**
 * A stream: whole from its `message_stop` on, where every event before that was in order. One whose
 * last event has no blank line after it is never whole.
 */
export class StreamCollector implements AnswerCollector {
  readonly #watch = new EventWatch();
  readonly #pieces: Uint8Array[] = [];
  readonly #splitter = new FrameSplitter((type, bytes, start, end) => {
    if (this.#watch.ended) return;
    if (this.#watch.next(type, bytes, start, end).kind !== 'pass') this.#isFaulty = true;
    if (this.#watch.ended) this.#endsAt = end;
  });
  /** Where, in the events of one chunk, the last one ends. */
  #endsAt: number | undefined;
  #isFaulty = false;

  write(chunk: Uint8Array): void {
    const complete = this.#splitter.push(chunk);
    // A copy: the chunk is somebody else's.
    if (complete !== undefined) this.#pieces.push(Buffer.from(complete.subarray(0, this.#endsAt)));
  }

  end(): void {}

  get isWhole(): boolean {
    return this.#watch.ended && !this.#isFaulty && this.#splitter.fault === undefined;
  }

  take(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}

/** One piece: whole at its end, where it is a message. */
export class MessageCollector implements AnswerCollector {
  readonly #chunks: Uint8Array[] = [];
  #bytes: Uint8Array | undefined;
  #isMessage = false;

  write(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk));
  }

  end(): void {
    this.#bytes = Buffer.concat(this.#chunks);
    const parsed = parseJson(textOf(this.#bytes));
    this.#isMessage = parsed.kind === 'value' && isMessage(parsed.value);
  }

  get isWhole(): boolean {
    return this.#isMessage;
  }

  take(): Uint8Array {
    return this.#bytes ?? Buffer.alloc(0);
  }
}

/** What every message has; API reference §3. An answer without it is not given again. */
function isMessage(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { type, content, usage, stop_reason: reason } = value;
  const isEnded = typeof reason === 'string';
  return type === 'message' && Array.isArray(content) && isJsonObject(usage) && isEnded;
}
