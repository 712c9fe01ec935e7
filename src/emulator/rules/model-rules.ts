import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';
import { thinkingRules } from './thinking-rules.ts';

/** What depends on the model, in the order of the API reference §4.2. */
export const modelRules: readonly Rule[] = [
  ({ request: { max_tokens }, facts }) =>
    max_tokens !== undefined && max_tokens > facts.maxOutputTokens
      ? ruleTexts.maxTokensOverCap(max_tokens, facts.maxOutputTokens, facts.id)
      : undefined,
  deprecatedSamplers,
  ({ request: { temperature, top_p }, facts }) =>
    temperature !== undefined && top_p !== undefined && !facts.acceptsBothSamplers
      ? ruleTexts.bothSamplers
      : undefined,
  ({ request, facts }) =>
    isSet(request.output_config?.effort) && facts.effortLevels.length === 0
      ? ruleTexts.effortUnsupported
      : undefined,
  ({ request }) =>
    isSet(request.output_config?.format) && isSet(request.output_format)
      ? ruleTexts.formatTwice
      : undefined,
  ({ request, facts }) =>
    (isSet(request.output_config?.format) || isSet(request.output_format)) &&
    !facts.acceptsOutputFormat
      ? ruleTexts.formatUnsupported
      : undefined,
  ({ request, facts }) =>
    isSet(request.inference_geo) && !facts.reportsInferenceGeo
      ? ruleTexts.geoUnsupported
      : undefined,
  ...thinkingRules,
  ({ request, facts }) => {
    const last = request.messages.at(-1);
    if (last?.role !== 'assistant' || facts.acceptsPrefill || isPausedTurn(last)) return undefined;
    return ruleTexts.prefillUnsupported;
  },
  ({ request }) => {
    const last = request.messages.at(-1);
    const block = last?.role === 'assistant' ? blocksOf(last).at(-1) : undefined;
    if (block?.type !== 'text' || block.text === block.text.trimEnd()) return undefined;
    return ruleTexts.prefillEndsInBlank;
  },
];

/** Whether an assistant turn stopped in the midst of the API's own tools (API reference §3.2, 7). */
function isPausedTurn(message: MessageParam): boolean {
  const type = blocksOf(message).at(-1)?.type ?? 'text';
  return (
    type !== 'tool_result' &&
    /^(server_tool_use|mcp_tool_use|compaction|.+_tool_result)$/.test(type)
  );
}

function deprecatedSamplers({ request, facts }: Parameters<Rule>[0]): string | undefined {
  if (facts.acceptsSamplers) return undefined;
  if ((request.temperature ?? 1) !== 1) return ruleTexts.samplerDeprecated('temperature');
  if ((request.top_p ?? 1) !== 1) return ruleTexts.samplerDeprecated('top_p');
  return request.top_k === undefined ? undefined : ruleTexts.samplerDeprecated('top_k');
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
