import type {
  RequestBlock,
  ServerToolResultType,
  ServerToolUseBlock,
} from '../../messages/content-blocks.ts';
import { serverToolResultTypes } from '../../messages/content-blocks.ts';
import type { MessageParam, Tool } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import { isJsonObject } from '../../std/json.ts';
import type { CheckedRequest, Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

/** How calls that the API runs itself, and calls made by code, must fit (API reference §3.2). */
export const serverToolRules: readonly Rule[] = [
  ({ request: { messages } }) => resultsHaveCalls(messages),
  ({ request: { messages } }) => callersExist(messages),
  ({ request }) => callsHaveResults(request),
  ({ request: { messages } }) => codeResultsAlone(messages),
  ({ request }) => containerForPending(request),
  ({ request }) => referencesExist(request),
];

const resultTypes: ReadonlySet<string> = new Set(serverToolResultTypes);

/** The result that each call must have, by the name of the call. */
const resultOf: Readonly<Record<string, ServerToolResultType>> = {
  advisor: 'advisor_tool_result',
  web_search: 'web_search_tool_result',
  web_fetch: 'web_fetch_tool_result',
  code_execution: 'code_execution_tool_result',
  bash_code_execution: 'bash_code_execution_tool_result',
  text_editor_code_execution: 'text_editor_code_execution_tool_result',
  tool_search_tool_regex: 'tool_search_tool_result',
  tool_search_tool_bm25: 'tool_search_tool_result',
};

interface Placed {
  readonly block: RequestBlock;
  readonly at: number;
  readonly path: string;
}

function* everyBlock(messages: readonly MessageParam[]): Generator<Placed> {
  for (const [at, message] of messages.entries()) {
    if (typeof message.content === 'string') continue;
    for (const [index, block] of message.content.entries()) {
      yield { block, at, path: `messages.${String(at)}.content.${String(index)}` };
    }
  }
}

function resultsHaveCalls(messages: readonly MessageParam[]): string | undefined {
  const called = { server: new Set<string>(), mcp: new Set<string>() };
  for (const { block, path } of everyBlock(messages)) {
    if (block.type === 'server_tool_use') called.server.add(block.id);
    if (block.type === 'mcp_tool_use') called.mcp.add(block.id);
    const isMcp = block.type === 'mcp_tool_result';
    if (!isMcp && !resultTypes.has(block.type)) continue;
    const id = (block as { readonly tool_use_id: string }).tool_use_id;
    if (!called[isMcp ? 'mcp' : 'server'].has(id)) {
      return ruleTexts.serverResultOrphan(path, block.type, id);
    }
  }
  return undefined;
}

function callersExist(messages: readonly MessageParam[]): string | undefined {
  const called = new Set<string>();
  for (const { block } of everyBlock(messages)) {
    if (block.type !== 'tool_use' && block.type !== 'server_tool_use') continue;
    const source = sourceOf(block);
    if (source !== undefined && !called.has(source)) {
      return ruleTexts.callerUnknown(source, block.id);
    }
    if (block.type === 'server_tool_use') called.add(block.id);
  }
  return undefined;
}

/** The call whose code made this one. */
function sourceOf(block: RequestBlock): string | undefined {
  const caller = 'caller' in block ? block.caller : undefined;
  const source = caller?.['tool_id'];
  return typeof source === 'string' ? source : undefined;
}

function resolvedIds(messages: readonly MessageParam[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { block } of everyBlock(messages)) {
    if (resultTypes.has(block.type) && 'tool_use_id' in block) ids.add(block.tool_use_id);
  }
  return ids;
}

/** A turn that paused is sent back as it is; any other call that was begun must have ended. */
function callsHaveResults(request: CheckedRequest): string | undefined {
  const { messages, tools = [] } = request;
  const resolved = resolvedIds(messages);
  for (const { block, at } of everyBlock(messages)) {
    if (block.type !== 'server_tool_use' || resolved.has(block.id)) continue;
    const result = resultOf[block.name] ?? block.name;
    if (!isContinued(messages, at)) {
      return ruleTexts.serverToolUnresolved(block.name, block.id, result);
    }
    if (!tools.some((tool) => runs(tool, block))) {
      return ruleTexts.serverToolNotOffered(block.name, block.id, result);
    }
  }
  return undefined;
}

/** Whether nothing follows an assistant turn but results of the caller's own tools. */
function isContinued(messages: readonly MessageParam[], at: number): boolean {
  return messages
    .slice(at + 1)
    .filter(({ role }) => role !== 'system')
    .every(
      (message, offset, rest) =>
        message.role === 'assistant' ||
        (offset === rest.length - 1 &&
          blocksOf(message).every(({ type }) => type === 'tool_result')),
    );
}

/** Whether a tool is the one behind a call: web tools of 2026 run code of their own. */
function runs(tool: Tool, { name }: ServerToolUseBlock): boolean {
  if (tool.name === name) return true;
  if (!name.endsWith('code_execution')) return false;
  return tool.name === 'code_execution' || /^web_.+_2026/.test(tool.type ?? '');
}

/** Code reads what it called for as text, so nothing else may stand in the answer. */
function codeResultsAlone(messages: readonly MessageParam[]): string | undefined {
  for (const [at, message] of messages.entries()) {
    const answer = messages[at + 1];
    const isByCode = blocksOf(message).some(
      (block) => block.type === 'tool_use' && sourceOf(block) !== undefined,
    );
    if (!isByCode || answer === undefined) continue;
    if (!blocksOf(answer).every((block) => isTextResult(block))) {
      return ruleTexts.codeResultsOnly(at + 1);
    }
  }
  return undefined;
}

function isTextResult(block: RequestBlock): boolean {
  if (block.type !== 'tool_result') return false;
  const { content = '' } = block;
  return typeof content === 'string' || (content ?? []).every(({ type }) => type === 'text');
}

/** Code that waits for results waits in a container, which must be named to find it again. */
function containerForPending({
  messages,
  container,
  max_tokens,
}: CheckedRequest): string | undefined {
  const isNamed = typeof container === 'string' || typeof idOf(container) === 'string';
  const isCount = max_tokens === undefined;
  if (isNamed || isCount) return undefined;
  const resolved = resolvedIds(messages);
  const lastTurn = messages.findLastIndex(({ role }) => role === 'assistant');
  const isPending = blocksOf(messages[lastTurn] ?? { role: 'user', content: [] }).some((block) => {
    const source = block.type === 'tool_use' ? sourceOf(block) : undefined;
    return source !== undefined && !resolved.has(source);
  });
  return isPending ? ruleTexts.containerMissing : undefined;
}

function idOf(container: CheckedRequest['container']): unknown {
  return isJsonObject(container) ? container['id'] : undefined;
}

/** A tool that was found must be among those that are offered. */
function referencesExist({ messages, tools = [] }: CheckedRequest): string | undefined {
  // What a toolset offers has names that only its server knows.
  if (tools.some(({ name }) => name === undefined)) return undefined;
  const offered = new Set(tools.map(({ name }) => name));
  for (const { block } of everyBlock(messages)) {
    for (const name of referencesIn(block)) {
      if (!offered.has(name)) return ruleTexts.toolReferenceUnknown(name);
    }
  }
  return undefined;
}

function referencesIn(block: RequestBlock): readonly string[] {
  const { content } = block as { readonly content?: unknown };
  const parts =
    block.type === 'tool_search_tool_result' && isJsonObject(content)
      ? content['tool_references']
      : content;
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: unknown) => {
    const name = isJsonObject(part) ? part['tool_name'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}
