import type { ModelFacts } from '../emulator/model-facts.ts';
import { countTokens } from '../emulator/tokens/split-tokens.ts';
import { textsIn } from '../messages/texts-in.ts';
import type { Usage } from '../messages/usage.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { RequestBounds } from './bound-request.ts';

/** Around a turn of the conversation. */
const TURN_TOKENS = 4;

/**
 * What a prompt comes to by the count of its texts, where nobody reported it: close, and never more
 * than was held for it. Missing is not zero (wallet reference §4.4).
 */
export function estimateInputTokens(
  body: Uint8Array,
  facts: ModelFacts,
  { inputTokens: bound }: RequestBounds,
): number {
  const parsed = parseJson(textOf(body));
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return bound;
  const { system = '', messages = [], tools = [] } = parsed.value;
  const turns = Array.isArray(messages) ? messages.length : 1;
  const said = countTexts([system, messages, tools], facts);
  return Math.min(bound, said + facts.tokenizer.frameTokens + turns * TURN_TOKENS);
}

/** The output tokens of an answer in one piece that does not say them. */
export function estimateOutputTokens(answer: Uint8Array, facts: ModelFacts): number {
  const parsed = parseJson(textOf(answer));
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) {
    return countTokens(textOf(answer), facts.tokenizer);
  }
  const { content, choices } = parsed.value;
  return countTexts([content ?? choices ?? parsed.value], facts);
}

/** What was reported, with our own counts where it is silent. */
export function filledUsage(
  reported: Usage,
  counts: { readonly inputTokens: () => number; readonly outputTokens: () => number },
): Usage {
  const { inputTokens = counts.inputTokens(), outputTokens = counts.outputTokens() } = reported;
  return { ...reported, inputTokens, outputTokens };
}

function countTexts(values: readonly JsonValue[], { tokenizer }: ModelFacts): number {
  let tokens = 0;
  for (const text of values.flatMap((value) => textsIn(value))) {
    tokens += countTokens(text, tokenizer);
  }
  return tokens;
}
