import type { RedactedThinkingBlock, ThinkingBlock } from '../messages/content-blocks.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { ChatReasoningDetail, ChatThinkingBlock } from './chat-request.ts';

/**
 * Thinking in the two conventions that carry its signatures, and so survive a round trip: blocks as
 * the Messages form has them (`thinking_blocks`), and details (`reasoning_details`). Both directions;
 * chat reference §2.8.
 */
export type SealedBlock = ThinkingBlock | RedactedThinkingBlock;

/** What details say of where they are from; those of other models mean nothing here. */
const FORMAT = 'anthropic-claude-v1';
const FORMAT_FAMILY = 'anthropic-';

/** A block as a detail. `index` counts the details of one message. */
export function reasoningDetail(block: SealedBlock, index: number): ChatReasoningDetail {
  if (block.type === 'redacted_thinking') {
    return { type: 'reasoning.encrypted', data: block.data, format: FORMAT, index };
  }
  const { thinking: text, signature } = block;
  return { type: 'reasoning.text', text, signature, format: FORMAT, index };
}

/** A block as one of `thinking_blocks`. */
export function chatThinkingBlock(block: SealedBlock): ChatThinkingBlock {
  if (block.type === 'redacted_thinking') return { type: block.type, data: block.data };
  return { type: block.type, thinking: block.thinking, signature: block.signature };
}

/** Whether a block can be given back: text alone cannot, and no text with a signature can. */
export function isSigned(block: SealedBlock): boolean {
  return (block.type === 'thinking' ? block.signature : block.data) !== '';
}

/** Blocks from `thinking_blocks`; what is none is left out, and a missing signature is empty. */
export function readThinkingBlocks(entries: readonly JsonValue[]): readonly SealedBlock[] {
  return entries.flatMap((entry) => readThinkingBlock(entry) ?? []);
}

/** One of them, or a part of the same form. */
export function readThinkingBlock(entry: JsonValue): SealedBlock | undefined {
  if (!isJsonObject(entry)) return undefined;
  if (entry['type'] === 'redacted_thinking') {
    return typeof entry['data'] === 'string'
      ? { type: 'redacted_thinking', data: entry['data'] }
      : undefined;
  }
  if (entry['type'] !== 'thinking') return undefined;
  return {
    type: 'thinking',
    thinking: textIn(entry['thinking']),
    signature: textIn(entry['signature']),
  };
}

interface OpenBlock {
  readonly texts: string[];
  signature: string;
}

type Entry = OpenBlock | RedactedThinkingBlock;

/**
 * Blocks from `reasoning_details`. Clients that gather them from a stream may return the pieces as
 * they came: pieces of one `index` are one block, until a signature closes it.
 */
export function readReasoningDetails(details: readonly JsonValue[]): readonly SealedBlock[] {
  const entries: Entry[] = [];
  const open = new Map<JsonValue, OpenBlock>();
  for (const detail of details) {
    if (!isJsonObject(detail) || !isOfThisFamily(detail['format'])) continue;
    const { type, index = null, text, signature, data } = detail;
    if (type === 'reasoning.encrypted' && typeof data === 'string') {
      entries.push({ type: 'redacted_thinking', data });
      open.delete(null);
    }
    if (type !== 'reasoning.text') continue;
    const block = open.get(index) ?? { texts: [], signature: '' };
    if (!open.has(index)) entries.push(block);
    block.texts.push(textIn(text));
    block.signature = textIn(signature);
    if (block.signature === '') open.set(index, block);
    else open.delete(index);
  }
  return entries.map((entry) => blockOf(entry));
}

function blockOf(entry: Entry): SealedBlock {
  if ('type' in entry) return entry;
  return { type: 'thinking', thinking: entry.texts.join(''), signature: entry.signature };
}

function isOfThisFamily(format: JsonValue | undefined): boolean {
  return typeof format !== 'string' || format === 'unknown' || format.startsWith(FORMAT_FAMILY);
}

function textIn(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
