import type { JsonObject } from '../../std/json.ts';
import type { CustomTool, Tool } from '../../messages/request.ts';
import { isCustomTool } from '../../messages/request.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { isToolForced } from '../rules/rule.ts';
import { spellJson } from './spell-json.ts';
import { countTokens } from './split-tokens.ts';
import type { VocabularyName } from './token-vocabulary.ts';

/** What a tool of the API's own adds, whose words are not in the request (API reference §11). */
const builtInTokens: readonly (readonly [string, number])[] = [
  ['bash_', 244],
  ['text_editor_', 700],
  ['computer_', 1320],
  ['web_search_', 1709],
  ['web_fetch_', 560],
  ['code_execution_', 1714],
  ['tool_search_tool_', 213],
];
const OTHER_BUILT_IN_TOKENS = 300;
/** The same words are so many times as many tokens to a vocabulary. */
const growth: Readonly<Record<VocabularyName, number>> = { 'generation-3': 1, 'generation-5': 1.4 };
/** What forbidding parallel calls leaves out of the prompt, where the prompt speaks of them. */
const PARALLEL_TOKENS = 208;
const SPEAKS_OF_PARALLEL_MIN = 400;
/** Around the name of the one tool that has to be used. */
const NAMED_TOOL_TOKENS: Readonly<Record<VocabularyName, number>> = {
  'generation-3': 2,
  'generation-5': 4,
};

/** The tokens of each tool; the prompt that comes with any is the first one's. */
export function countTools(request: CheckedRequest, facts: ModelFacts): number[] {
  const { tools = [] } = request;
  const prompt = promptTokens(request, facts);
  return tools.map((tool, index) => countTool(tool, facts) + (index === 0 ? prompt : 0));
}

function promptTokens(
  request: CheckedRequest,
  { toolsPromptTokens, tokenizer }: ModelFacts,
): number {
  const { tool_choice: choice } = request;
  const known = isToolForced(request) ? toolsPromptTokens.forced : toolsPromptTokens.free;
  const isSingle =
    choice !== undefined && choice.type !== 'none' && choice.disable_parallel_tool_use === true;
  const spared = isSingle && known >= SPEAKS_OF_PARALLEL_MIN ? PARALLEL_TOKENS : 0;
  const named =
    choice?.type === 'tool'
      ? NAMED_TOOL_TOKENS[tokenizer.vocabulary] + countTokens(choice.name, tokenizer)
      : 0;
  return known - spared + named;
}

function countTool(tool: Tool, { tokenizer }: ModelFacts): number {
  // What is loaded on demand is not in the prompt before it is found.
  if (tool.defer_loading === true) return 0;
  if (isCustomTool(tool)) return countTokens(spellTool(tool), tokenizer);
  const known = builtInTokens.find(([prefix]) => tool.type.startsWith(prefix));
  return Math.round((known?.[1] ?? OTHER_BUILT_IN_TOKENS) * growth[tokenizer.vocabulary]);
}

/** A tool as the prompt shows it to the model. */
function spellTool({ name, description = '', input_schema, input_examples }: CustomTool): string {
  const shown: JsonObject = {
    ...(description === '' ? {} : { description }),
    name,
    parameters: input_schema,
    ...(input_examples === undefined || input_examples === null
      ? {}
      : { input_examples: [...input_examples] }),
  };
  return `<function>${spellJson(shown)}</function>`;
}
