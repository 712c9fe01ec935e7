import type { WireUsage } from '../messages/response.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { ChatUsage } from './chat-response.ts';

/** Usage of the Messages form as it was reported: what is no count is none. */
type ReportedUsage = { readonly [Field in keyof WireUsage]?: unknown };

/**
 * Usage as this form counts it: the prompt includes what was read from the cache and written to it,
 * and `cached_tokens` is a part of the prompt (chat reference §2.10). Nulls count as 0.
 */
export function chatUsageOf(usage: ReportedUsage): ChatUsage {
  const read = countOf(usage.cache_read_input_tokens) ?? 0;
  const written = countOf(usage.cache_creation_input_tokens) ?? 0;
  const prompt = (countOf(usage.input_tokens) ?? 0) + read + written;
  const output = countOf(usage.output_tokens) ?? 0;
  const thinking = detailOf(usage.output_tokens_details, 'thinking_tokens');
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
    ...(thinking === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: thinking } }),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    ...(isJsonObject(usage.cache_creation) ? { cache_creation: usage.cache_creation } : {}),
  };
}

/** What the tier that served an answer is called in this form; chat reference §2.2. */
export function serviceTierOf({ service_tier: tier }: ReportedUsage): string | undefined {
  return tiers.get(tier);
}

const tiers: ReadonlyMap<unknown, string> = new Map([
  ['standard', 'default'],
  ['priority', 'priority'],
]);

/**
 * The way back: `input_tokens` is what neither came from the cache nor went to it. Undefined where
 * what was reported is no usage.
 */
export function wireUsageOf(reported: JsonValue | undefined): WireUsage | undefined {
  if (reported === undefined || !isJsonObject(reported)) return undefined;
  const prompt = countOf(reported['prompt_tokens']);
  const output = countOf(reported['completion_tokens']);
  if (prompt === undefined || output === undefined) return undefined;
  const read = detailOf(reported['prompt_tokens_details'], 'cached_tokens') ?? 0;
  const written =
    countOf(reported['cache_creation_input_tokens']) ??
    detailOf(reported['prompt_tokens_details'], 'cache_write_tokens') ??
    0;
  const thinking = detailOf(reported['completion_tokens_details'], 'reasoning_tokens');
  const split = splitOf(reported['cache_creation']);
  return {
    input_tokens: Math.max(0, prompt - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    ...(split === undefined ? {} : { cache_creation: split }),
    output_tokens: output,
    ...(thinking === undefined ? {} : { output_tokens_details: { thinking_tokens: thinking } }),
  };
}

/** How long what was written stays, which its price depends on; an extension. */
function splitOf(reported: JsonValue | undefined): WireUsage['cache_creation'] | undefined {
  const fiveMinutes = detailOf(reported, 'ephemeral_5m_input_tokens');
  const oneHour = detailOf(reported, 'ephemeral_1h_input_tokens');
  if (fiveMinutes === undefined || oneHour === undefined) return undefined;
  return { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour };
}

function detailOf(details: unknown, name: string): number | undefined {
  return isJsonObject(details) ? countOf(details[name]) : undefined;
}

function countOf(value: unknown): number | undefined {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isCount ? value : undefined;
}
