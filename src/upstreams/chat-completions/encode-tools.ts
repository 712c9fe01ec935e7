import type { ChatTool, ChatToolChoice } from '../../chat-form/chat-request.ts';
import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type { CustomTool, MessagesRequest, ToolChoice } from '../../messages/request.ts';
import { isCustomTool } from '../../messages/request.ts';
import { markOf } from './encode-parts.ts';
import type { EngineRequest } from './engine-request.ts';

type ToolFields = Pick<EngineRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>;

/** Tools and which of them may be called; chat reference §2.5, §2.6. */
export function encodeTools(request: MessagesRequest, quirks: EngineQuirks): ToolFields {
  const { tool_choice: choice } = request;
  const tools = (request.tools ?? []).filter((tool) => isCustomTool(tool));
  // An engine that heeds no choice calls none of the tools only if it has none.
  const isSilenced = choice?.type === 'none' && quirks.tool_choice === 'none';
  const offered = isSilenced ? [] : narrowed(tools, choice, quirks);
  if (offered.length === 0) return {};
  const encoded = choice === undefined ? undefined : encodeChoice(choice, quirks);
  return {
    tools: offered.map((tool) => encodeTool(tool, quirks)),
    ...(encoded === undefined ? {} : { tool_choice: encoded }),
    ...(isSingle(choice) && quirks.takes_parallel_flag ? { parallel_tool_calls: false } : {}),
  };
}

/** Whether the request allows one call at a time. */
export function isSingle(choice: ToolChoice | undefined): boolean {
  return (
    choice !== undefined && choice.type !== 'none' && choice.disable_parallel_tool_use === true
  );
}

/** Where a choice cannot name a tool, the one that is wanted is the only one there. */
function narrowed(
  tools: readonly CustomTool[],
  choice: ToolChoice | undefined,
  quirks: EngineQuirks,
): readonly CustomTool[] {
  if (choice?.type !== 'tool' || quirks.tool_choice !== 'words') return tools;
  return tools.filter(({ name }) => name === choice.name);
}

function encodeTool(tool: CustomTool, quirks: EngineQuirks): ChatTool {
  const { name, description, input_schema: parameters, strict } = tool;
  const isStrict = quirks.takes_strict_tools && strict !== undefined && strict !== null;
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters,
      ...(isStrict ? { strict } : {}),
    },
    ...markOf(tool, quirks),
  };
}

function encodeChoice(choice: ToolChoice, quirks: EngineQuirks): ChatToolChoice | undefined {
  if (quirks.tool_choice === 'none') return undefined;
  switch (choice.type) {
    case 'auto':
      return 'auto';
    case 'none':
      return 'none';
    case 'any':
      return 'required';
    case 'tool':
      return quirks.tool_choice === 'words'
        ? 'required'
        : { type: 'function', function: { name: choice.name } };
  }
}
