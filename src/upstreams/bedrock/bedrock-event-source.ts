import type { Refusal } from '../../messages/errors.ts';
import { errorEvent } from '../../messages/errors.ts';
import type { ByteSink, ByteSource, StreamFault } from '../../std/byte-stream.ts';
import { textOf } from '../../std/json.ts';
import { decodeChunk } from './decode-event.ts';
import type { EventStreamMessage } from './event-stream-decoder.ts';
import { EventStreamDecoder } from './event-stream-decoder.ts';
import { readError } from './read-error.ts';

export interface BedrockStreamOptions {
  readonly requestId: string;
  /** What messages of errors must not say. */
  readonly hidden: readonly string[];
  /** Hears what the stream failed of, for the log. */
  readonly onError: (reason: string, said: Refusal) => void;
}

/**
 * An AWS event stream as the API's own stream of events, as it comes. Back-pressure and
 * cancellation go through to the connection. An exception becomes the stream's error event, which
 * ends it; what is no event stream breaks it off.
 */
export class BedrockEventSource implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #options: BedrockStreamOptions;
  readonly #decoder: EventStreamDecoder;
  #texts: string[] = [];
  #sink: ByteSink | undefined;
  #isOver = false;
  #hasFailed = false;
  #malformed: string | undefined;

  constructor(source: ByteSource, options: BedrockStreamOptions) {
    this.#source = source;
    this.#options = options;
    this.#decoder = new EventStreamDecoder((message) => {
      this.#take(message);
    });
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
    this.#source.cancel();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    this.#decoder.push(chunk);
    const malformed = this.#malformed ?? this.#decoder.fault;
    const wantsMore = this.#flush();
    if (this.#isOver || (!this.#hasFailed && malformed === undefined)) return wantsMore;
    this.#isOver = true;
    this.#source.cancel();
    if (this.#hasFailed) this.#sink?.end();
    else this.#sink?.fail({ kind: 'malformed', detail: malformed ?? '' });
    return false;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#decoder.isWithinMessage) {
      this.#sink?.fail({ kind: 'cut', detail: 'the stream ended within a message' });
    } else {
      this.#sink?.end();
    }
  }

  fail(fault: StreamFault): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink?.fail(fault);
  }

  #take({ headers, payload }: EventStreamMessage): void {
    if (this.#hasFailed || this.#malformed !== undefined) return;
    const kind = headers.get(':message-type');
    if (kind === 'exception' || kind === 'error') {
      this.#takeError(headers, textOf(payload));
    } else if (headers.get(':event-type') === 'chunk') {
      const decoded = decodeChunk(payload);
      if (decoded.kind === 'event') this.#texts.push(decoded.text);
      else if (decoded.kind === 'malformed') this.#malformed = decoded.detail;
    }
  }

  #takeError(headers: EventStreamMessage['headers'], text: string): void {
    const { requestId, hidden, onError } = this.#options;
    const name = headers.get(':exception-type') ?? headers.get(':error-code');
    const message = headers.get(':error-message');
    const said = readError(
      { name, text: message === undefined ? text : JSON.stringify({ message }) },
      hidden,
    );
    onError(name ?? 'error', said);
    this.#texts.push(errorEvent(said, requestId));
    this.#hasFailed = true;
  }

  /** One write for all that a chunk brought. */
  #flush(): boolean {
    if (this.#texts.length === 0) return true;
    const bytes = Buffer.from(this.#texts.join(''));
    this.#texts = [];
    return this.#sink?.write(bytes) ?? false;
  }
}
