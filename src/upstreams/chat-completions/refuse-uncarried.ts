import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type {
  DocumentBlock,
  ImageBlock,
  RequestBlock,
  ToolResultPart,
} from '../../messages/content-blocks.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { MessageParam, MessagesRequest } from '../../messages/request.ts';
import { blocksOf, isCustomTool, lastTurnOf } from '../../messages/request.ts';
import { asksForSchema } from './encode-settings.ts';

/** Something in a request that an engine cannot be told, and where; in the Messages form's spelling. */
interface Uncarried {
  readonly path: string;
  readonly why: string;
}

type Check = (request: MessagesRequest, quirks: EngineQuirks) => Uncarried | undefined;

const NO_EQUIVALENT = 'the Chat Completions form of this upstream has no equivalent';

/** Parameters whose loss would change what an answer is or where it is made. */
const meaningful = [
  'mcp_servers',
  'container',
  'context_management',
  'thread',
] as const satisfies readonly (keyof MessagesRequest)[];

/** In the order in which they are said. */
const checks: readonly Check[] = [
  ...meaningful.map(
    (path): Check =>
      (request) =>
        isSet(request[path]) ? { path, why: NO_EQUIVALENT } : undefined,
  ),
  ({ inference_geo: place }) =>
    isSet(place) && place !== 'global' ? { path: 'inference_geo', why: NO_EQUIVALENT } : undefined,
  uncarriedTool,
  ({ tool_choice: choice }, quirks) =>
    quirks.tool_choice === 'none' && (choice?.type === 'any' || choice?.type === 'tool')
      ? { path: 'tool_choice', why: 'this engine cannot be made to call a tool' }
      : undefined,
  ({ stop_sequences: stops = [] }, { stops_max: most }) =>
    stops.length > most
      ? { path: 'stop_sequences', why: `this engine takes at most ${String(most)}` }
      : undefined,
  (request, quirks) =>
    asksForSchema(request) && !quirks.takes_response_schema && quirks.thinking_as !== 'native'
      ? { path: 'output_config.format', why: 'this engine cannot answer by a schema' }
      : undefined,
  ({ messages }, { prefill }) =>
    prefill === 'refused' && lastTurnOf(messages)?.role === 'assistant'
      ? { path: 'messages', why: 'this engine does not go on where the assistant left off' }
      : undefined,
  uncarriedBlock,
];

/**
 * What the request asks for that the engine cannot be told. What would come out otherwise is an
 * answer to another question, so it is said before anybody is asked.
 */
export function refuseUncarried(
  request: MessagesRequest,
  quirks: EngineQuirks,
): Refusal | undefined {
  for (const check of checks) {
    const found = check(request, quirks);
    if (found === undefined) continue;
    return refusal('invalid_request', `${found.path}: ${found.why}`, { param: found.path });
  }
  return undefined;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** Tools of the API's own need a model that was taught them, or a server that runs them. */
function uncarriedTool({ tools = [] }: MessagesRequest): Uncarried | undefined {
  const index = tools.findIndex((tool) => !isCustomTool(tool));
  if (index >= 0) return { path: `tools.${String(index)}.type`, why: NO_EQUIVALENT };
  const called = tools.findIndex(
    (tool) => isCustomTool(tool) && (tool.allowed_callers ?? []).some((who) => who !== 'direct'),
  );
  return called < 0
    ? undefined
    : { path: `tools.${String(called)}.allowed_callers`, why: NO_EQUIVALENT };
}

function uncarriedBlock(
  { messages }: MessagesRequest,
  quirks: EngineQuirks,
): Uncarried | undefined {
  for (const [turn, message] of messages.entries()) {
    const found = uncarriedIn(message, quirks);
    if (found !== undefined) return { ...found, path: `messages.${String(turn)}.${found.path}` };
  }
  return undefined;
}

function uncarriedIn(message: MessageParam, quirks: EngineQuirks): Uncarried | undefined {
  for (const [index, block] of blocksOf(message).entries()) {
    const found = whyNot(block, quirks);
    if (found === undefined) continue;
    return { path: `content.${String(index)}${found.path}`, why: found.why };
  }
  return undefined;
}

/** Why a block cannot go; the path is what comes behind its own. */
function whyNot(block: RequestBlock | ToolResultPart, quirks: EngineQuirks): Uncarried | undefined {
  switch (block.type) {
    case 'text':
    case 'thinking':
    case 'redacted_thinking':
    case 'search_result':
      return undefined;
    case 'tool_use':
      return isMadeByCode(block.caller) ? { path: '.caller', why: NO_EQUIVALENT } : undefined;
    case 'image':
      return whyNoImage(block, quirks);
    case 'document':
      return whyNoDocument(block, quirks);
    case 'tool_result':
      return typeof block.content === 'string' ? undefined : whyNoPart(block.content ?? [], quirks);
    case 'tool_reference':
    case 'server_tool_use':
    case 'web_search_tool_result':
    case 'web_fetch_tool_result':
    case 'code_execution_tool_result':
    case 'bash_code_execution_tool_result':
    case 'text_editor_code_execution_tool_result':
    case 'tool_search_tool_result':
    case 'advisor_tool_result':
    case 'container_upload':
    case 'mcp_tool_use':
    case 'mcp_tool_result':
    case 'compaction':
      return { path: '.type', why: `${block.type}: ${NO_EQUIVALENT}` };
  }
}

function whyNoPart(parts: readonly ToolResultPart[], quirks: EngineQuirks): Uncarried | undefined {
  for (const [index, part] of parts.entries()) {
    const found = whyNot(part, quirks);
    if (found !== undefined) {
      return { path: `.content.${String(index)}${found.path}`, why: found.why };
    }
  }
  return undefined;
}

function isMadeByCode(caller: { readonly type: string } | null | undefined): boolean {
  return caller !== undefined && caller !== null && caller.type !== 'direct';
}

function whyNoImage(
  { source }: ImageBlock,
  { request_as, image_urls }: EngineQuirks,
): Uncarried | undefined {
  if (request_as === 'native') return undefined;
  if (image_urls === 'none') return { path: '', why: 'this engine takes no pictures' };
  if (source.type === 'file') return { path: '.source.type', why: 'no such file is known here' };
  if (source.type === 'base64' || image_urls === 'any') return undefined;
  return { path: '.source.type', why: 'this engine takes pictures as base64 only' };
}

function whyNoDocument({ source }: DocumentBlock, quirks: EngineQuirks): Uncarried | undefined {
  if (quirks.request_as === 'native') return undefined;
  switch (source.type) {
    case 'text':
      return undefined;
    case 'content':
      if (typeof source.content === 'string') return undefined;
      return prefixed('.source', whyNoPart(source.content, quirks));
    case 'base64':
      return quirks.files === 'none'
        ? { path: '.source', why: 'this engine takes no files' }
        : undefined;
    case 'url':
      return { path: '.source.type', why: 'this engine takes files as base64 only' };
    case 'file':
      return { path: '.source.type', why: 'no such file is known here' };
  }
}

function prefixed(path: string, found: Uncarried | undefined): Uncarried | undefined {
  return found === undefined ? undefined : { path: `${path}${found.path}`, why: found.why };
}
