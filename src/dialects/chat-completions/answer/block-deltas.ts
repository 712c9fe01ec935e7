import type { ChatDelta } from '../../../chat-form/chat-response.ts';
import type { SealedBlock } from '../../../chat-form/reasoning-details.ts';
import {
  chatThinkingBlock,
  isSigned,
  reasoningDetail,
} from '../../../chat-form/reasoning-details.ts';
import type { JsonObject } from '../../../std/json.ts';
import type { AnswerShape } from '../answer-shape.ts';
import { urlCitations } from './annotations.ts';
import { customCall, functionCall } from './call-deltas.ts';
import { objectsIn, textIn } from './event-fields.ts';
import type { TextOutlet } from './remove-fence.ts';

/** What one block of an answer becomes, while it arrives. */
export interface BlockDeltas {
  /** The block as its start shows it: what is there already must not be lost. */
  start(): readonly ChatDelta[];
  grow(delta: JsonObject): readonly ChatDelta[];
  /** The block is over; not whole where the answer ended in the midst of it. */
  stop(isWhole: boolean): readonly ChatDelta[];
}

/** What the blocks of one answer count together. */
export interface AnswerProgress {
  readonly shape: Pick<AnswerShape, 'callsAs' | 'customTools' | 'reasoning'>;
  readonly text: TextOutlet;
  /** Calls so far: their indexes are dense from 0, whatever blocks stand between them. */
  calls: number;
  /** Blocks of thinking so far. */
  thoughts: number;
  /** A call was too long to be given back. */
  isCallLost: boolean;
}

/** How each kind of block is mapped; chat reference §2.11. */
const kinds: ReadonlyMap<string, (block: JsonObject, progress: AnswerProgress) => BlockDeltas> =
  new Map([
    ['text', textBlock],
    ['thinking', thinkingBlock],
    ['redacted_thinking', redactedBlock],
    ['tool_use', callBlock],
  ]);

/** Begins a block. What server tools do has no place in this form, and neither have unknown kinds. */
export function openBlock(block: JsonObject, progress: AnswerProgress): BlockDeltas {
  return kinds.get(textIn(block, 'type'))?.(block, progress) ?? silent;
}

const silent: BlockDeltas = { start: () => [], grow: () => [], stop: () => [] };

function textBlock(block: JsonObject, { text }: AnswerProgress): BlockDeltas {
  const startIndex = text.position;
  const citations: JsonObject[] = [...objectsIn(block, 'citations')];
  return {
    start: () => contentOf(text.push(textIn(block, 'text'))),
    grow(delta) {
      if (delta['type'] === 'citations_delta') {
        citations.push(...objectsIn({ citations: [delta['citation'] ?? null] }, 'citations'));
      }
      return delta['type'] === 'text_delta' ? contentOf(text.push(textIn(delta, 'text'))) : [];
    },
    stop() {
      const annotations = urlCitations(citations, startIndex, text.position);
      return annotations.length === 0 ? [] : [{ annotations }];
    },
  };
}

/** A piece of text, where there is any. */
export function contentOf(content: string): readonly ChatDelta[] {
  return content === '' ? [] : [{ content }];
}

/** The words as they come; the whole block at its end, since its signature vouches for all of it. */
function thinkingBlock(block: JsonObject, progress: AnswerProgress): BlockDeltas {
  const { reasoning } = progress.shape;
  if (reasoning === 'excluded') return silent;
  const index = progress.thoughts;
  progress.thoughts += 1;
  const texts: string[] = [];
  let signature = textIn(block, 'signature');
  const think = (text: string): readonly ChatDelta[] => {
    if (text === '') return [];
    texts.push(text);
    if (reasoning === 'content-and-blocks') return [{ reasoning_content: text }];
    const { signature: _unsigned, ...piece } = reasoningDetail(thinkingOf(text, ''), index);
    return [{ reasoning_content: text, reasoning: text, reasoning_details: [piece] }];
  };
  return {
    start: () => think(textIn(block, 'thinking')),
    grow(delta) {
      if (delta['type'] === 'signature_delta') signature += textIn(delta, 'signature');
      return delta['type'] === 'thinking_delta' ? think(textIn(delta, 'thinking')) : [];
    },
    stop() {
      const whole = thinkingOf(texts.join(''), signature);
      // What has no signature cannot be given back, so there is no block of it to keep.
      if (!isSigned(whole)) return [];
      return sealed(whole, reasoningDetail(thinkingOf('', signature), index), reasoning);
    },
  };
}

function thinkingOf(thinking: string, signature: string): SealedBlock {
  return { type: 'thinking', thinking, signature };
}

function redactedBlock(block: JsonObject, progress: AnswerProgress): BlockDeltas {
  const { reasoning } = progress.shape;
  if (reasoning === 'excluded') return silent;
  const whole: SealedBlock = { type: 'redacted_thinking', data: textIn(block, 'data') };
  // Without its data it could not be given back: there is nothing of it to keep.
  if (!isSigned(whole)) return silent;
  const index = progress.thoughts;
  progress.thoughts += 1;
  return { ...silent, start: () => sealed(whole, reasoningDetail(whole, index), reasoning) };
}

function sealed(
  block: SealedBlock,
  detail: ReturnType<typeof reasoningDetail>,
  reasoning: AnswerShape['reasoning'],
): readonly ChatDelta[] {
  const thinking_blocks = [chatThinkingBlock(block)];
  if (reasoning === 'content-and-blocks') return [{ thinking_blocks }];
  return [{ thinking_blocks, reasoning_details: [detail] }];
}

function callBlock(block: JsonObject, progress: AnswerProgress): BlockDeltas {
  const { customTools, callsAs } = progress.shape;
  if (customTools.has(textIn(block, 'name'))) return customCall(block, progress);
  // The form of 2023 has room for one call: the request forbade more.
  if (callsAs === 'function_call' && progress.calls > 0) return silent;
  return functionCall(block, progress);
}
