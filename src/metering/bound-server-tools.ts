import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** What tools that the API runs itself may bring into a request while nobody watches. */
export interface ServerToolBound {
  readonly inputTokens: number;
  readonly webSearches: number;
}

/** How often a tool is run where the request does not say: then the API pauses the turn. */
const USES_UNSAID = 10;
/** No turn has so many: whoever writes more means as often as it likes. */
const USES_MAX = 1000;
/** What one use of a tool adds to the prompt at most, as far as it is known. */
const inputOfUse: readonly (readonly [string, number])[] = [
  ['web_search_', 12_000],
  ['web_fetch_', 50_000],
  ['code_execution_', 10_000],
  ['tool_search_tool_', 2000],
  ['mcp_toolset', 10_000],
];
const MCP_SERVER_TOKENS: number = USES_UNSAID * 10_000;
/** What a tool of the API's own says of itself to the model, in the vocabulary that needs most. */
const BUILT_IN_PROMPT_TOKENS = 2500;

/** Wallet reference §4.2: as often as they may be used, each time at its most. */
export function boundServerTools(request: JsonObject): ServerToolBound {
  const tools = (Array.isArray(request['tools']) ? request['tools'] : []) as readonly JsonValue[];
  const servers = Array.isArray(request['mcp_servers']) ? request['mcp_servers'].length : 0;
  let inputTokens = servers * MCP_SERVER_TOKENS;
  let webSearches = 0;
  for (const tool of tools) {
    if (!isJsonObject(tool)) continue;
    const { type } = tool;
    if (typeof type !== 'string' || type === 'custom') continue;
    const uses = Math.min(USES_MAX, countOf(tool['max_uses']) ?? USES_UNSAID);
    const known = inputOfUse.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 0;
    const ofUse = countOf(tool['max_content_tokens']) ?? known;
    inputTokens += BUILT_IN_PROMPT_TOKENS + uses * ofUse;
    if (type.startsWith('web_search_')) webSearches += uses;
  }
  return { inputTokens, webSearches };
}

function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
