import type { ToolResultBlock, ToolResultPart } from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import { isRefusal } from '../../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { decodeContent } from './decode-content.ts';
import { decodeFunctionCall, decodeToolCalls } from './decode-tool-calls.ts';
import type { FunctionCalls } from './function-calls.ts';
import type { PlacedBlock } from './placed-block.ts';
import { cacheMarkerOf, checkCacheMarker, dropBlanks, isSealed, markLast } from './placed-block.ts';
import { checkThinking, readThinking } from './read-thinking.ts';
import { refuseParameter } from '../refuse-parameter.ts';

type Blocks = readonly PlacedBlock[] | Refusal;

/** A message as it came. */
interface Given {
  readonly message: JsonObject;
  /** `messages[2]` and its kind. */
  readonly param: string;
  readonly functionCalls: FunctionCalls;
}

/** What becomes of messages of a role (chat reference §2.3). */
export interface RoleRule {
  /** In one sentence. */
  readonly becomes: string;
  /** Where its blocks go in the canonical form. */
  readonly lands: 'system' | 'user' | 'assistant';
  readonly read: (given: Given) => Blocks;
}

/** Every role, by its name on the wire. */
export const roleRules: ReadonlyMap<string, RoleRule> = new Map<string, RoleRule>([
  [
    'system',
    {
      becomes:
        'Text blocks of the top-level `system`, wherever the message stands, in their order.',
      lands: 'system',
      read: readContent('system'),
    },
  ],
  ['developer', { becomes: 'As `system`.', lands: 'system', read: readContent('system') }],
  [
    'user',
    {
      becomes: 'A user turn; one with those of the messages beside it that are also of the user.',
      lands: 'user',
      read: readContent('user'),
    },
  ],
  [
    'assistant',
    {
      becomes:
        'An assistant turn: thinking, text, calls. At the end of a conversation only where the model takes that.',
      lands: 'assistant',
      read: readAssistant,
    },
  ],
  [
    'tool',
    {
      becomes: 'A `tool_result` block at the beginning of the user turn after the calls.',
      lands: 'user',
      read: readToolResult,
    },
  ],
  [
    'function',
    {
      becomes: 'As `tool`, for the last unanswered `function_call` of that name.',
      lands: 'user',
      read: readFunctionResult,
    },
  ],
]);

/** The blocks of one message. Where it ends a cached prefix, its last block does. */
export function decodeMessage(rule: RoleRule, given: Given): Blocks {
  const { message, param } = given;
  const read = checkCacheMarker(message, param) ?? rule.read(given);
  if (isRefusal(read)) return read;
  const marker = cacheMarkerOf(message);
  if (read.length > 0 || marker === undefined) return markLast(read, marker);
  // Nothing to mark: a blank text hands the marker to what stands before it.
  return [{ block: { type: 'text', text: '', cache_control: marker }, param }];
}

function readContent(place: 'system' | 'user'): RoleRule['read'] {
  return ({ message, param }) =>
    decodeContent(message['content'] ?? null, `${param}.content`, place);
}

/** Thinking first, then text, then calls. Thinking in the content itself is the surest (chat reference §2.8). */
function readAssistant({ message, param, functionCalls }: Given): Blocks {
  const { content = null, refusal = null, tool_calls = null, function_call = null } = message;
  const wrong = checkThinking(message, param);
  if (wrong !== undefined) return wrong;
  const said = content === null ? [] : decodeContent(content, `${param}.content`, 'assistant');
  if (isRefusal(said)) return said;
  const refused = refusal === null ? [] : readRefusal(refusal, `${param}.refusal`);
  if (isRefusal(refused)) return refused;
  const calls = decodeToolCalls(tool_calls, `${param}.tool_calls`);
  if (isRefusal(calls)) return calls;
  const called = readFunctionCall(function_call, `${param}.function_call`, functionCalls);
  if (isRefusal(called)) return called;
  const hasThinking = said.some(({ block }) => isSealed(block));
  const thinking = hasThinking ? [] : readThinking(message);
  return [...thinking.map((block) => ({ block, param })), ...said, ...refused, ...calls, ...called];
}

function readRefusal(refusal: JsonValue, param: string): Blocks {
  return typeof refusal === 'string'
    ? [{ block: { type: 'text', text: refusal }, param }]
    : refuseParameter(param, 'expected a string');
}

function readFunctionCall(call: JsonValue, param: string, calls: FunctionCalls): Blocks {
  if (call === null) return [];
  const read = decodeFunctionCall(call, '', param);
  if (isRefusal(read)) return read;
  return read.map(({ block }) => ({ block: { ...block, id: calls.call(block.name) }, param }));
}

function readToolResult({ message, param }: Given): Blocks {
  const { tool_call_id: id, is_error: isError = null } = message;
  if (typeof id !== 'string') return refuseParameter(`${param}.tool_call_id`, 'expected a string');
  if (isError !== null && typeof isError !== 'boolean') {
    return refuseParameter(`${param}.is_error`, 'expected a boolean');
  }
  const content = readResultContent(message['content'] ?? null, `${param}.content`);
  if (isRefusal(content)) return content;
  const failed = isError === true ? { is_error: true } : {};
  return [
    {
      block: { type: 'tool_result', tool_use_id: id, ...content, ...failed },
      param: `${param}.tool_call_id`,
    },
  ];
}

function readFunctionResult({ message, param, functionCalls }: Given): Blocks {
  const { name } = message;
  if (typeof name !== 'string') return refuseParameter(`${param}.name`, 'expected a string');
  const id = functionCalls.answer(name);
  if (id === undefined) {
    return refuseParameter(
      `${param}.name`,
      "messages with role 'function' must be a response to a preceeding message with 'function_call'.",
    );
  }
  const content = readResultContent(message['content'] ?? null, `${param}.content`);
  if (isRefusal(content)) return content;
  return [{ block: { type: 'tool_result', tool_use_id: id, ...content }, param: `${param}.name` }];
}

/** A string stays one; what says nothing is left out (chat reference §2.4). */
function readResultContent(
  content: JsonValue,
  param: string,
): Pick<ToolResultBlock, 'content'> | Refusal {
  const read = content === null ? [] : decodeContent(content, param, 'tool');
  if (isRefusal(read)) return read;
  const parts = dropBlanks(read).map(({ block }) => block as ToolResultPart);
  if (parts.length === 0) return {};
  return { content: typeof content === 'string' ? content : parts };
}
