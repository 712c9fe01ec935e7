import { unreachable } from '../../std/assert.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type {
  DocumentBlock,
  ImageBlock,
  RequestBlock,
  ToolResultBlock,
  ToolResultPart,
} from '../../messages/content-blocks.ts';
import type { Tool, ToolChoice } from '../../messages/request.ts';
import { blocksOf, isCustomTool } from '../../messages/request.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { imageTokens, UNSEEN_IMAGE_TOKENS } from './image-tokens.ts';
import { countTokens } from './split-tokens.ts';

/** "Say hi." alone was 13 tokens on the wire (API reference §11). */
const REQUEST_TOKENS = 6;
const MESSAGE_TOKENS = 4;
const BLOCK_TOKENS = 4;
const UNSEEN_DOCUMENT_TOKENS = 1500;
/** A PDF is not opened: by its weight it has a page every so many letters of base64. */
const PDF_PAGE_LETTERS = 80_000;
const PDF_PAGE_TOKENS = 2000;
const PDF_PAGES_MAX = 50;
/** What offering any tool adds to the prompt, by whether one must be used (API reference §11). */
const TOOLS_TOKENS = 346;
const FORCED_TOOLS_TOKENS = 313;

/** What a tool of the API's own adds: its schema is not in the request. */
const builtInTokens: readonly (readonly [string, number])[] = [
  ['bash_', 244],
  ['text_editor_', 700],
  ['computer_', 735],
];
const OTHER_BUILT_IN_TOKENS = 300;

/** The input tokens of a request: the same for a message and for a count of the same content. */
export function countInput(request: CheckedRequest): number {
  let count = REQUEST_TOKENS + countTools(request.tools ?? [], request.tool_choice);
  if (typeof request.system === 'string') count += countTokens(request.system);
  else for (const block of request.system ?? []) count += countTokens(block.text);
  for (const message of request.messages) {
    count += MESSAGE_TOKENS;
    for (const block of blocksOf(message)) count += countBlock(block);
  }
  const format = request.output_config?.format ?? request.output_format;
  return (
    count + (format === undefined || format === null ? 0 : countJson(format['schema'] ?? null))
  );
}

function countTools(tools: readonly Tool[], choice: ToolChoice | undefined): number {
  if (tools.length === 0) return 0;
  const isForced = choice?.type === 'any' || choice?.type === 'tool';
  let count = isForced ? FORCED_TOOLS_TOKENS : TOOLS_TOKENS;
  for (const tool of tools) count += countTool(tool);
  return count;
}

function countTool(tool: Tool): number {
  if (!isCustomTool(tool)) {
    const known = builtInTokens.find(([prefix]) => tool.type.startsWith(prefix));
    return known?.[1] ?? OTHER_BUILT_IN_TOKENS;
  }
  const words = countTokens(tool.name) + countTokens(tool.description ?? '');
  return BLOCK_TOKENS + words + countJson(tool.input_schema);
}

function countBlock(block: RequestBlock): number {
  switch (block.type) {
    case 'text':
      return countTokens(block.text);
    case 'image':
      return countImage(block);
    case 'document':
      return countDocument(block);
    case 'tool_result':
      return countToolResult(block);
    case 'thinking':
      return countTokens(block.thinking);
    case 'redacted_thinking':
      return Math.ceil(block.data.length / BLOCK_TOKENS);
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return BLOCK_TOKENS + countTokens(block.name) + countJson(block.input);
    case 'search_result':
    case 'container_upload':
    case 'mcp_tool_result':
    case 'compaction':
    case 'web_search_tool_result':
    case 'web_fetch_tool_result':
    case 'code_execution_tool_result':
    case 'bash_code_execution_tool_result':
    case 'text_editor_code_execution_tool_result':
    case 'tool_search_tool_result':
    case 'advisor_tool_result': {
      const { cache_control: _cache, ...counted } = block;
      return countJson(counted as unknown as JsonValue);
    }
    default:
      return unreachable(block);
  }
}

function countToolResult(block: ToolResultBlock): number {
  if (typeof block.content === 'string') return BLOCK_TOKENS + countTokens(block.content);
  let count = BLOCK_TOKENS;
  for (const part of block.content ?? []) count += countPart(part);
  return count;
}

function countPart(part: ToolResultPart): number {
  return part.type === 'tool_reference' ? countTokens(part.tool_name) : countBlock(part);
}

function countImage(block: ImageBlock): number {
  return block.source.type === 'base64' ? imageTokens(block.source.data) : UNSEEN_IMAGE_TOKENS;
}

function countDocument(block: DocumentBlock): number {
  const head = countTokens(block.title ?? '') + countTokens(block.context ?? '') + BLOCK_TOKENS;
  return head + countDocumentSource(block.source);
}

function countDocumentSource(source: DocumentBlock['source']): number {
  switch (source.type) {
    case 'text':
      return countTokens(source.data);
    case 'base64': {
      const pages = Math.ceil(source.data.length / PDF_PAGE_LETTERS);
      return Math.min(PDF_PAGES_MAX, pages) * PDF_PAGE_TOKENS;
    }
    case 'content': {
      if (typeof source.content === 'string') return countTokens(source.content);
      let count = 0;
      for (const part of source.content) count += countBlock(part);
      return count;
    }
    case 'url':
    case 'file':
      return UNSEEN_DOCUMENT_TOKENS;
    default:
      return unreachable(source);
  }
}

/** The tokens of a value as JSON. Keeps a list of its own: a deep value must not end the stack. */
function countJson(value: JsonValue): number {
  const waiting: JsonValue[] = [value];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    count += 1;
    if (typeof next === 'string') count += countTokens(next);
    else if (Array.isArray(next)) for (const item of next) waiting.push(item as JsonValue);
    else if (isJsonObject(next)) {
      for (const [key, member] of Object.entries(next)) {
        count += 1 + countTokens(key);
        waiting.push(member);
      }
    }
  }
  return count;
}
