import { isJsonObject } from '../../std/json.ts';
import type { JsonValue } from '../../std/json.ts';

/** What the caller or the model wrote as JSON: the order of its members is part of the prompt. */
const verbatimMembers = new Set(['input', 'input_schema', 'input_examples', 'schema']);

/**
 * A part of the prompt as a text that is the same for the same content: members sorted, unset ones
 * and cache marks left out. JSON that the prompt shows as it came keeps its order, so a client that
 * shuffles the members of a tool call's input misses the cache, as it does with the API.
 */
export function canonicalBlock(block: unknown): string {
  return canonicalText(block as JsonValue);
}

/** Recursion is fine: how deep a body nests was bounded when it was read. */
function canonicalText(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map((item) => canonicalText(item)).join()}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members: string[] = [];
  for (const name of Object.keys(value).toSorted()) {
    const member = value[name] ?? null;
    if (name === 'cache_control' || member === null) continue;
    const text = verbatimMembers.has(name) ? JSON.stringify(member) : canonicalText(member);
    members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join()}}`;
}
