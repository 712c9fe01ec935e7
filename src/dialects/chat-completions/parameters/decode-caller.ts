import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';

export interface DecodedCaller {
  readonly body: { readonly metadata?: { readonly user_id: string } };
  readonly ignored: readonly string[];
}

/** The Messages form asks for ids that say nothing about a person. */
const address = /^[^\s@]+@[^\s@]+$/;
const phoneNumber = /^\+?[\d\s().-]{7,}$/;
const longNumber = /^\d+$/;

/** Who the request is made for: the first of the three that is an opaque id (chat reference §2.2). */
export function decodeCaller(given: JsonObject): DecodedCaller {
  const { metadata } = given;
  const named: readonly (readonly [string, JsonValue | undefined])[] = [
    ['safety_identifier', given['safety_identifier']],
    ['user', given['user']],
    ['metadata.user_id', isJsonObject(metadata) ? metadata['user_id'] : undefined],
  ];
  const ids = named.flatMap(([name, id]) =>
    typeof id === 'string' && id !== '' ? [{ name, id }] : [],
  );
  const chosen = ids.find(({ id }) => isOpaque(id));
  const ignored = ids.filter(({ id }) => !isOpaque(id)).map(({ name }) => name);
  return { body: chosen === undefined ? {} : { metadata: { user_id: chosen.id } }, ignored };
}

/** A plain number is an id of somebody's table; one with the marks of a phone number is none. */
function isOpaque(id: string): boolean {
  return !address.test(id) && (longNumber.test(id) || !phoneNumber.test(id));
}
