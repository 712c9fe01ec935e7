import { chatUsageOf, serviceTierOf } from '../../chat-form/chat-usage.ts';
import { refusalOfError } from '../../messages/errors.ts';
import type { JsonObject } from '../../std/json.ts';
import type { EventEncoder } from '../dialect.ts';
import type { AnswerShape } from './answer-shape.ts';
import { creditMeta } from './answer/credit-meta.ts';
import { DeltaMapping } from './answer/delta-mapping.ts';
import { objectIn } from './answer/event-fields.ts';
import { ChunkWriter, DONE, KEEP_ALIVE } from './answer/write-chunk.ts';
import { errorData } from './encode-error.ts';
import { refuseError } from '../refuse-answer.ts';

/** Encodes the events of one stream; chat reference §2.11. */
export class StreamEncoder implements EventEncoder {
  readonly keepAlive: Uint8Array = Buffer.from(KEEP_ALIVE);
  readonly #shape: AnswerShape;
  readonly #mapping: DeltaMapping;
  readonly #chunks: ChunkWriter;
  #isOver = false;

  constructor(shape: AnswerShape) {
    this.#shape = shape;
    this.#mapping = new DeltaMapping(shape);
    this.#chunks = new ChunkWriter(shape);
  }

  encode(event: JsonObject): string {
    if (this.#isOver) return '';
    switch (event['type']) {
      case 'ping':
        return KEEP_ALIVE;
      case 'error':
        return this.#fail(objectIn(event, 'error'));
      default:
        return this.#chunksOf(event);
    }
  }

  #chunksOf(event: JsonObject): string {
    const deltas = this.#mapping.take(event);
    if (event['type'] === 'message_start') {
      this.#chunks.serviceTier = serviceTierOf(this.#mapping.usage);
    }
    const written = deltas.map((delta) => this.#chunks.delta(delta)).join('');
    const { ending, usage } = this.#mapping;
    if (ending === undefined) return written;
    this.#isOver = true;
    const last = this.#shape.includesUsage
      ? this.#chunks.usage(chatUsageOf(usage), creditMeta(usage, this.#shape.credits))
      : '';
    return `${written}${this.#chunks.finish(ending)}${last}${DONE}`;
  }

  /** A stream that failed says so and stops: an end after it would look like success. */
  #fail(error: JsonObject): string {
    this.#isOver = true;
    return errorData(refuseError(refusalOfError(error), this.#shape));
  }
}
