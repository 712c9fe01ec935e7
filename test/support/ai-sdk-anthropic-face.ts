import type { AnthropicProvider } from '@ai-sdk/anthropic';
import { createAnthropic } from '@ai-sdk/anthropic';
import type { JsonObject } from '../../src/std/json.ts';
import type { AiSdkConnectionOptions, AiSdkFace } from './ai-sdk-face.ts';
import { noteBodies } from './ai-sdk-face.ts';
import { aiSdkScenarios } from './ai-sdk-scenarios.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

export const anthropicFace: AiSdkFace = {
  name: '@ai-sdk/anthropic',
  modelName: 'claude-sonnet-4-6',
  answerId: /^msg_/,
  endings: {
    turn: 'end_turn',
    sequence: 'stop_sequence',
    length: 'max_tokens',
    tools: 'tool_use',
    refusal: 'refusal',
  },
  overloadedStatus: 529,
  noticesMissingEnd: false,
  thinking: { anthropic: { thinking: { type: 'enabled', budgetTokens: 2000 } } },
  cachedPrefix: { anthropic: { cacheControl: { type: 'ephemeral' } } },
  connect: (gateway, options) => {
    const bodies: JsonObject[] = [];
    const provider = anthropicProvider(gateway, { ...options, bodies });
    return { model: (name = 'claude-sonnet-4-6') => provider(name), bodies, gateway };
  },
};

/** The client's Messages provider, at a gateway. */
export function anthropicProvider(
  gateway: TestGateway,
  options: AiSdkConnectionOptions & { readonly bodies?: JsonObject[] } = {},
): AnthropicProvider {
  const { apiKey = gateway.key, headers = {}, bodies = [] } = options;
  const baseURL = `${gateway.url}/v1`;
  return createAnthropic({ baseURL, apiKey, headers, fetch: noteBodies(bodies) });
}

/**
 * The client asks for 128,000 tokens where nothing is said, which the API has taken since half a
 * year after the model came out.
 */
export async function startAiSdkGateway(): Promise<TestGateway> {
  const yaml = 'emulator: { profile: ga-2026-08, scenarios_file: s.yaml }';
  return startTestGateway(yaml, {}, { 's.yaml': aiSdkScenarios });
}
