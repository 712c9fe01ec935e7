import { membersIn } from '../std/edit-json.ts';
import type { JsonValue } from '../std/json.ts';
import { parseJson, textOf } from '../std/json.ts';
import type { JsonSpan } from '../std/scan-json.ts';

/** A body with the places of its own members: what is changed in it is changed there alone. */
export interface ScannedBody {
  readonly bytes: Uint8Array;
  /** In the order of the body. */
  readonly members: ReadonlyMap<string, JsonSpan>;
}

/** Finds the members of a body; undefined where it is no JSON object. */
export function scanBody(bytes: Uint8Array): ScannedBody | undefined {
  const members = membersIn(bytes);
  return members === undefined ? undefined : { bytes, members };
}

/** The value of one member; undefined where the body does not have it. */
export function memberOf({ bytes, members }: ScannedBody, name: string): JsonValue | undefined {
  const span = members.get(name);
  if (span === undefined) return undefined;
  const parsed = parseJson(textOf(bytes, span.start, span.end));
  return parsed.kind === 'value' ? parsed.value : undefined;
}

/** The value of one member that is a text. */
export function textMemberOf(body: ScannedBody, name: string): string | undefined {
  const value = memberOf(body, name);
  return typeof value === 'string' ? value : undefined;
}
