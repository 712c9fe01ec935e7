import type {
  McpToolUseBlock,
  ResponseBlock,
  ServerToolUseBlock,
  TextBlock,
  ToolUseBlock,
} from './content-blocks.ts';
import type { ContentBlockDelta, MessagesEvent } from './events.ts';
import { inputJson } from './input-json.ts';
import type { Message } from './response.ts';

/** Cuts a text into the pieces it is streamed in. Joining them gives the text back. */
export type CutText = (text: string) => readonly string[];

/** The same for the JSON of a call's input, which depends on the tool that is called. */
export type CutInput = (json: string, toolName: string) => readonly string[];

export interface ExpandOptions {
  readonly cutText: CutText;
  /** The empty first piece is {@link expandMessage}'s. */
  readonly cutJson: CutInput;
  /** Output tokens that `message_start` reports: those produced so far, not the total. */
  readonly startOutputTokens: number;
  /** The last block's `content_block_stop` is left out: a tool call cut by `max_tokens`. */
  readonly clippedToolJson?: string;
  /** The turn went on in code that had been waiting: all of it is there when the stream starts. */
  readonly isPrepopulated?: boolean;
  /** Beta: by index of a thinking block, the steps in which the estimate of its tokens grows. */
  readonly thinkingEstimates?: ReadonlyMap<number, readonly number[]>;
}

/**
 * The events that stream a message: the inverse of {@link EventFold}. A one-piece answer and a
 * stream are made from the same message, so what one says the other says.
 */
export function expandMessage(message: Message, options: ExpandOptions): MessagesEvent[] {
  if (options.isPrepopulated === true) {
    return [{ type: 'message_start', message }, { type: 'message_stop' }];
  }
  const events: MessagesEvent[] = [startEvent(message, options)];
  message.content.forEach((block, index) => {
    const isLast = index === message.content.length - 1;
    const clipped = isLast ? options.clippedToolJson : undefined;
    const { start, deltas: whole } = streamed(block, index, options);
    events.push({ type: 'content_block_start', index, content_block: start });
    if (index === 0) events.push({ type: 'ping' });
    const isClipped = clipped !== undefined && 'name' in block;
    const deltas = isClipped ? jsonDeltas(clipped, block.name, options) : whole;
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    if (!isClipped) events.push({ type: 'content_block_stop', index });
  });
  if (message.content.length === 0) events.push({ type: 'ping' });
  events.push(endEvent(message), { type: 'message_stop' });
  return events;
}

function startEvent(message: Message, options: ExpandOptions): MessagesEvent {
  const { output_tokens_details: _detail, server_tool_use: _tools, ...usage } = message.usage;
  const { container: _container, context_management: _edits, ...opening } = message;
  const start: Message = {
    ...opening,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(message.stop_details === undefined ? {} : { stop_details: null }),
    usage: { ...usage, output_tokens: options.startOutputTokens },
  };
  return { type: 'message_start', message: start };
}

function endEvent(message: Message): MessagesEvent {
  const { stop_reason, stop_sequence, stop_details, container, usage } = message;
  const { cache_creation: _split, service_tier: _tier, inference_geo: _geo, ...counts } = usage;
  return {
    type: 'message_delta',
    delta: {
      stop_reason,
      stop_sequence,
      ...(stop_details === undefined ? {} : { stop_details }),
      ...(container === undefined ? {} : { container }),
    },
    usage: counts,
    ...(message.context_management === undefined
      ? {}
      : { context_management: message.context_management }),
  };
}

interface StreamedBlock {
  /** As `content_block_start` shows it. */
  readonly start: ResponseBlock;
  /** What the rest of it arrives as. */
  readonly deltas: readonly ContentBlockDelta[];
}

/** How each kind of block is streamed (API reference §5.3). */
function streamed(block: ResponseBlock, index: number, options: ExpandOptions): StreamedBlock {
  switch (block.type) {
    case 'text':
      return streamedText(block, options);
    case 'thinking':
      return {
        start: { type: 'thinking', thinking: '', signature: '' },
        deltas: [
          ...thinkingDeltas(block.thinking, index, options),
          { type: 'signature_delta', signature: block.signature },
        ],
      };
    case 'tool_use':
      // A call that code makes is there at once (API reference §5.3).
      return isMadeByCode(block) ? { start: block, deltas: [] } : streamedCall(block, options);
    case 'server_tool_use':
    case 'mcp_tool_use':
      return streamedCall(block, options);
    case 'compaction':
      return {
        start: { type: 'compaction', content: null },
        deltas: [{ type: 'compaction_delta', content: block.content }],
      };
    case 'redacted_thinking':
    case 'container_upload':
    case 'mcp_tool_result':
    case 'web_search_tool_result':
    case 'web_fetch_tool_result':
    case 'code_execution_tool_result':
    case 'bash_code_execution_tool_result':
    case 'text_editor_code_execution_tool_result':
    case 'tool_search_tool_result':
    case 'advisor_tool_result':
      return { start: block, deltas: [] };
  }
}

/** Citations come before the text that they are for. */
function streamedText(block: TextBlock, options: ExpandOptions): StreamedBlock {
  const { citations } = block;
  const isCited = citations !== undefined && citations !== null;
  return {
    start: isCited ? { citations: [], type: 'text', text: '' } : { type: 'text', text: '' },
    deltas: [
      ...(citations ?? []).map((citation) => ({ type: 'citations_delta' as const, citation })),
      ...options.cutText(block.text).map((text) => ({ type: 'text_delta' as const, text })),
    ],
  };
}

/** Under the beta every delta speaks of the estimate; steps come without words (API reference §5.3). */
function thinkingDeltas(
  text: string,
  index: number,
  options: ExpandOptions,
): readonly ContentBlockDelta[] {
  const steps = options.thinkingEstimates?.get(index);
  const none = steps === undefined ? {} : { estimated_tokens: null };
  const type = 'thinking_delta';
  return [
    ...options.cutText(text).map((thinking) => ({ type, thinking, ...none }) as const),
    ...(steps ?? []).map((step) => ({ type, thinking: '', estimated_tokens: step }) as const),
  ];
}

type CallBlock = ToolUseBlock | ServerToolUseBlock | McpToolUseBlock;

function streamedCall(block: CallBlock, options: ExpandOptions): StreamedBlock {
  return {
    start: { ...block, input: {} },
    deltas: jsonDeltas(inputJson(block.input), block.name, options),
  };
}

function isMadeByCode({ caller }: ToolUseBlock): boolean {
  return caller !== undefined && caller !== null && caller.type !== 'direct';
}

/** The first piece of a call's arguments is always empty (API reference §5.3). */
function jsonDeltas(json: string, toolName: string, options: ExpandOptions): ContentBlockDelta[] {
  return ['', ...options.cutJson(json, toolName)].map((partial_json) => ({
    type: 'input_json_delta',
    partial_json,
  }));
}
