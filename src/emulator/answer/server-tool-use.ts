import type { WireUsage } from '../../messages/response.ts';
import { isJsonObject } from '../../std/json.ts';
import { serverToolResultTypes } from '../../messages/content-blocks.ts';
import type { PlannedBlock } from './planned-block.ts';

const serverResultTypes: ReadonlySet<string> = new Set(serverToolResultTypes);

/** What is counted of the API's own tools, where the answer used any; errors are not counted (§3.3). */
export function serverToolUse(blocks: readonly PlannedBlock[]): Pick<WireUsage, 'server_tool_use'> {
  if (!blocks.some((block) => isOfServerTool(block))) return {};
  const count = { web_search_requests: 0, web_fetch_requests: 0 };
  for (const block of blocks) {
    if (block.kind !== 'result') continue;
    const { type } = block.block;
    if (type === 'web_search_tool_result') {
      count.web_search_requests += Array.isArray(block.block.content) ? 1 : 0;
    } else if (type === 'web_fetch_tool_result') {
      const { content } = block.block;
      const isPage = isJsonObject(content) && content['type'] === 'web_fetch_result';
      count.web_fetch_requests += isPage ? 1 : 0;
    }
  }
  return { server_tool_use: count };
}

function isOfServerTool(block: PlannedBlock): boolean {
  if (block.kind === 'call') return block.block.type === 'server_tool_use';
  return block.kind === 'result' && serverResultTypes.has(block.block.type);
}
