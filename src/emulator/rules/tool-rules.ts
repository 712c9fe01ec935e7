import type { CustomTool, Tool } from '../../messages/request.ts';
import { isCustomTool } from '../../messages/request.ts';
import { CheckAllowance, findUnsatisfying } from '../json-schema/satisfies-schema.ts';
import type { CheckedRequest, Rule } from './rule.ts';
import { isToolForced } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';
import { isValidToolSchema } from './valid-json-schema.ts';

const combinators = ['oneOf', 'allOf', 'anyOf'];

/** What tools and the choice among them must fulfil (API reference §2.3, §4.5). */
export const toolRules: readonly Rule[] = [
  ({ request }) =>
    firstCustom(request, ({ input_schema }, at) =>
      combinators.some((keyword) => Object.hasOwn(input_schema, keyword))
        ? ruleTexts.toolSchemaCombined(at)
        : undefined,
    ),
  ({ request }) =>
    firstCustom(request, ({ input_schema: { type } }, at) => {
      if (type === undefined) return ruleTexts.toolSchemaTypeMissing(at);
      return type === 'object' ? undefined : ruleTexts.toolSchemaType(at);
    }),
  ({ request }) =>
    firstCustom(request, ({ input_schema }, at) =>
      isValidToolSchema(input_schema) ? undefined : ruleTexts.toolSchemaInvalid(at),
    ),
  ({ request }) => {
    const allowance = new CheckAllowance();
    return firstCustom(request, ({ input_schema, input_examples }, at) => {
      const wrong = findUnsatisfying(input_examples ?? [], input_schema, allowance);
      return wrong < 0 ? undefined : ruleTexts.toolExampleInvalid(at, wrong);
    });
  },
  ({ request: { tools = [] } }) => {
    const names = tools.flatMap((tool) => (typeof tool.name === 'string' ? [tool.name] : []));
    return new Set(names).size < names.length ? ruleTexts.toolNameTwice : undefined;
  },
  ({ request: { tools = [] } }) => {
    const at = tools.findIndex((tool) => hasBothDomainLists(tool));
    return at < 0 ? undefined : ruleTexts.toolDomainsTwice(at, String(tools[at]?.type));
  },
  ({ request: { tools = [] } }) =>
    tools.length > 0 && tools.every(({ defer_loading }) => defer_loading === true)
      ? ruleTexts.toolsAllDeferred
      : undefined,
  ({ request }) => {
    const { tools = [], tool_choice } = request;
    if (tools.length > 0 || tool_choice === undefined || !isToolForced(request)) return undefined;
    return ruleTexts.toolsMissing(tool_choice.type);
  },
  ({ request: { tools = [], tool_choice } }) => {
    if (tool_choice?.type !== 'tool') return undefined;
    // What a toolset offers has names that only its server knows.
    const isOffered = tools.some(({ name }) => name === undefined || name === tool_choice.name);
    return isOffered ? undefined : ruleTexts.toolUnknown(tool_choice.name);
  },
];

function firstCustom(
  request: CheckedRequest,
  check: (tool: CustomTool, at: number) => string | undefined,
): string | undefined {
  for (const [at, tool] of (request.tools ?? []).entries()) {
    const text = isCustomTool(tool) ? check(tool, at) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A search or a fetch is held to some domains or kept from some, never both. */
function hasBothDomainLists(tool: Tool): boolean {
  if (isCustomTool(tool)) return false;
  const { allowed_domains: allowed, blocked_domains: blocked } = tool;
  return Array.isArray(allowed) && Array.isArray(blocked);
}
