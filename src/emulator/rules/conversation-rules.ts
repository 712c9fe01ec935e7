import type { RequestBlock, ToolResultBlock, ToolUseBlock } from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

/** How the parts of a conversation must fit together (API reference §3.2). */
export const conversationRules: readonly Rule[] = [
  ({ request: { messages } }) => firstOf(messages, blocksInTheirRole),
  ({ request: { messages } }) => firstOf(messages, contentNotEmpty),
  ({ request: { messages } }) => firstOf(messages, textNotEmpty),
  ({ request: { system } }) =>
    Array.isArray(system) && system.some((block: { text: string }) => block.text === '')
      ? ruleTexts.systemTextEmpty
      : undefined,
  ({ request: { messages } }) => toolUseIdsUnique(messages),
  ({ request: { messages } }) => firstOf(messages, toolUseAnswered),
  ({ request: { messages } }) => firstOf(messages, toolResultExpected),
];

interface Turn {
  readonly message: MessageParam;
  readonly at: number;
  readonly messages: readonly MessageParam[];
}

function firstOf(
  messages: readonly MessageParam[],
  check: (turn: Turn) => string | undefined,
): string | undefined {
  for (const [at, message] of messages.entries()) {
    const text = check({ message, at, messages });
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The only role that a block may stand in; text stands in both. */
const roleOf: Readonly<Record<RequestBlock['type'], MessageParam['role'] | 'both'>> = {
  text: 'both',
  image: 'user',
  document: 'user',
  search_result: 'user',
  tool_result: 'user',
  container_upload: 'user',
  tool_use: 'assistant',
  thinking: 'assistant',
  redacted_thinking: 'assistant',
  server_tool_use: 'assistant',
  mcp_tool_use: 'assistant',
  mcp_tool_result: 'assistant',
  compaction: 'assistant',
  web_search_tool_result: 'assistant',
  web_fetch_tool_result: 'assistant',
  code_execution_tool_result: 'assistant',
  bash_code_execution_tool_result: 'assistant',
  text_editor_code_execution_tool_result: 'assistant',
  tool_search_tool_result: 'assistant',
  advisor_tool_result: 'assistant',
};

function blocksInTheirRole({ message, at }: Turn): string | undefined {
  for (const block of blocksOf(message)) {
    const role = roleOf[block.type];
    if (role !== 'both' && role !== message.role) {
      return ruleTexts.blockOfOtherRole(at, block.type, role);
    }
  }
  return undefined;
}

function contentNotEmpty({ message, at, messages }: Turn): string | undefined {
  const isFinalAssistant = at === messages.length - 1 && message.role === 'assistant';
  return message.content.length === 0 && !isFinalAssistant ? ruleTexts.contentEmpty(at) : undefined;
}

function textNotEmpty({ message }: Turn): string | undefined {
  if (message.content === '') return undefined;
  for (const block of blocksOf(message)) {
    if (block.type !== 'text') continue;
    if (block.text === '') return ruleTexts.textEmpty;
    // Models write blank text between calls, and the API takes back what it gave: seen on the wire.
    if (message.role === 'user' && isBlank(block.text)) return ruleTexts.textBlank;
  }
  return undefined;
}

/** `trim` would copy a long text to say that it is not blank. */
function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

function toolUseIdsUnique(messages: readonly MessageParam[]): string | undefined {
  const seen = new Set<string>();
  for (const [at, message] of messages.entries()) {
    for (const [index, block] of blocksOf(message).entries()) {
      if (block.type !== 'tool_use') continue;
      if (seen.has(block.id)) return ruleTexts.toolUseIdTwice(at, index);
      seen.add(block.id);
    }
  }
  return undefined;
}

/** The results stand first in the next message: what comes after other content does not count. */
function toolUseAnswered({ message, at, messages }: Turn): string | undefined {
  const uses = blocksOf(message).filter(
    (block): block is ToolUseBlock => block.type === 'tool_use',
  );
  if (uses.length === 0) return undefined;
  const answered = new Set(leadingResults(messages[at + 1]).map((block) => block.tool_use_id));
  const missing = uses.filter((block) => !answered.has(block.id)).map((block) => block.id);
  return missing.length === 0 ? undefined : ruleTexts.toolUseUnanswered(at, missing);
}

function leadingResults(message: MessageParam | undefined): readonly ToolResultBlock[] {
  if (message === undefined) return [];
  const results: ToolResultBlock[] = [];
  for (const block of blocksOf(message)) {
    if (block.type !== 'tool_result') break;
    results.push(block);
  }
  return results;
}

function toolResultExpected({ message, at, messages }: Turn): string | undefined {
  const previous = messages[at - 1];
  const asked = new Set<string>();
  for (const block of previous === undefined ? [] : blocksOf(previous)) {
    if (block.type === 'tool_use') asked.add(block.id);
  }
  const seen = new Set<string>();
  for (const [index, block] of blocksOf(message).entries()) {
    if (block.type !== 'tool_result') continue;
    const id = block.tool_use_id;
    if (!asked.has(id)) return ruleTexts.toolResultOrphan(at, index, id);
    if (seen.has(id)) return ruleTexts.toolResultTwice(at, index, id);
    seen.add(id);
  }
  return undefined;
}
