import type { JsonObject, JsonValue, ParsedJson } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { EventType } from './events.ts';
import { eventTypes } from './events.ts';

/**
 * What a frame is: one of the API's events, `other` for an event type of next year (it passes),
 * `none` for a frame without one (a comment, a lone `id:`).
 */
export type FrameType = EventType | 'other' | 'none';

const EVENT_FIELD = Buffer.from('event:');
const DATA_FIELD = Buffer.from('data:');
const SPACE = 0x20;
const LF = 0x0a;
const CR = 0x0d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Candidates by length, so that a name is compared with two others at most. */
const typesByLength = new Map<number, { readonly type: EventType; readonly bytes: Buffer }[]>();
for (const type of eventTypes) {
  const sameLength = typesByLength.get(type.length) ?? [];
  typesByLength.set(type.length, [...sameLength, { type, bytes: Buffer.from(type) }]);
}

const noTypes: readonly never[] = [];

/** The event type that a line `event: …` names; undefined where the line is no such line. */
export function lineEventType(
  bytes: Uint8Array,
  start: number,
  end: number,
): FrameType | undefined {
  if (!startsWith(bytes, start, end, EVENT_FIELD)) return undefined;
  let from = start + EVENT_FIELD.length;
  if (bytes[from] === SPACE) from += 1;
  for (const candidate of typesByLength.get(end - from) ?? noTypes) {
    if (endsWith(bytes, end, candidate.bytes)) return candidate.type;
  }
  return 'other';
}

/** The JSON of a frame's `data:` lines, joined as the SSE standard says. Absent data is malformed. */
export function frameJson(bytes: Uint8Array, start: number, end: number): ParsedJson {
  const lines: string[] = [];
  let at = start;
  while (at < end) {
    const lineEnd = endOfLine(bytes, at, end);
    if (startsWith(bytes, at, lineEnd, DATA_FIELD)) {
      const from = at + DATA_FIELD.length;
      lines.push(textOf(bytes, bytes[from] === SPACE ? from + 1 : from, lineEnd));
    }
    at = lineEnd + 1;
  }
  if (lines.length === 0) return { kind: 'malformed', detail: 'the event has no data' };
  return parseJson(lines.join('\n'));
}

/** What a frame of an event holds, or why nothing can be made of it. */
export type ReadEvent =
  | { readonly kind: 'event'; readonly event: JsonObject }
  | { readonly kind: 'unreadable'; readonly detail: string };

/**
 * The event of a frame that was passed as `type`. Data that names another type would be one event to
 * whoever goes by the line and another to whoever goes by the data, so it is neither; data that names
 * none is of the type that its line says.
 */
export function readEvent(
  type: FrameType,
  bytes: Uint8Array,
  start: number,
  end: number,
): ReadEvent {
  const parsed = frameJson(bytes, start, end);
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) {
    return { kind: 'unreadable', detail: `an event ${type} whose data is no JSON object` };
  }
  const event = parsed.value;
  const named = event['type'];
  if (named === type) return { kind: 'event', event };
  if (named === undefined) return { kind: 'event', event: { ...event, type } };
  if (type === 'other' && !isEventType(named)) return { kind: 'event', event };
  return { kind: 'unreadable', detail: `an event ${type} whose data is of another type` };
}

/**
 * Whether a frame's data cannot be JSON. Of a frame as senders write it, `event:` and one `data:`
 * with an object, only the first and the last byte of the object are looked at: what breaks on the
 * way breaks there, and all of it would have to be parsed for more. Others are parsed.
 */
export function hasBrokenData(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end - 1;
  while (last > start && (bytes[last] === LF || bytes[last] === CR)) last -= 1;
  let data = bytes.indexOf(LF, start) + 1;
  if (data <= start || data >= last || !startsWith(bytes, data, end, DATA_FIELD)) data = start;
  data += DATA_FIELD.length;
  if (bytes[data] === SPACE) data += 1;
  if (bytes[data] === OPEN_BRACE && bytes[last] === CLOSE_BRACE) return false;
  return frameJson(bytes, start, end).kind === 'malformed';
}

/** The event type that the data names, for senders that leave the `event:` line out. */
export function dataEventType(bytes: Uint8Array, start: number, end: number): FrameType {
  const parsed = frameJson(bytes, start, end);
  if (parsed.kind === 'malformed') return 'none';
  if (!isJsonObject(parsed.value)) return 'none';
  const named = parsed.value['type'];
  if (typeof named !== 'string') return 'none';
  return isEventType(named) ? named : 'other';
}

function isEventType(named: JsonValue): named is EventType {
  return eventTypes.some((type) => type === named);
}

function endOfLine(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== LF && bytes[at] !== CR) at += 1;
  return at;
}

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[start + index] !== prefix[index]) return false;
  }
  return true;
}

/** From the back, where names of one length differ at once: `…_start` from `…_delta`. */
function endsWith(bytes: Uint8Array, end: number, suffix: Buffer): boolean {
  const start = end - suffix.length;
  for (let index = suffix.length - 1; index >= 0; index -= 1) {
    if (bytes[start + index] !== suffix[index]) return false;
  }
  return true;
}
