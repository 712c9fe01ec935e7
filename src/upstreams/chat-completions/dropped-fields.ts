import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import { blocksOf, isCustomTool } from '../../messages/request.ts';
import { isSingle } from './encode-tools.ts';

type IsDropped = (request: MessagesRequest, quirks: EngineQuirks) => boolean;

/**
 * Fields that go unsaid where an engine has no word for them. The answer is still one to the same
 * question; what would change that is refused instead.
 */
const fields: Readonly<Record<string, IsDropped>> = {
  top_k: ({ top_k }, quirks) => top_k !== undefined && !quirks.takes_top_k,
  service_tier: ({ service_tier }, quirks) =>
    service_tier !== undefined && !quirks.takes_service_tier,
  thinking: ({ thinking }, { thinking_as: as, takes_effort_none: takesNone }) =>
    thinking !== undefined &&
    (as === 'none' || (as === 'effort' && thinking.type === 'disabled' && !takesNone)),
  'thinking.display': ({ thinking }, { thinking_as: as }) =>
    thinking !== undefined &&
    'display' in thinking &&
    isSet(thinking.display) &&
    as !== 'native' &&
    as !== 'thinking',
  'output_config.effort': ({ output_config: config }, { thinking_as: as }) =>
    isSet(config?.effort) && as === 'none',
  'output_config.task_budget': ({ output_config: config }) => isSet(config?.task_budget),
  'tool_choice.disable_parallel_tool_use': ({ tool_choice }, quirks) =>
    isSingle(tool_choice) && !quirks.takes_parallel_flag && quirks.request_as === 'chat',
  'tools.strict': ({ tools = [] }, quirks) =>
    quirks.request_as === 'chat' &&
    !quirks.takes_strict_tools &&
    tools.some((tool) => isCustomTool(tool) && tool.strict === true),
  'tools.input_examples': ({ tools = [] }, { request_as: as }) =>
    as === 'chat' && tools.some((tool) => isCustomTool(tool) && isSet(tool.input_examples)),
  'tools.defer_loading': ({ tools = [] }, { request_as: as }) =>
    as === 'chat' && tools.some((tool) => isCustomTool(tool) && tool.defer_loading === true),
  citations: ({ messages }, { request_as: as }) =>
    as === 'chat' &&
    messages.some((message) =>
      blocksOf(message).some(
        (block) =>
          (block.type === 'document' || block.type === 'search_result') &&
          block.citations?.enabled === true,
      ),
    ),
  speed: ({ speed }) => isSet(speed) && speed !== 'standard',
  diagnostics: ({ diagnostics }) => isSet(diagnostics),
  fallbacks: (request) => 'fallbacks' in request && isSet(request.fallbacks),
};

/** Names of what a request says that its engine is not told. */
export function droppedFields(request: MessagesRequest, quirks: EngineQuirks): readonly string[] {
  return Object.entries(fields).flatMap(([name, isDropped]) =>
    isDropped(request, quirks) ? [name] : [],
  );
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
