import type { RequestBlock, ToolResultPart } from '../../messages/content-blocks.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';

/** Counts tokens where an engine does not say how many there were. */
export interface TokenEstimator {
  inputTokens(request: MessagesRequest): number;
  /** `model` as the request names it. */
  outputTokens(text: string, model: string): number;
}

const LETTERS_A_TOKEN = 4;
const MEDIA_TOKENS = 1500;

/**
 * About how long a prompt is, for the beginning of a stream: counting it takes as long as ten
 * requests, and is done only where the engine says nothing at the end.
 */
export function roughInputTokens(request: MessagesRequest, bodyLetters: number): number {
  let mediaLetters = 0;
  let media = 0;
  const weigh = (block: RequestBlock | ToolResultPart): void => {
    if (block.type === 'tool_result' && typeof block.content !== 'string') {
      for (const part of block.content ?? []) weigh(part);
    }
    if (block.type !== 'image' && block.type !== 'document') return;
    media += 1;
    if (block.source.type === 'base64') mediaLetters += block.source.data.length;
  };
  for (const message of request.messages) for (const block of blocksOf(message)) weigh(block);
  const letters = Math.max(0, bodyLetters - mediaLetters);
  return Math.ceil(letters / LETTERS_A_TOKEN) + media * MEDIA_TOKENS;
}

const KEPT_LETTERS_MAX = 256 * 1024;

/** What an engine wrote, to be counted should it not say how much that was. Bounded: beyond, by ratio. */
export class WrittenText {
  readonly #pieces: string[] = [];
  #kept = 0;
  #letters = 0;

  add(text: string): void {
    this.#letters += text.length;
    if (this.#kept >= KEPT_LETTERS_MAX) return;
    this.#pieces.push(text);
    this.#kept += text.length;
  }

  count(countTokens: (text: string) => number): number {
    if (this.#kept === 0) return 0;
    return Math.ceil((countTokens(this.#pieces.join('')) * this.#letters) / this.#kept);
  }
}
