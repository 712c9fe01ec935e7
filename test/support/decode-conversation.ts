import { decodeMessages } from '../../src/dialects/chat-completions/decode-messages.ts';
import type { DecodedMessages } from '../../src/dialects/chat-completions/decode-messages.ts';
import type { KnownModel } from '../../src/dialects/dialect.ts';
import { isRefusal } from '../../src/messages/errors.ts';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';
import { factsOf } from './model-facts.ts';

/** A model of the registry as the dialect sees it. */
export function knownModel(name = 'claude-sonnet-4-6'): KnownModel {
  const model = factsOf(name);
  return {
    id: model.id,
    traits: model,
    outputTokensMax: model.maxOutputTokens,
    costNanoUsd: () => undefined,
  };
}

export const user = (content: JsonValue, more: JsonObject = {}): JsonObject => ({
  role: 'user',
  content,
  ...more,
});
export const assistant = (content: JsonValue, more: JsonObject = {}): JsonObject => ({
  role: 'assistant',
  content,
  ...more,
});
export const system = (content: JsonValue, more: JsonObject = {}): JsonObject => ({
  role: 'system',
  content,
  ...more,
});
export const tool = (id: string, content: JsonValue, more: JsonObject = {}): JsonObject => ({
  role: 'tool',
  tool_call_id: id,
  content,
  ...more,
});
export const call = (id: string, name = 'f', text: JsonValue = '{}'): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});

/** What a conversation is decoded to; fails where it is refused. */
export function decodeConversation(
  messages: readonly JsonValue[],
  more: JsonObject = {},
  model: KnownModel | 'unknown' = knownModel(),
): DecodedMessages {
  const decoded = decodeMessages(
    { messages, ...more },
    { model: model === 'unknown' ? undefined : model },
  );
  if (isRefusal(decoded)) throw new Error(`refused: ${String(decoded.detail)}`);
  return decoded;
}

/** The field and the text of a refusal; undefined where the conversation is taken. */
export function refusedConversation(
  messages: JsonValue,
  more: JsonObject = {},
  model: KnownModel | 'unknown' = knownModel(),
): { readonly param: string | undefined; readonly text: string } | undefined {
  const decoded = decodeMessages(
    { messages, ...more },
    { model: model === 'unknown' ? undefined : model },
  );
  return isRefusal(decoded) ? { param: decoded.param, text: decoded.detail ?? '' } : undefined;
}
