import type { SealedBlock } from '../../../chat-form/reasoning-details.ts';
import {
  isSigned,
  readReasoningDetails,
  readThinkingBlocks,
} from '../../../chat-form/reasoning-details.ts';
import type { Refusal } from '../../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import { refuseParameter } from '../refuse-parameter.ts';

/** How clients give thinking back with its signature, the surest way first (chat reference §2.8). */
const conventions: readonly ((message: JsonObject) => readonly SealedBlock[])[] = [
  ({ thinking_blocks }) => readThinkingBlocks(listed(thinking_blocks)),
  ({ provider_specific_fields }) =>
    readThinkingBlocks(listed(member(provider_specific_fields, 'thinking_blocks'))),
  ({ reasoning_details }) => readReasoningDetails(listed(reasoning_details)),
  readSignedText,
];

/**
 * The thinking of an assistant message that stands beside its content. The first way that carries
 * any decides; text that is not signed cannot be given back and is left out.
 */
export function readThinking(message: JsonObject): readonly SealedBlock[] {
  for (const read of conventions) {
    const signed = read(message).filter((block) => isSigned(block));
    if (signed.length > 0) return signed;
  }
  return [];
}

/** Whether a message has the text of thinking at all, signed or not. */
export function hasReasoningText(message: JsonObject): boolean {
  return reasoningText(message) !== '';
}

/** Fields that hold lists hold lists: anything else would be lost without a word. */
export function checkThinking(message: JsonObject, param: string): Refusal | undefined {
  for (const name of ['thinking_blocks', 'reasoning_details']) {
    const value = message[name] ?? null;
    if (value !== null && !Array.isArray(value)) {
      return refuseParameter(`${param}.${name}`, 'expected an array');
    }
  }
  return undefined;
}

/** One signature for the text of the whole message, where there is no list of blocks. */
function readSignedText(message: JsonObject): readonly SealedBlock[] {
  const { extra_content, reasoning_signature, signature } = message;
  const signed = [
    member(member(extra_content, 'anthropic'), 'signature'),
    reasoning_signature,
    signature,
  ].find((value) => typeof value === 'string' && value !== '');
  if (typeof signed !== 'string') return [];
  return [{ type: 'thinking', thinking: reasoningText(message), signature: signed }];
}

function reasoningText({ reasoning_content: content, reasoning }: JsonObject): string {
  const texts = [content, reasoning, member(reasoning, 'content')];
  return texts.find((value): value is string => typeof value === 'string' && value !== '') ?? '';
}

function listed(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
