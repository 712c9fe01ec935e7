import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/**
 * The members of a call's input as a model writes them: a space behind colons and commas. The text
 * of a member begins with what stands before it, so that joined they are the JSON of the input
 * without its last brace.
 */
export function memberTexts(input: JsonObject): readonly string[] {
  return Object.entries(input).map(
    ([key, value], index) => `${index === 0 ? '{' : ', '}${JSON.stringify(key)}: ${spaced(value)}`,
  );
}

/** The JSON of a call's input in a stream; empty where there are no arguments (API reference §5.3). */
export function inputJson(input: JsonObject): string {
  const members = memberTexts(input);
  return members.length === 0 ? '' : `${members.join('')}}`;
}

function spaced(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map((item) => spaced(item)).join(', ')}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${spaced(member)}`,
  );
  return `{${members.join(', ')}}`;
}
