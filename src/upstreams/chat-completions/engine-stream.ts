import type { Refusal } from '../../messages/errors.ts';
import { errorEnvelope, refusal } from '../../messages/errors.ts';
import type { MessagesEvent } from '../../messages/events.ts';
import { FrameSplitter } from '../../messages/split-frames.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { AnswerFacts } from './answer-decoder.ts';
import { AnswerDecoder } from './answer-decoder.ts';
import { hideWords } from '../hide-words.ts';

export interface EngineStreamOptions {
  readonly facts: AnswerFacts;
  readonly requestId: string;
  /** What messages of errors must not say. */
  readonly hidden: readonly string[];
}

const END_MARK = '[DONE]';
const BYTE_ORDER_MARK = '\uFEFF';

/** Reads the bytes of an engine's stream, however they are cut, and says what they mean. */
export class EngineStream {
  readonly #options: EngineStreamOptions;
  readonly #emit: (event: MessagesEvent) => void;
  readonly #decoder: AnswerDecoder;
  readonly #splitter = new FrameSplitter((_type, bytes, start, end) => {
    this.#onFrame(textOf(bytes, start, end));
  });
  #isAtEnd = false;
  #isOver = false;

  constructor(options: EngineStreamOptions, emit: (event: MessagesEvent) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#decoder = new AnswerDecoder(options.facts, emit);
  }

  /** Whether the engine has said why it stopped. */
  get isFinished(): boolean {
    return this.#decoder.isFinished;
  }

  get isUsageEstimated(): boolean {
    return this.#decoder.isUsageEstimated;
  }

  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
    const { fault } = this.#splitter;
    if (fault !== undefined) this.#fail(broken(fault));
  }

  /** Nothing more comes. Some engines leave out the blank line after the last event. */
  end(): void {
    this.#isAtEnd = true;
    this.#splitter.end();
    this.#finish();
  }

  #onFrame(frame: string): void {
    if (this.#isOver) return;
    const data = dataOf(frame);
    if (data === undefined) {
      // Comments say that the engine is at work; before the start there is nothing to say it in.
      if (this.#decoder.hasStarted) this.#emit({ type: 'ping' });
      return;
    }
    if (data === END_MARK) {
      this.#finish();
      return;
    }
    const parsed = parseJson(data);
    // Half an event at the very end says nothing: what it was cut from has no end either.
    if (parsed.kind === 'malformed' && this.#isAtEnd) return;
    const failed =
      parsed.kind === 'value'
        ? this.#decoder.take(parsed.value)
        : broken('an event whose data is no JSON');
    if (failed !== undefined) this.#fail(failed);
  }

  #finish(): void {
    if (this.#isOver) return;
    const finished = this.#decoder.finish();
    if (typeof finished === 'object') this.#fail(finished);
    else this.#isOver = finished;
  }

  #fail(said: Refusal): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { requestId, hidden } = this.#options;
    const { type, error, request_id } = errorEnvelope(said, requestId);
    const message = hideWords(error.message, hidden);
    this.#emit({ type, error: { details: null, ...error, message }, request_id });
  }
}

function broken(what: string): Refusal {
  return refusal('upstream_failed', `The upstream sent a broken stream: ${what}.`);
}

/** The data of an event, its lines joined; undefined where it has none. */
function dataOf(frame: string): string | undefined {
  const plain = frame.startsWith(BYTE_ORDER_MARK) ? frame.slice(1) : frame;
  const lines = plain
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length));
  const data = lines.join('\n').trim();
  return data === '' ? undefined : data;
}
