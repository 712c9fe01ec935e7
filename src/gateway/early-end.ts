import type { FrameType } from '../messages/frame.ts';
import type { MessagesEvent } from '../messages/events.ts';

/**
 * Ends a stream of the canonical form before its upstream does, as if its answer had come to its
 * `max_tokens`: for plans that want that where the money runs out (DESIGN §7).
 */
export class EarlyEnd {
  #blocks = 0;
  #isInBlock = false;
  #hasDelta = false;

  /** An event that went out. */
  note(type: FrameType): void {
    if (type === 'content_block_start') {
      this.#blocks += 1;
      this.#isInBlock = true;
    } else if (type === 'content_block_stop') {
      this.#isInBlock = false;
    } else if (type === 'message_delta') {
      this.#hasDelta = true;
    }
  }

  /** What is missing to the end. */
  events(outputTokens: number): readonly MessagesEvent[] {
    const events: MessagesEvent[] = [];
    if (this.#isInBlock) events.push({ type: 'content_block_stop', index: this.#blocks - 1 });
    if (!this.#hasDelta) {
      events.push({
        type: 'message_delta',
        delta: { stop_reason: 'max_tokens', stop_sequence: null },
        usage: { output_tokens: outputTokens },
      });
    }
    return [...events, { type: 'message_stop' }];
  }
}
