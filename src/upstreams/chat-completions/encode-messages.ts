import type {
  ChatAssistantMessage,
  ChatMessage,
  ChatPart,
  ChatTextPart,
  ChatToolCall,
  ChatToolMessage,
} from '../../chat-form/chat-request.ts';
import type { SealedBlock } from '../../chat-form/reasoning-details.ts';
import { chatThinkingBlock, reasoningDetail } from '../../chat-form/reasoning-details.ts';
import type { EngineQuirks, ThinkingConvention } from '../../config/engine-quirks.ts';
import type { RequestBlock, TextBlock, ToolResultBlock } from '../../messages/content-blocks.ts';
import type { MessageParam, MessagesRequest } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { PartBlock } from './encode-parts.ts';
import { contentOf, encodePart, markOf } from './encode-parts.ts';

/** The conversation as this form has it, the system prompt first; chat reference §2.3. */
export function encodeMessages(
  { system, messages }: Pick<MessagesRequest, 'system' | 'messages'>,
  quirks: EngineQuirks,
): readonly ChatMessage[] {
  const instructions = typeof system === 'string' ? [textBlock(system)] : (system ?? []);
  return [
    ...(instructions.length === 0 ? [] : [encodeInstructions(instructions, quirks)]),
    ...messages.flatMap((message) => encodeTurn(message, quirks)),
  ];
}

function textBlock(text: string): TextBlock {
  return { type: 'text', text };
}

function encodeInstructions(texts: readonly TextBlock[], quirks: EngineQuirks): ChatMessage {
  return { role: 'system', content: contentOf(textParts(texts, quirks), quirks) };
}

function textParts(texts: readonly TextBlock[], quirks: EngineQuirks): readonly ChatTextPart[] {
  return texts.map((block) => ({ type: 'text', text: block.text, ...markOf(block, quirks) }));
}

function encodeTurn(message: MessageParam, quirks: EngineQuirks): readonly ChatMessage[] {
  const blocks = blocksOf(message);
  switch (message.role) {
    case 'system':
      return [encodeInstructions(blocks.filter(isText), quirks)];
    case 'assistant':
      return [encodeAssistant(blocks, quirks)];
    case 'user':
      return encodeUser(blocks, quirks);
  }
}

/** Results answer the calls before them, each in a message of its own; what else was said follows. */
function encodeUser(blocks: readonly RequestBlock[], quirks: EngineQuirks): readonly ChatMessage[] {
  const results = blocks
    .filter((block) => block.type === 'tool_result')
    .map((block) => encodeResult(block, quirks));
  const said = blocks.filter(isPart).flatMap((block) => encodePart(block, quirks));
  const parts = [...results.flatMap(({ media }) => media), ...said];
  const isSilent = parts.length === 0 && results.length > 0;
  return [
    ...results.map(({ message }) => message),
    ...(isSilent ? [] : [{ role: 'user' as const, content: contentOf(parts, quirks) }]),
  ];
}

interface EncodedResult {
  readonly message: ChatToolMessage;
  /** What has no place in the message, and goes to the user's. */
  readonly media: readonly ChatPart[];
}

const ERROR_PREFIX = 'Error: ';

function encodeResult(block: ToolResultBlock, quirks: EngineQuirks): EncodedResult {
  const { content } = block;
  const blocks = typeof content === 'string' ? [textBlock(content)] : (content ?? []);
  const all = blocks.filter(isPart).flatMap((part) => encodePart(part, quirks));
  const isMoved = quirks.result_media === 'after-results';
  const kept = isMoved ? all.filter((part) => part.type === 'text') : all;
  const moved = isMoved ? all.filter((part) => part.type !== 'text') : [];
  const isPrefixed = block.is_error === true && quirks.result_errors === 'prefix';
  const isFlagged = block.is_error === true && quirks.result_errors === 'flag';
  const shown = contentOf(isPrefixed ? prefixed(kept) : kept, quirks);
  const label = `What the tool call ${block.tool_use_id} returned:`;
  return {
    message: {
      role: 'tool',
      tool_call_id: block.tool_use_id,
      content: shown === '' && moved.length > 0 ? 'See the next message.' : shown,
      ...(isFlagged ? { is_error: true } : {}),
      ...markOf(block, quirks),
    },
    media: moved.length === 0 ? [] : [{ type: 'text', text: label }, ...moved],
  };
}

function prefixed(parts: readonly ChatPart[]): readonly ChatPart[] {
  const [first, ...rest] = parts;
  if (first?.type !== 'text') return [{ type: 'text', text: ERROR_PREFIX.trimEnd() }, ...parts];
  return [{ ...first, text: `${ERROR_PREFIX}${first.text}` }, ...rest];
}

function encodeAssistant(
  blocks: readonly RequestBlock[],
  quirks: EngineQuirks,
): ChatAssistantMessage {
  const texts = textParts(blocks.filter(isText), quirks);
  const calls = blocks.flatMap((block): readonly ChatToolCall[] =>
    block.type === 'tool_use'
      ? [
          {
            id: block.id,
            type: 'function',
            function: { name: block.name, arguments: JSON.stringify(block.input) },
          },
        ]
      : [],
  );
  const last = blocks.at(-1);
  return {
    role: 'assistant',
    content: texts.length === 0 && calls.length > 0 ? null : contentOf(texts, quirks, ''),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    // A mark on a call has no place but the message, which stands for its last block.
    ...(last?.type === 'tool_use' ? markOf(last, quirks) : {}),
    ...encodeThinking(blocks.filter(isSealed), quirks),
  };
}

type ThinkingFields = Partial<Pick<ChatAssistantMessage, ThinkingConvention>>;

const conventions: Readonly<
  Record<ThinkingConvention, (blocks: readonly SealedBlock[]) => ThinkingFields>
> = {
  thinking_blocks: (blocks) => ({
    thinking_blocks: blocks.map((block) => chatThinkingBlock(block)),
  }),
  reasoning_details: (blocks) => ({
    reasoning_details: blocks.map((block, index) => reasoningDetail(block, index)),
  }),
  reasoning_content: (blocks) => ({ reasoning_content: thoughtsOf(blocks) }),
  reasoning: (blocks) => ({ reasoning: thoughtsOf(blocks) }),
};

/** Earlier thinking, in every convention that the engine reads; chat reference §2.8. */
function encodeThinking(
  blocks: readonly SealedBlock[],
  { thinking_history: history }: EngineQuirks,
): ThinkingFields {
  if (blocks.length === 0) return {};
  return Object.assign({}, ...history.map((name) => conventions[name](blocks))) as ThinkingFields;
}

function thoughtsOf(blocks: readonly SealedBlock[]): string {
  return blocks.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('');
}

function isText(block: RequestBlock): block is TextBlock {
  return block.type === 'text';
}

function isSealed(block: RequestBlock): block is SealedBlock {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

const partTypes: ReadonlySet<string> = new Set(['text', 'image', 'document', 'search_result']);

function isPart(block: { readonly type: string }): block is PartBlock {
  return partTypes.has(block.type);
}
