import type { JsonValue } from '../../std/json.ts';

/** The SDKs that are made for one form each. */
export type SdkName = 'messages' | 'chat';

/**
 * What the SDKs of both languages have types for, in the same spelling; a test holds these against
 * the Python packages, which refuse any other. They are of late 2026: before that, samplers were
 * among those for messages.
 */
export const sdkParameters: Readonly<Record<SdkName, ReadonlySet<string>>> = {
  messages: new Set([
    'cache_control',
    'container',
    'inference_geo',
    'max_tokens',
    'messages',
    'metadata',
    'output_config',
    'service_tier',
    'stop_sequences',
    'stream',
    'system',
    'thinking',
    'tool_choice',
    'tools',
  ]),
  chat: new Set([
    'frequency_penalty',
    'logit_bias',
    'logprobs',
    'max_completion_tokens',
    'max_tokens',
    'messages',
    'metadata',
    'n',
    'parallel_tool_calls',
    'presence_penalty',
    'prompt_cache_key',
    'reasoning_effort',
    'response_format',
    'seed',
    'service_tier',
    'stop',
    'stream',
    'stream_options',
    'temperature',
    'tool_choice',
    'tools',
    'top_logprobs',
    'top_p',
    'user',
  ]),
};

type Member = readonly [string, JsonValue];

/** Members by whether an SDK has a parameter for them. */
export function sortedForSdk(
  members: readonly Member[],
  sdk: SdkName,
): { readonly known: readonly Member[]; readonly others: readonly Member[] } {
  const isKnown = ([name]: Member): boolean => sdkParameters[sdk].has(name);
  return {
    known: members.filter((member) => isKnown(member)),
    others: members.filter((member) => !isKnown(member)),
  };
}
