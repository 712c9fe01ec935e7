import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

/** What a caller is told whose inputs are those of Chat Completions. */
export const chatInputsHint =
  'These inputs are in the form of Chat Completions. This model takes those of Messages: roles user and assistant, system at the top level, max_tokens, tools with an input_schema, and content blocks like text, image, tool_use and tool_result.';

/** Members that only requests of Chat Completions have. */
const chatMembers = ['max_completion_tokens', 'functions', 'function_call', 'response_format'];
const chatRoles: ReadonlySet<JsonValue | undefined> = new Set([
  'system',
  'developer',
  'tool',
  'function',
]);
const chatMessageMembers = ['tool_calls', 'tool_call_id', 'function_call'];

/** Whether inputs were made for Chat Completions: whoever gets a no for them should know why. */
export function looksLikeChat(inputs: JsonObject): boolean {
  return (
    chatMembers.some((name) => inputs[name] !== undefined) ||
    objectsIn(inputs['tools']).some(({ type }) => type === 'function') ||
    objectsIn(inputs['messages']).some(isChatMessage)
  );
}

function isChatMessage(message: JsonObject): boolean {
  return (
    chatRoles.has(message['role']) ||
    chatMessageMembers.some((name) => message[name] !== undefined) ||
    objectsIn(message['content']).some(({ type }) => type === 'image_url')
  );
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isJsonObject(item)) : [];
}
