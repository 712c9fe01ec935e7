import type { OpenAICompatibleProviderSettings } from '@ai-sdk/openai-compatible';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { JsonObject } from '../../src/std/json.ts';
import type { AiSdkConnection, AiSdkConnectionOptions, AiSdkFace } from './ai-sdk-face.ts';
import { noteBodies } from './ai-sdk-face.ts';
import type { TestGateway } from './start-test-gateway.ts';

export const openAiCompatibleFace: AiSdkFace = {
  name: '@ai-sdk/openai-compatible',
  modelName: 'anthropic/claude-sonnet-4.6',
  answerId: /^chatcmpl-[A-Za-z0-9]{29}$/,
  endings: {
    turn: 'stop',
    sequence: 'stop',
    length: 'length',
    tools: 'tool_calls',
    refusal: 'content_filter',
  },
  overloadedStatus: 503,
  noticesMissingEnd: true,
  thinking: { quatrain: { reasoning: { max_tokens: 2000 } } },
  cachedPrefix: { openaiCompatible: { cache_control: { type: 'ephemeral' } } },
  connect: (gateway, options) => connectCompatible(gateway, options),
};

/** The client's Chat Completions provider at a gateway, set to use all that the gateway can do. */
export function connectCompatible(
  gateway: TestGateway,
  { apiKey = gateway.key, headers = {} }: AiSdkConnectionOptions = {},
  settings: Partial<OpenAICompatibleProviderSettings> = {},
): AiSdkConnection {
  const bodies: JsonObject[] = [];
  const provider = createOpenAICompatible({
    name: 'quatrain',
    baseURL: `${gateway.url}/v1`,
    apiKey,
    headers,
    fetch: noteBodies(bodies),
    includeUsage: true,
    supportsStructuredOutputs: true,
    supportsMultiPartToolContent: true,
    supportedUrls: () => ({ 'image/*': [/^https?:/] }),
    ...settings,
  });
  const model = (name = 'anthropic/claude-sonnet-4.6') => provider.chatModel(name);
  return { model, bodies, gateway };
}
