import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/**
 * What a request consumed, in tokens. A field that was not reported is absent: unknown is not
 * zero, and whoever prices it must treat it as unknown.
 */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly cacheWrite5mTokens?: number;
  readonly cacheWrite1hTokens?: number;
  readonly thinkingTokens?: number;
  readonly webSearchRequests?: number;
  readonly webFetchRequests?: number;
}

const wireFields: readonly (readonly [keyof Usage, readonly string[]])[] = [
  ['inputTokens', ['input_tokens']],
  ['outputTokens', ['output_tokens']],
  ['cacheReadTokens', ['cache_read_input_tokens']],
  ['cacheWriteTokens', ['cache_creation_input_tokens']],
  ['cacheWrite5mTokens', ['cache_creation', 'ephemeral_5m_input_tokens']],
  ['cacheWrite1hTokens', ['cache_creation', 'ephemeral_1h_input_tokens']],
  ['thinkingTokens', ['output_tokens_details', 'thinking_tokens']],
  ['webSearchRequests', ['server_tool_use', 'web_search_requests']],
  ['webFetchRequests', ['server_tool_use', 'web_fetch_requests']],
];

/**
 * Takes every `usage` object of one answer and keeps the latest value of each field.
 *
 * Usage in a stream is cumulative (API reference, streaming usage): `message_delta` replaces what
 * `message_start` said, field by field, and a field it does not carry keeps its value. Adding
 * would count twice; treating an absent field as zero would lose it. Both happened to others.
 */
export class UsageState {
  #usage: Usage = {};
  #final = false;

  /** Sets what `reported` carries. A count that is no natural number is not believed. */
  merge(reported: JsonValue | undefined): void {
    if (!isJsonObject(reported)) return;
    const next: { -readonly [Field in keyof Usage]: Usage[Field] } = { ...this.#usage };
    for (const [field, path] of wireFields) {
      const count = countAt(reported, path);
      if (count !== undefined) next[field] = count;
    }
    this.#usage = next;
  }

  /** Merges the usage that ends an answer: from here on the counts are exact. */
  mergeFinal(reported: JsonValue | undefined): void {
    this.merge(reported);
    this.#final = isJsonObject(reported) && countAt(reported, ['output_tokens']) !== undefined;
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** Whether the final counts were seen; until then `usage` is what was known so far. */
  get isFinal(): boolean {
    return this.#final;
  }
}

function countAt(reported: JsonObject, path: readonly string[]): number | undefined {
  let value: JsonValue | undefined = reported;
  for (const key of path) {
    if (!isJsonObject(value)) return undefined;
    value = value[key];
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return undefined;
  return value;
}
