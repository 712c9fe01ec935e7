import type { RequestBlock, TextBlock } from '../../messages/content-blocks.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { KnownModel } from '../dialect.ts';
import { arrangeTurns } from './conversation/arrange-turns.ts';
import { decodeContent, partRules } from './conversation/decode-content.ts';
import { decodeMessage, roleRules } from './conversation/decode-roles.ts';
import { FunctionCalls } from './conversation/function-calls.ts';
import { ignoredFieldsOf, messageFields } from './conversation/message-fields.ts';
import type { PlacedBlock, SpokenBlock } from './conversation/placed-block.ts';
import { dropBlanks } from './conversation/placed-block.ts';
import { refuseParameter } from './refuse-parameter.ts';
import { lacksLoopThinking } from './conversation/tool-loop-thinking.ts';

export interface MessagesDecoding {
  /** Absent where the registry does not have the model. */
  readonly model: KnownModel | undefined;
}

/** What the conversation of a request is in the canonical form. */
export interface DecodedMessages {
  readonly system: readonly TextBlock[];
  readonly messages: readonly MessageParam[];
  /** Names of the tools that the conversation calls, in their order, each once. */
  readonly calledTools: readonly string[];
  /** How many blocks of `system` and `messages` say where a cached prefix may end. */
  readonly cacheMarkers: number;
  /** Fields of messages and parts that had no effect. */
  readonly ignored: readonly string[];
  /**
   * Whether a tool loop goes on whose turn lacks its signed thinking. A request with a thinking
   * budget is then refused (API reference §4.5, "tool loop without thinking"): where the budget
   * was only derived from an effort, thinking has to be left out of this request.
   */
  readonly lacksThinking: boolean;
}

/** Reads `messages` and the top-level `system` of a request (chat reference §2.3). */
export function decodeMessages(
  body: JsonObject,
  { model }: MessagesDecoding,
): DecodedMessages | Refusal {
  const { messages = null, system = null } = body;
  if (!Array.isArray(messages) || messages.length === 0) {
    return refuseParameter('messages', 'expected an array of at least one message');
  }
  const instructed = system === null ? [] : decodeContent(system, 'system', 'system');
  if (isRefusal(instructed)) return instructed;
  const heard = hear(messages);
  if (isRefusal(heard)) return heard;
  const turns = arrangeTurns(heard.spoken, model?.traits.acceptsPrefill);
  if (isRefusal(turns)) return turns;
  const instructions = dropBlanks([...instructed, ...heard.system]).map(({ block }) => block);
  const blocks = turns.flatMap((turn) => blocksOf(turn));
  return {
    // Nothing but text may stand in the content of system messages.
    system: instructions as readonly TextBlock[],
    messages: turns,
    calledTools: calledTools(blocks),
    cacheMarkers: cacheMarkers(instructions) + cacheMarkers(blocks),
    ignored: heard.ignored,
    lacksThinking: lacksLoopThinking(turns),
  };
}

/** The messages of a request in one row of blocks each, for the two places where they may land. */
interface Heard {
  readonly system: readonly PlacedBlock[];
  readonly spoken: readonly SpokenBlock[];
  readonly ignored: readonly string[];
}

function hear(messages: readonly JsonValue[]): Heard | Refusal {
  const system: PlacedBlock[] = [];
  const spoken: SpokenBlock[] = [];
  const ignored = new Set<string>();
  const functionCalls = new FunctionCalls();
  for (const [index, message] of messages.entries()) {
    const param = `messages[${String(index)}]`;
    if (!isJsonObject(message)) return refuseParameter(param, 'expected an object');
    const { role } = message;
    const rule = typeof role === 'string' ? roleRules.get(role) : undefined;
    if (rule === undefined) return refuseParameter(`${param}.role`, roleExpected);
    const blocks = decodeMessage(rule, { message, param, functionCalls });
    if (isRefusal(blocks)) return blocks;
    for (const name of ignoredFieldsOf(message, blocks)) ignored.add(name);
    const { lands } = rule;
    for (const placed of blocks) {
      if (lands === 'system') system.push(placed);
      // What only stands in results of tools is within their block by now.
      else spoken.push({ ...(placed as PlacedBlock<RequestBlock>), role: lands });
    }
  }
  return { system, spoken, ignored: [...ignored] };
}

const roleExpected = `expected one of ${[...roleRules.keys()].map((role) => `'${role}'`).join(', ')}`;

function calledTools(blocks: readonly RequestBlock[]): readonly string[] {
  const names = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.name] : []));
  return [...new Set(names)];
}

/** Those inside the results of tools count as well. */
function cacheMarkers(blocks: readonly object[]): number {
  let count = 0;
  for (const block of blocks) {
    if ('cache_control' in block && (block.cache_control ?? null) !== null) count += 1;
    const isResult = 'type' in block && block.type === 'tool_result' && 'content' in block;
    if (!isResult || !Array.isArray(block.content)) continue;
    count += cacheMarkers(block.content.filter((part: unknown) => isJsonObject(part)));
  }
  return count;
}

/** A role, a field of messages or a type of content parts, and what becomes of it. */
export interface ChatMessagePart {
  readonly name: string;
  readonly posture: 'mapped' | 'ignored' | 'refused';
  /** In one sentence. */
  readonly becomes: string;
}

/** All that is known of messages, from the tables that they are decoded by. */
export const chatMessageParts: readonly ChatMessagePart[] = [
  ...[...roleRules].map(([role, { becomes }]) => ({
    name: `role ${role}`,
    posture: 'mapped' as const,
    becomes,
  })),
  ...messageFields.map(({ name, posture, becomes }) => ({
    name: `messages[].${name}`,
    posture,
    becomes,
  })),
  ...[...partRules].map(([type, { posture, becomes }]) => ({
    name: `part ${type}`,
    posture,
    becomes,
  })),
];
