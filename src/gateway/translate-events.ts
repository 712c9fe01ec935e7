import type { EventEncoder } from '../dialects/dialect.ts';
import type { FrameType } from '../messages/frame.ts';
import { readEvent } from '../messages/frame.ts';
import { textOf } from '../std/json.ts';

/** What becomes of an event whose data cannot be read: it ends the stream, or is passed on as it is. */
type UnreadableEvents = 'end-the-stream' | 'pass';

/** Turns the frames of a stream into what the caller's form makes of them, as they come. */
export class EventTranslation {
  readonly #encoder: EventEncoder;
  readonly #unreadable: UnreadableEvents;
  #texts: string[] = [];
  #fault: string | undefined;

  constructor(encoder: EventEncoder, unreadable: UnreadableEvents = 'end-the-stream') {
    this.#encoder = encoder;
    this.#unreadable = unreadable;
  }

  /** Why the stream cannot be translated any further. */
  get fault(): string | undefined {
    return this.#fault;
  }

  add(type: FrameType, bytes: Uint8Array, start: number, end: number): void {
    if (this.#fault !== undefined || type === 'none') return;
    const read = readEvent(type, bytes, start, end);
    if (read.kind === 'unreadable') {
      if (this.#unreadable === 'pass') this.#texts.push(textOf(bytes, start, end));
      else this.#fault = read.detail;
      return;
    }
    try {
      const text = this.#encoder.encode(read.event);
      if (text !== '') this.#texts.push(text);
    } catch (error) {
      // Nobody above a socket's callback would catch it: one stream fails and says so, not all of them.
      this.#fault = `an event ${type} that could not be translated: ${String(error)}`;
    }
  }

  /** What has come together since the last time; undefined where that is nothing. */
  take(): Uint8Array | undefined {
    if (this.#texts.length === 0) return undefined;
    const bytes = Buffer.from(this.#texts.join(''));
    this.#texts = [];
    return bytes;
  }
}
