import type { JsonObject } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';

/** A `data:` line of a stream: where its value lies in the text, and what it says. */
export interface EventLine {
  readonly start: number;
  readonly end: number;
  /** Absent where it is no JSON object. */
  readonly event?: JsonObject;
}

const dataLine = /(?<=^|[\r\n])data: ?([^\r\n]*)/dg;

/** The `data:` lines of a stream's text, in order. */
export function readEventLines(text: string): readonly EventLine[] {
  const lines: EventLine[] = [];
  for (const { 1: data = '', indices } of text.matchAll(dataLine)) {
    const [start, end] = indices?.[1] ?? [0, 0];
    const parsed = parseJson(data);
    const isEvent = parsed.kind === 'value' && isJsonObject(parsed.value);
    lines.push({ start, end, ...(isEvent ? { event: parsed.value } : {}) });
  }
  return lines;
}
