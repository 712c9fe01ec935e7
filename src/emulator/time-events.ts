import type { MessagesEvent } from '../messages/events.ts';
import { eventText } from '../messages/events.ts';
import { countTokens } from './tokens/split-tokens.ts';

const CHUNK_LETTERS = 4096;
const MS_PER_SECOND = 1000;

/** How fast an answer comes. 0 stands for no delay and, for pings, for none. */
export interface Pace {
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly pingEveryMs: number;
}

/** Bytes of a stream and how long after the ones before they come. */
export interface TimedChunk {
  readonly delayMs: number;
  readonly text: string;
}

/**
 * Events as chunks in time: the first content after `firstTokenMs`, what follows at the speed of its
 * tokens. What comes at the same time goes in one chunk, since each write has its price.
 */
export function timeEvents(
  events: readonly MessagesEvent[],
  pace: Pace,
  lastText = '',
): readonly TimedChunk[] {
  const chunks: TimedChunk[] = [];
  let open: TimedChunk = { delayMs: 0, text: '' };
  let sawContent = false;
  for (const event of events) {
    const isContent = event.type === 'content_block_delta';
    const delayMs = isContent && !sawContent ? pace.firstTokenMs : deltaMs(event, pace);
    sawContent ||= isContent;
    if (delayMs > 0 || open.text.length >= CHUNK_LETTERS) {
      chunks.push(open);
      open = { delayMs, text: '' };
    }
    open = { delayMs: open.delayMs, text: open.text + eventText(event) };
  }
  chunks.push({ delayMs: open.delayMs, text: open.text + lastText });
  return chunks.filter((chunk) => chunk.text !== '');
}

/** How long a one-piece answer is in the making. */
export function wholeAnswerMs(outputTokens: number, pace: Pace): number {
  return pace.firstTokenMs + tokensMs(outputTokens, pace);
}

function deltaMs(event: MessagesEvent, pace: Pace): number {
  if (event.type !== 'content_block_delta') return 0;
  switch (event.delta.type) {
    case 'text_delta':
      return tokensMs(countTokens(event.delta.text), pace);
    case 'thinking_delta':
      return tokensMs(countTokens(event.delta.thinking), pace);
    case 'input_json_delta':
      return tokensMs(countTokens(event.delta.partial_json), pace);
    case 'signature_delta':
    case 'citations_delta':
    case 'compaction_delta':
      return 0;
  }
}

function tokensMs(tokens: number, pace: Pace): number {
  return pace.tokensPerSecond > 0 ? (tokens * MS_PER_SECOND) / pace.tokensPerSecond : 0;
}
