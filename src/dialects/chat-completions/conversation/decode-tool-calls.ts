import type { ToolUseBlock } from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import { isRefusal } from '../../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject, parseExactJson } from '../../../std/json.ts';
import type { PlacedBlock } from './placed-block.ts';
import { refuseParameter } from '../refuse-parameter.ts';

type Calls = readonly PlacedBlock<ToolUseBlock>[] | Refusal;

/** Nesting of a call's arguments, which the bounds of the body do not see inside their string. */
const ARGUMENTS_DEPTH_MAX = 128;

/** `tool_calls` of an assistant message (chat reference §2.3, §2.5). */
export function decodeToolCalls(calls: JsonValue, param: string): Calls {
  if (calls === null) return [];
  if (!Array.isArray(calls)) return refuseParameter(param, 'expected an array');
  const blocks: PlacedBlock<ToolUseBlock>[] = [];
  for (const [index, call] of (calls as readonly JsonValue[]).entries()) {
    const read = decodeToolCall(call, `${param}[${String(index)}]`);
    if (isRefusal(read)) return read;
    blocks.push(...read);
  }
  return blocks;
}

function decodeToolCall(call: JsonValue, param: string): Calls {
  if (!isJsonObject(call)) return refuseParameter(param, 'expected an object');
  const { id, type = 'function' } = call;
  if (typeof id !== 'string') return refuseParameter(`${param}.id`, 'expected a string');
  if (type === 'custom') return decodeCustomCall(call['custom'], id, param);
  if (type !== 'function') {
    return refuseParameter(`${param}.type`, "expected 'function' or 'custom'");
  }
  const read = decodeFunctionCall(call['function'] ?? null, id, `${param}.function`);
  return isRefusal(read) ? read : read.map(({ block }) => ({ block, param: `${param}.id` }));
}

/** A function's name and arguments: of a call, or as `function_call` of 2023 has them. */
export function decodeFunctionCall(call: JsonValue, id: string, param: string): Calls {
  if (!isJsonObject(call)) return refuseParameter(param, 'expected an object');
  const { name, arguments: given = null } = call;
  if (!isName(name)) return refuseParameter(`${param}.name`, 'expected the name of a function');
  const input = parseArguments(given);
  if (input.kind === 'bad') return refuseParameter(`${param}.arguments`, input.why);
  return [{ block: { type: 'tool_use', id, name, input: input.value }, param }];
}

/** A tool that takes text is a function with one string, `input` (chat reference §2.5). */
function decodeCustomCall(call: JsonValue | undefined, id: string, param: string): Calls {
  if (!isJsonObject(call)) return refuseParameter(`${param}.custom`, 'expected an object');
  const { name, input } = call;
  if (!isName(name)) return refuseParameter(`${param}.custom.name`, 'expected the name of a tool');
  if (typeof input !== 'string') {
    return refuseParameter(`${param}.custom.input`, 'expected a string');
  }
  return [{ block: { type: 'tool_use', id, name, input: { input } }, param: `${param}.id` }];
}

function isName(name: JsonValue | undefined): name is string {
  return typeof name === 'string' && name !== '';
}

type Arguments =
  | { readonly kind: 'value'; readonly value: JsonObject }
  | { readonly kind: 'bad'; readonly why: string };

/** No arguments at all are an empty object; anything else that is no object is the caller's mistake. */
function parseArguments(given: JsonValue): Arguments {
  const text = given ?? '';
  const parsed = typeof text === 'string' && text.trim() !== '' ? parseExactJson(text) : undefined;
  if (parsed?.kind === 'malformed') return { kind: 'bad', why: `not valid JSON: ${parsed.detail}` };
  const value = parsed === undefined && typeof text === 'string' ? {} : (parsed?.value ?? text);
  if (!isJsonObject(value)) return { kind: 'bad', why: 'expected the JSON text of an object' };
  return isDeeperThan(value, ARGUMENTS_DEPTH_MAX)
    ? { kind: 'bad', why: `nested more than ${String(ARGUMENTS_DEPTH_MAX)} levels deep` }
    : { kind: 'value', value };
}

/** Level by level, so that no depth is too deep to be counted. */
function isDeeperThan(value: JsonObject, depthMax: number): boolean {
  let level: readonly object[] = [value];
  for (let depth = 0; depth < depthMax && level.length > 0; depth += 1) {
    level = level
      .flatMap((holder) => Object.values(holder) as readonly JsonValue[])
      .filter((inner) => typeof inner === 'object' && inner !== null);
  }
  return level.length > 0;
}
