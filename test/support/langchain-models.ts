import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { AIMessage, AIMessageChunk, UsageMetadata } from '@langchain/core/messages';
import { concat } from '@langchain/core/utils/stream';
import { ChatOpenAI } from '@langchain/openai';

/** A gateway, as a client knows it. */
export interface Served {
  readonly url: string;
  readonly key: string;
}

/** What a test may say of a model besides where it is. Nothing is retried where nothing is said. */
export interface ModelOptions {
  readonly model?: string;
  readonly maxTokens?: number;
  readonly maxRetries?: number;
  readonly apiKey?: string;
}

/** What LangChain's chat models have in common, tools included. */
export type ChatModel = BaseChatModel & Required<Pick<BaseChatModel, 'bindTools'>>;

type ModelName = 'ChatAnthropic' | 'ChatOpenAI';
type ModelMaker = (at: Served, options?: ModelOptions) => ChatModel;

/** LangChain's chat models: the same conversations in two forms of the wire. */
export const chatModels: Readonly<Record<ModelName, ModelMaker>> = {
  ChatAnthropic: (at, { apiKey = at.key, ...options } = {}) =>
    new ChatAnthropic({
      model: 'claude-sonnet-4-6',
      maxRetries: 0,
      ...options,
      apiKey,
      anthropicApiUrl: at.url,
    }),
  ChatOpenAI: (at, { apiKey = at.key, ...options } = {}) =>
    new ChatOpenAI({
      model: 'anthropic/claude-sonnet-4.6',
      maxRetries: 0,
      ...options,
      apiKey,
      configuration: { baseURL: `${at.url}/v1` },
    }),
};

/** A stream's chunks as one message, and how many there were. */
export async function gathered(
  stream: AsyncIterable<AIMessageChunk>,
): Promise<{ readonly message: AIMessageChunk; readonly count: number }> {
  let message: AIMessageChunk | undefined;
  let count = 0;
  for await (const chunk of stream) {
    message = message === undefined ? chunk : concat(message, chunk);
    count += 1;
  }
  if (message === undefined) throw new Error('the stream had no chunk');
  return { message, count };
}

/** What a message says that it took. Its own type leaves that open. */
export function usageOf({ usage_metadata: usage }: AIMessage | AIMessageChunk): UsageMetadata {
  if (usage === undefined) throw new Error('the message says nothing of its usage');
  return usage;
}
