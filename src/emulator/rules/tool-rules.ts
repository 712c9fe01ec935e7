import type { CustomTool } from '../../messages/request.ts';
import { isCustomTool } from '../../messages/request.ts';
import type { CheckedRequest, Rule } from './rule.ts';
import { isToolForced } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

const combinators = ['oneOf', 'allOf', 'anyOf'];

/** What tools and the choice among them must fulfil (API reference §2.3, §4.5). */
export const toolRules: readonly Rule[] = [
  ({ request }) =>
    firstTool(request, ({ input_schema }, at) =>
      combinators.some((keyword) => Object.hasOwn(input_schema, keyword))
        ? ruleTexts.toolSchemaCombined(at)
        : undefined,
    ),
  ({ request }) =>
    firstTool(request, ({ input_schema }, at) =>
      input_schema['type'] === 'object' ? undefined : ruleTexts.toolSchemaType(at),
    ),
  ({ request: { tools = [] } }) => {
    const names = tools.flatMap((tool) => (typeof tool.name === 'string' ? [tool.name] : []));
    return new Set(names).size < names.length ? ruleTexts.toolNameTwice : undefined;
  },
  ({ request: { tools = [] } }) =>
    tools.length > 0 && tools.every((tool) => tool['defer_loading' as keyof typeof tool] === true)
      ? ruleTexts.toolsAllDeferred
      : undefined,
  ({ request }) => {
    const { tools = [], tool_choice } = request;
    if (tools.length > 0 || tool_choice === undefined || !isToolForced(request)) return undefined;
    return ruleTexts.toolsMissing(tool_choice.type);
  },
  ({ request: { tools = [], tool_choice } }) => {
    if (tool_choice?.type !== 'tool') return undefined;
    const isOffered = tools.some((tool) => tool.name === tool_choice.name);
    return isOffered ? undefined : ruleTexts.toolUnknown(tool_choice.name);
  },
];

function firstTool(
  request: CheckedRequest,
  check: (tool: CustomTool, at: number) => string | undefined,
): string | undefined {
  for (const [at, tool] of (request.tools ?? []).entries()) {
    const text = isCustomTool(tool) ? check(tool, at) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}
