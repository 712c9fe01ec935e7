import type { ResponseBlock } from '../../messages/content-blocks.ts';
import type { ContentBlockDelta, MessagesEvent } from '../../messages/events.ts';

/** How much may wait for a block before it to end. */
const WAITING_LETTERS_MAX = 8 * 1024 * 1024;

/** A block of the answer, from its first piece to its end. */
export interface QueuedBlock {
  readonly start: ResponseBlock;
  /** Whether nothing more of it can come; asked once another block has begun. */
  readonly isWhole: () => boolean;
  readonly waiting: ContentBlockDelta[];
  isClosed: boolean;
}

/**
 * Blocks of the canonical form come one after the other, while an engine may send the calls of
 * several tools in turns. The first block is open and passes on; those behind it wait until it is
 * whole, or until the answer ends.
 */
export class BlockQueue {
  readonly #emit: (event: MessagesEvent) => void;
  readonly #blocks: QueuedBlock[] = [];
  #index = 0;
  #waitingLetters = 0;

  constructor(emit: (event: MessagesEvent) => void) {
    this.#emit = emit;
  }

  /** The block that began last, if it has not ended. */
  get last(): QueuedBlock | undefined {
    return this.#blocks.at(-1);
  }

  /** Whether more waits than may. */
  get isOverfull(): boolean {
    return this.#waitingLetters > WAITING_LETTERS_MAX;
  }

  /** Begins a block. */
  add(start: ResponseBlock, isWhole: () => boolean = () => true): QueuedBlock {
    const block: QueuedBlock = { start, isWhole, waiting: [], isClosed: false };
    this.#blocks.push(block);
    if (this.#blocks.length === 1) this.#open(block);
    else this.advance();
    return block;
  }

  grow(block: QueuedBlock, delta: ContentBlockDelta): void {
    if (block === this.#blocks[0]) {
      this.#emit({ type: 'content_block_delta', index: this.#index, delta });
      return;
    }
    block.waiting.push(delta);
    this.#waitingLetters += lettersIn(delta);
  }

  /** Ends the open block if it is whole and another one waits, and so on. */
  advance(): void {
    while (this.#blocks.length > 1 && this.#blocks[0]?.isWhole() === true) this.#next();
  }

  /** The answer is over, and so is every block. */
  finish(): void {
    while (this.#blocks.length > 0) this.#next();
  }

  #open(block: QueuedBlock): void {
    const { start: content_block, waiting } = block;
    this.#emit({ type: 'content_block_start', index: this.#index, content_block });
    for (const delta of waiting) {
      this.#waitingLetters -= lettersIn(delta);
      this.#emit({ type: 'content_block_delta', index: this.#index, delta });
    }
    waiting.length = 0;
  }

  #next(): void {
    const ended = this.#blocks.shift();
    if (ended !== undefined) ended.isClosed = true;
    this.#emit({ type: 'content_block_stop', index: this.#index });
    this.#index += 1;
    const [next] = this.#blocks;
    if (next !== undefined) this.#open(next);
  }
}

function lettersIn(delta: ContentBlockDelta): number {
  switch (delta.type) {
    case 'text_delta':
      return delta.text.length;
    case 'thinking_delta':
      return delta.thinking.length;
    case 'signature_delta':
      return delta.signature.length;
    case 'input_json_delta':
      return delta.partial_json.length;
    case 'citations_delta':
    case 'compaction_delta':
      return 0;
  }
}
