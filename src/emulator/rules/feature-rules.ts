import type { Tool } from '../../messages/request.ts';
import { isJsonObject } from '../../std/json.ts';
import type { Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

/** Web tools from this version on filter what they find by code, unless they are told not to. */
const FILTERING_WEB_TOOLS = /^web_(?:search|fetch)_2026/;

/** What some models have and others refuse (API reference §2.1, §2.3, §2.5, §7.1). */
export const featureRules: readonly Rule[] = [
  ({ request, facts }) => {
    const effort = request.output_config?.effort ?? undefined;
    const isRefused =
      effort !== undefined && facts.effortLevels.length > 0 && !facts.effortLevels.includes(effort);
    return isRefused ? ruleTexts.effortLevelUnsupported(facts.effortLevels) : undefined;
  },
  ({ request, facts }) =>
    request.speed === 'fast' && !facts.acceptsFastSpeed ? ruleTexts.speedUnsupported : undefined,
  ({ request, facts }) =>
    Array.isArray(fallbacksOf(request)) && !facts.acceptsFallbacks
      ? ruleTexts.fallbacksUnsupported
      : undefined,
  ({ request, facts }) => {
    const byCode = facts.acceptsCodeExecution
      ? []
      : (request.tools ?? []).filter((tool) => isCalledByCode(tool));
    if (byCode.length === 0) return undefined;
    const names = byCode.map((tool) => tool.name ?? '').toSorted();
    return ruleTexts.callsByCodeUnsupported(facts.id, names);
  },
  ({ request, facts }) => {
    const isCompacting = editsOf(request).some((type) => type.startsWith('compact_'));
    return isCompacting && !facts.acceptsCompaction ? ruleTexts.compactionUnsupported : undefined;
  },
  ({ request, facts }) => {
    const { thinking } = request;
    const isOff =
      thinking === undefined ? facts.thinking.unset === 'off' : thinking.type === 'disabled';
    const at = editsOf(request).indexOf('clear_thinking_20251015');
    if (at >= 0 && isOff) return ruleTexts.clearThinkingNotThinking;
    return at > 0 ? ruleTexts.clearThinkingNotFirst : undefined;
  },
];

/** Whether code that the model writes may call a tool. */
function isCalledByCode(tool: Tool): boolean {
  const { type, allowed_callers: callers } = tool;
  if (Array.isArray(callers)) return callers.some((caller) => caller !== 'direct');
  return typeof type === 'string' && FILTERING_WEB_TOOLS.test(type);
}

/** Other models by name; the word `default` leaves the choice to the API, and is always taken. */
function fallbacksOf(request: object): unknown {
  return 'fallbacks' in request ? request.fallbacks : undefined;
}

/** The types of the edits that the context is to undergo, in their order. */
function editsOf(request: Parameters<Rule>[0]['request']): readonly string[] {
  const edits = request.context_management?.['edits'];
  if (!Array.isArray(edits)) return [];
  return edits.flatMap((edit) =>
    isJsonObject(edit) && typeof edit['type'] === 'string' ? [edit['type']] : [],
  );
}
