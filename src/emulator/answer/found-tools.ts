import type { JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { blocksOf } from '../../messages/request.ts';
import type { CheckedRequest } from '../rules/rule.ts';

/** Deferred tools that earlier searches, or the caller, have brought into the conversation. */
export function foundTools(request: CheckedRequest): ReadonlySet<string> {
  const found = new Set<string>();
  for (const message of request.messages) {
    for (const block of blocksOf(message)) {
      if (block.type === 'tool_search_tool_result') {
        for (const name of referencedIn(block.content)) found.add(name);
      } else if (block.type === 'tool_result' && typeof block.content !== 'string') {
        for (const part of block.content ?? []) {
          if (part.type === 'tool_reference') found.add(part.tool_name);
        }
      }
    }
  }
  return found;
}

function referencedIn(content: JsonValue): readonly string[] {
  const references = isJsonObject(content) ? content['tool_references'] : undefined;
  if (!Array.isArray(references)) return [];
  return (references as readonly JsonValue[]).flatMap((reference) => {
    const name = isJsonObject(reference) ? reference['tool_name'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}
