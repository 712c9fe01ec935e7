import { formatOf } from '../rules/format-rules.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { isJsonObject } from '../../std/json.ts';
import type { ModelFacts } from '../model-facts.ts';
import { blocksOf } from '../../messages/request.ts';
import type { Tool } from '../../messages/request.ts';
import { canonicalBlock } from './canonical-block.ts';
import type { AnyBlock } from './nested-blocks.ts';
import { nestedBlocks } from './nested-blocks.ts';
import type { PromptLevel } from './prompt-positions.ts';

/** What beside its blocks makes a level of the prompt another one: a text for each level. */
export type LevelSettings = Readonly<Record<PromptLevel, string>>;

/**
 * The settings of a request, each at the level that it invalidates (API reference §6.5): what comes
 * before that level can still be read.
 */
export function levelSettings(request: CheckedRequest, facts: ModelFacts): LevelSettings {
  const seen = lookAtBlocks(request);
  const { output_config, container, tools = [] } = request;
  return {
    tools: canonicalBlock((request.mcp_servers ?? []).map(withoutToken)),
    system: canonicalBlock({
      webTools: tools.filter(isWebTool),
      cites: seen.cites,
      speed: request.speed ?? 'standard',
      schema: formatOf(request) ?? null,
      skills: isJsonObject(container) ? (container['skills'] ?? null) : null,
    }),
    messages: canonicalBlock({
      toolChoice: toolChoiceOf(request),
      hasImages: seen.hasImages,
      thinking: thinkingOf(request, facts),
      effort: output_config?.effort ?? 'high',
    }),
  };
}

/** Searching and fetching are switched in the system prompt: the other tools stay as they were. */
export function isWebTool(tool: Tool): boolean {
  return /^web_(?:search|fetch)_/.test(tool.type ?? '');
}

/** A server is the same whoever it lets in: tokens change from hour to hour. */
function withoutToken(server: object): object {
  const { authorization_token: _token, ...kept } = server as { authorization_token?: unknown };
  return kept;
}

interface SeenBlocks {
  readonly cites: boolean;
  readonly hasImages: boolean;
}

function lookAtBlocks({ messages }: CheckedRequest): SeenBlocks {
  let cites = false;
  let hasImages = false;
  const look = (block: AnyBlock): void => {
    hasImages ||= block.type === 'image';
    if (block.type !== 'document' && block.type !== 'search_result') return;
    cites ||= block.citations?.enabled === true;
  };
  for (const message of messages) {
    for (const block of blocksOf(message)) {
      look(block);
      for (const inner of nestedBlocks(block)) look(inner.block);
    }
  }
  return { cites, hasImages };
}

/** Leaving a member out is the same as giving its default (API reference §2.2). */
function toolChoiceOf({ tool_choice: choice }: CheckedRequest): object {
  if (choice === undefined) return { type: 'auto' };
  if (choice.type === 'none' || choice.disable_parallel_tool_use === true) return choice;
  const { disable_parallel_tool_use: _off, ...kept } = choice;
  return kept;
}

/** `display` is not in here: it says what is shown, not what is thought. */
function thinkingOf({ thinking }: CheckedRequest, facts: ModelFacts): string {
  if (thinking === undefined) return facts.thinking.unset;
  if (thinking.type === 'disabled') return 'off';
  return thinking.type === 'enabled' ? `enabled ${String(thinking.budget_tokens)}` : 'adaptive';
}
