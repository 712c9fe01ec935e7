import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import type { PlacedBlock } from './placed-block.ts';
import { isSealed } from './placed-block.ts';
import { hasReasoningText } from './read-thinking.ts';

/** A field of a message besides its role, and what becomes of it (chat reference §2.3). */
export interface MessageField {
  readonly name: string;
  readonly posture: 'mapped' | 'ignored';
  /** In one sentence. */
  readonly becomes: string;
}

/** The fields of messages that are known; others are passed over. */
export const messageFields: readonly MessageField[] = [
  {
    name: 'content',
    posture: 'mapped',
    becomes: 'The blocks of the turn; a string alone stays a string.',
  },
  {
    name: 'tool_calls',
    posture: 'mapped',
    becomes:
      'A `tool_use` block each, behind the text; ids with other characters than the Messages form has are replaced.',
  },
  {
    name: 'function_call',
    posture: 'mapped',
    becomes: 'A `tool_use` block with an id of our own.',
  },
  {
    name: 'tool_call_id',
    posture: 'mapped',
    becomes: 'The id of the `tool_result` block; it has to be one of the calls of the turn before.',
  },
  {
    name: 'is_error',
    posture: 'mapped',
    becomes: '`is_error` of the `tool_result` block; never guessed from the text.',
  },
  { name: 'refusal', posture: 'mapped', becomes: 'A text block behind the content.' },
  {
    name: 'thinking_blocks',
    posture: 'mapped',
    becomes:
      'Thinking blocks before the content, as they are; those without a signature are left out.',
  },
  {
    name: 'reasoning_details',
    posture: 'mapped',
    becomes: 'The same, where there are no `thinking_blocks`; pieces of one `index` are joined.',
  },
  {
    name: 'reasoning_content',
    posture: 'mapped',
    becomes: 'A thinking block where a signature stands beside it, else left out.',
  },
  { name: 'reasoning', posture: 'mapped', becomes: 'As `reasoning_content`.' },
  {
    name: 'reasoning_signature',
    posture: 'mapped',
    becomes: 'The signature of `reasoning_content`; `signature` is another name for it.',
  },
  {
    name: 'extra_content',
    posture: 'mapped',
    becomes: '`anthropic.signature` is the signature of `reasoning_content` or `reasoning`.',
  },
  {
    name: 'provider_specific_fields',
    posture: 'mapped',
    becomes: '`thinking_blocks` in it count where there are none in the message.',
  },
  {
    name: 'cache_control',
    posture: 'mapped',
    becomes: '`cache_control` of the last block of the message.',
  },
  {
    name: 'name',
    posture: 'ignored',
    becomes: 'Left out, but for the role `function`: the Messages form has no names.',
  },
  { name: 'audio', posture: 'ignored', becomes: 'Left out: models do not hear.' },
  {
    name: 'annotations',
    posture: 'ignored',
    becomes: 'Left out: answers have them, requests do not.',
  },
];

const ignoredFields = messageFields.filter(({ posture }) => posture === 'ignored');

/** Details that ask for nothing besides what happens anyway. */
const idleDetails: ReadonlySet<JsonValue> = new Set([null, 'auto']);

/** The fields of a message and of its parts that have a value and no effect on its blocks. */
export function ignoredFieldsOf(
  message: JsonObject,
  blocks: readonly PlacedBlock[],
): readonly string[] {
  const names = ignoredFields
    .filter(({ name }) => hasValue(message[name]) && !isMeant(name, message))
    .map(({ name }) => `messages[].${name}`);
  const { content } = message;
  const isDetailed =
    Array.isArray(content) && (content as readonly JsonValue[]).some((part) => hasDetail(part));
  if (isDetailed) names.push('messages[].content[].image_url.detail');
  if (hasReasoningText(message) && !blocks.some(({ block }) => isSealed(block))) {
    names.push('messages[].reasoning_content');
  }
  return names;
}

/** A result of the form of 2023 says by its name which call it is of. */
function isMeant(field: string, { role }: JsonObject): boolean {
  return field === 'name' && role === 'function';
}

function hasValue(value: JsonValue | undefined): boolean {
  return (value ?? null) !== null && !(Array.isArray(value) && value.length === 0);
}

function hasDetail(part: JsonValue): boolean {
  const image = isJsonObject(part) ? part['image_url'] : undefined;
  return isJsonObject(image) && !idleDetails.has(image['detail'] ?? null);
}
