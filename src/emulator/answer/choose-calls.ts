import type { ToolUseBlock } from '../../messages/content-blocks.ts';
import type { Tool } from '../../messages/request.ts';
import { isCustomTool, lastTurnOf } from '../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { ClientTool } from './built-in-tools.ts';
import { findBuiltInTool } from './built-in-tools.ts';
import { codeCaller } from './call-by-code.ts';
import type { ConversationView } from './conversation-view.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import { generateJson } from '../json-schema/generate-json.ts';
import { isSmallJson } from '../json-schema/json-bounds.ts';
import { plainWord } from './plain-word.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { satisfiesSchema } from '../json-schema/satisfies-schema.ts';
import { foundTools } from './found-tools.ts';
import type { ServerTool } from './server-tools/server-tool.ts';

const PARALLEL_PERCENT = 35;

/** A tool to call: by the caller, or by the API itself. */
export interface ChosenTool {
  readonly name: string;
  readonly tool: Tool;
  readonly builtIn: ClientTool | ServerTool | undefined;
}

/**
 * Which tools an answer calls. `auto` calls where the user has just spoken and answers where results
 * came back, so that a loop ends; `any` and `tool` always call.
 */
export function chooseTools(
  request: CheckedRequest,
  random: DeterministicRandom,
): readonly ChosenTool[] {
  const choice = request.tool_choice ?? { type: 'auto' };
  const offered = (request.tools ?? []).flatMap((tool) => callable(tool));
  const byCaller = offered.filter(({ builtIn }) => builtIn?.kind !== 'server');
  const isParallel = !('disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use);
  switch (choice.type) {
    case 'none':
      return [];
    case 'tool':
      return offered.filter(({ name }) => name === choice.name).slice(0, 1);
    case 'any':
      return byCaller.length === 0 ? offered.slice(0, 1) : someOf(byCaller, { isParallel, random });
    case 'auto':
      return userJustSpoke(request) ? someOf(usable(offered, request), { isParallel, random }) : [];
  }
}

/** A call of a tool that the caller runs. */
export function makeCall(
  chosen: ChosenTool,
  view: ConversationView,
  draw: { readonly random: DeterministicRandom; readonly id: string },
): ToolUseBlock {
  const { name, tool, builtIn } = chosen;
  const input =
    builtIn?.kind === 'client'
      ? builtIn.input(plainWord(view, draw.random))
      : customInput(tool, view, draw.random);
  return { type: 'tool_use', id: draw.id, name, input, caller: { type: 'direct' } };
}

/** What a model would turn to by itself: tools that it sees, and that have something to do. */
function usable(offered: readonly ChosenTool[], request: CheckedRequest): readonly ChosenTool[] {
  const found = foundTools(request);
  return offered.filter(({ tool, name, builtIn }) => {
    if (isDeferred(tool) && !found.has(name)) return false;
    if (isForCode(tool) && codeCaller(request, tool) === undefined) return false;
    return builtIn?.kind !== 'server' || (builtIn.isUseful?.(request) ?? true);
  });
}

/** The custom tool of a name, as it is called. */
export function findCustomTool(request: CheckedRequest, name: string): ChosenTool | undefined {
  const tool = (request.tools ?? []).find((offered) => offered.name === name);
  return tool === undefined ? undefined : { name, tool, builtIn: undefined };
}

function callable(tool: Tool): readonly ChosenTool[] {
  if (typeof tool.name !== 'string') return [];
  if (isCustomTool(tool)) return [{ name: tool.name, tool, builtIn: undefined }];
  const builtIn = findBuiltInTool(tool.type);
  return builtIn === undefined ? [] : [{ name: tool.name, tool, builtIn }];
}

/** Options that most tools have, whoever defines them. */
function optionsOf(tool: Tool): Readonly<Record<string, JsonValue | undefined>> {
  return tool as Readonly<Record<string, JsonValue | undefined>>;
}

/** A model does not see it before a search has found it. */
function isDeferred(tool: Tool): boolean {
  return optionsOf(tool)['defer_loading'] === true;
}

/** Only code may call it. */
function isForCode(tool: Tool): boolean {
  const callers = optionsOf(tool)['allowed_callers'];
  return Array.isArray(callers) && callers.length > 0 && !callers.includes('direct');
}

function userJustSpoke(request: CheckedRequest): boolean {
  const last = lastTurnOf(request.messages);
  if (last?.role !== 'user') return false;
  if (typeof last.content === 'string') return true;
  return !last.content.some((block) => block.type === 'tool_result');
}

function someOf(
  tools: readonly ChosenTool[],
  how: { readonly isParallel: boolean; readonly random: DeterministicRandom },
): readonly ChosenTool[] {
  const start = how.random.below(Math.max(1, tools.length));
  const wantsTwo = how.isParallel && tools.length > 1 && how.random.chance(PARALLEL_PERCENT);
  const first = tools[start];
  const second = wantsTwo ? tools[(start + 1) % tools.length] : undefined;
  return [first, second].filter((tool) => tool !== undefined);
}

function customInput(tool: Tool, view: ConversationView, random: DeterministicRandom): JsonObject {
  if (!isCustomTool(tool)) return {};
  const schema = tool.input_schema;
  const example = random.pick(tool.input_examples ?? []);
  if (example !== undefined && isSmallJson(example) && satisfiesSchema(example, schema, schema)) {
    return example;
  }
  const input = generateJson(schema, { random, words: view.words });
  return isJsonObject(input) ? input : {};
}
