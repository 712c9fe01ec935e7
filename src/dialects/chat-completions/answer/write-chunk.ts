import type {
  ChatChunk,
  ChatChunkChoice,
  ChatCreditMeta,
  ChatDelta,
  ChatUsage,
} from '../../../chat-form/chat-response.ts';
import type { AnswerShape } from '../answer-shape.ts';
import { dataLine } from './data-line.ts';
import type { AnswerEnding } from './delta-mapping.ts';

/** What ends a stream that came to its end; chat reference §2.11. */
export const DONE = 'data: [DONE]\n\n';
/** A comment: clients skip it, and what stands between sees that the stream is alive. */
export const KEEP_ALIVE = ': ping\n\n';

/** Writes the chunks of one stream, which share their head. One line of data each, and no event name. */
export class ChunkWriter {
  readonly #shape: AnswerShape;
  #tier: string | undefined;

  constructor(shape: AnswerShape) {
    this.#shape = shape;
  }

  /** All chunks from here on name it. */
  set serviceTier(tier: string | undefined) {
    this.#tier = tier;
  }

  delta(delta: ChatDelta): string {
    return this.#choice({ index: 0, delta, finish_reason: null, logprobs: null });
  }

  finish({ finishReason, native }: AnswerEnding): string {
    const finish_reason = finishReason;
    return this.#choice({
      index: 0,
      delta: {},
      finish_reason,
      native_finish_reason: native,
      logprobs: null,
    });
  }

  usage(usage: ChatUsage, meta: ChatCreditMeta | undefined): string {
    return this.#write({ choices: [], usage, ...(meta === undefined ? {} : { meta }) });
  }

  #choice(choice: ChatChunkChoice): string {
    const usage = this.#shape.includesUsage ? { usage: null } : {};
    return this.#write({ choices: [choice], ...usage });
  }

  #write(rest: Pick<ChatChunk, 'choices' | 'usage' | 'meta'>): string {
    const { id, created, model } = this.#shape;
    const tier = this.#tier === undefined ? {} : { service_tier: this.#tier };
    const head = { id, object: 'chat.completion.chunk', created, model } as const;
    const chunk: ChatChunk = { ...head, ...tier, ...rest };
    return dataLine(chunk);
  }
}
