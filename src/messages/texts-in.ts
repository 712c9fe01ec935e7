import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** Members of requests, messages and blocks whose text nobody wrote: names, ids, seals. */
const unwritten: ReadonlySet<string> = new Set([
  'type',
  'role',
  'id',
  'model',
  'tool_use_id',
  'file_id',
  'media_type',
  'signature',
  'stop_reason',
  'encrypted_content',
  'encrypted_index',
]);

/** Members that hold whatever a tool takes: names in there are its own, and so are numbers. */
const inputs: ReadonlySet<string> = new Set(['input', 'arguments']);

interface Waiting {
  readonly value: JsonValue;
  readonly isInput: boolean;
}

/**
 * All that is said in a request or a message, text by text: system prompts, messages, descriptions
 * of tools, their inputs and results, thinking, documents of text. Media and seals are no texts.
 * What is new in the form counts as text, as long as nobody says that it is none.
 */
export function textsIn(value: JsonValue): readonly string[] {
  const texts: string[] = [];
  const waiting: Waiting[] = [{ value, isInput: false }];
  // The answer of an upstream may be nested deeper than calls can be.
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: here, isInput } = next;
    if (typeof here === 'string') texts.push(here);
    else if (typeof here === 'number' && isInput) texts.push(String(here));
    else if (Array.isArray(here)) {
      for (const item of here as readonly JsonValue[]) waiting.push({ value: item, isInput });
    } else if (isJsonObject(here)) {
      if (isInput) texts.push(...Object.keys(here));
      waiting.push(...membersOf(here, isInput));
    }
  }
  return texts.toReversed();
}

function membersOf(object: JsonObject, isInput: boolean): readonly Waiting[] {
  if (isInput) return Object.values(object).map((value) => ({ value, isInput }));
  return Object.entries(object)
    .filter(([name]) => !unwritten.has(name))
    .flatMap(([name, value]): readonly Waiting[] => {
      if (name === 'data') return dataOf(object, value);
      return [{ value, isInput: inputs.has(name) }];
    });
}

/** Data in base64 is media, or a text after all. Redacted thinking is sealed. */
function dataOf(object: JsonObject, data: JsonValue): readonly Waiting[] {
  const { type, media_type: mediaType } = object;
  if (type === 'redacted_thinking') return [];
  if (type !== 'base64' || typeof data !== 'string') return [{ value: data, isInput: false }];
  if (typeof mediaType !== 'string' || !mediaType.startsWith('text/')) return [];
  return [{ value: Buffer.from(data, 'base64').toString(), isInput: false }];
}
