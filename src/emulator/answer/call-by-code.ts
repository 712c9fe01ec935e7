import type { RequestBlock, ResponseBlock, ToolUseBlock } from '../../messages/content-blocks.ts';
import type { MessageParam, Tool } from '../../messages/request.ts';
import { blocksOf, isCustomTool, lastTurnOf } from '../../messages/request.ts';
import type { Message } from '../../messages/response.ts';
import type { CheckedRequest } from '../rules/rule.ts';

const CODE_TOOL = 'code_execution_';
const QUOTED_LETTERS_MAX = 500;

/** Code that waits for the results of a call that it made. */
export interface WaitingCode {
  /** The `server_tool_use` that runs it. */
  readonly id: string;
  readonly lastCall: ToolUseBlock;
  readonly callCount: number;
  /** The start of what came back, which the code prints. */
  readonly results: string;
}

/** The caller that code is for a tool, where the tool is for code alone and code is on offer (§2.3). */
export function codeCaller(request: CheckedRequest, tool: Tool): string | undefined {
  if (!isCustomTool(tool)) return undefined;
  const callers = tool.allowed_callers ?? [];
  if (callers.length === 0 || callers.includes('direct')) return undefined;
  const types = new Set((request.tools ?? []).map(({ type }) => type));
  return callers.find((caller) => caller.startsWith(CODE_TOOL) && types.has(caller));
}

/** The code that a conversation has to go on with: it called a tool, and the results are there (§3.2). */
export function waitingCode(request: CheckedRequest): WaitingCode | undefined {
  const last = lastTurnOf(request.messages);
  if (last?.role !== 'user') return undefined;
  const calls = request.messages.flatMap((message) => callsByCode(message));
  const lastCall = calls.at(-1);
  const id = lastCall?.caller?.['tool_id'];
  if (lastCall === undefined || typeof id !== 'string') return undefined;
  if (!answers(last, lastCall.id) || isFinished(request, id)) return undefined;
  const callCount = calls.filter(({ caller }) => caller?.['tool_id'] === id).length;
  return { id, lastCall, callCount, results: resultsIn(last) };
}

/** Whether a message holds only what waiting code calls next, which no model had to write (§5.2). */
export function isResumedCall({ content }: Message): boolean {
  return content.length > 0 && content.every((block) => isCallByCode(block));
}

function isCallByCode(block: ResponseBlock | RequestBlock): block is ToolUseBlock {
  return block.type === 'tool_use' && block.caller?.type.startsWith(CODE_TOOL) === true;
}

function callsByCode(message: MessageParam): readonly ToolUseBlock[] {
  return blocksOf(message).filter((block) => isCallByCode(block));
}

function answers(message: MessageParam, id: string): boolean {
  return blocksOf(message).some(
    (block) => block.type === 'tool_result' && block.tool_use_id === id,
  );
}

function isFinished(request: CheckedRequest, id: string): boolean {
  return request.messages.some((message) =>
    blocksOf(message).some(
      (block) => block.type === 'code_execution_tool_result' && block.tool_use_id === id,
    ),
  );
}

function resultsIn(message: MessageParam): string {
  const texts = blocksOf(message).flatMap((block) => {
    if (block.type !== 'tool_result') return [];
    if (typeof block.content === 'string') return [block.content];
    return (block.content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []));
  });
  return texts.join('\n').slice(0, QUOTED_LETTERS_MAX).toWellFormed();
}
