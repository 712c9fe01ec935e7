import { membersIn } from '../std/edit-json.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';

/** Members whose items may name a model that answers too: tools that ask another one, fall-backs. */
export const furtherPlaces = ['tools', 'fallbacks'] as const;

/** Without one of these in it, no body names another model: names may be written with escapes. */
const tellingWords = ['"fallbacks"', '"advisor', '\\u00'].map((word) => Buffer.from(word));

/** The models that a list of tools or of fall-backs names. */
export function modelsIn(list: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly JsonValue[]).flatMap((item) => {
    const name = isJsonObject(item) ? item['model'] : item;
    return typeof name === 'string' ? [name] : [];
  });
}

/** The models that a request names besides the one that it is for. */
export function furtherModels(body: Uint8Array): readonly string[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (!tellingWords.some((word) => bytes.includes(word))) return [];
  const members = membersIn(body);
  return furtherPlaces.flatMap((place) => {
    const span = members?.get(place);
    if (span === undefined) return [];
    const parsed = parseJson(textOf(body, span.start, span.end));
    return parsed.kind === 'value' ? modelsIn(parsed.value) : [];
  });
}
