import type { JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import { editMembers } from '../edit-members.ts';
import { scanBody } from '../scanned-body.ts';

/** What the last event has besides what the API itself says; API reference §12. */
const METRICS = 'amazon-bedrock-invocationMetrics';

export type DecodedChunk =
  | { readonly kind: 'event'; readonly text: string }
  /** Nothing that the API would have said. */
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly detail: string };

/**
 * The payload of a chunk as the event that the API's own stream has. The event's JSON keeps its
 * bytes; the padding around it, and what Bedrock adds to the last one, stay here.
 */
export function decodeChunk(payload: Uint8Array): DecodedChunk {
  const parsed = parseJson(textOf(payload));
  const encoded = memberOf(parsed.kind === 'value' ? parsed.value : null, 'bytes');
  if (typeof encoded !== 'string') return { kind: 'malformed', detail: 'a chunk without bytes' };
  const bytes = Buffer.from(encoded, 'base64');
  const json = bytes.toString();
  const event = parseJson(json);
  if (event.kind === 'malformed') return { kind: 'malformed', detail: 'a chunk that is no JSON' };
  const type = memberOf(event.value, 'type');
  if (typeof type !== 'string' || !/^[\w.-]+$/.test(type)) return { kind: 'none' };
  const plain = json.includes(METRICS) ? withoutMetrics(bytes, json) : json;
  return { kind: 'event', text: `event: ${type}\ndata: ${onOneLine(plain)}\n\n` };
}

function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

/** Where the model itself speaks of it, it is no member of the event. */
function withoutMetrics(bytes: Uint8Array, json: string): string {
  const scanned = scanBody(bytes);
  return scanned === undefined ? json : textOf(editMembers(scanned, { remove: [METRICS] }));
}

/** A line break in JSON is white space between its tokens; in an event it would end the line. */
function onOneLine(json: string): string {
  return /[\r\n]/.test(json) ? json.replaceAll(/[\r\n]+/g, ' ') : json;
}
