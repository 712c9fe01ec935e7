import type { WireUsage } from '../messages/response.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { ChatUsage } from './chat-response.ts';

/**
 * Usage as this form counts it: the prompt includes what was read from the cache and written to it,
 * and `cached_tokens` is a part of the prompt (chat reference §2.10). Nulls count as 0.
 */
export function chatUsageOf(usage: Partial<WireUsage>): ChatUsage {
  const { input_tokens = 0, output_tokens = 0, output_tokens_details: details } = usage;
  const read = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  const prompt = input_tokens + read + written;
  return {
    prompt_tokens: prompt,
    completion_tokens: output_tokens,
    total_tokens: prompt + output_tokens,
    prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
    ...(details === undefined || details === null
      ? {}
      : { completion_tokens_details: { reasoning_tokens: details.thinking_tokens } }),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    ...(usage.cache_creation === undefined || usage.cache_creation === null
      ? {}
      : { cache_creation: { ...usage.cache_creation } }),
  };
}

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
  return {
    input_tokens: Math.max(0, prompt - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: output,
    ...(thinking === undefined ? {} : { output_tokens_details: { thinking_tokens: thinking } }),
  };
}

function detailOf(details: JsonValue | undefined, name: string): number | undefined {
  return details !== undefined && isJsonObject(details) ? countOf(details[name]) : undefined;
}

function countOf(value: JsonValue | undefined): number | undefined {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isCount ? value : undefined;
}
