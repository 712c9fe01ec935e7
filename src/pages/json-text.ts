import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

const LINE_LETTERS_MAX = 96;
const INDENT = '  ';

/** JSON for readers: what fits on a line stands on one, so that a large schema can still be read. */
export function jsonText(schema: JsonObject): string {
  return written(schema, '', 0);
}

function written(value: JsonValue, indent: string, before: number): string {
  const short = JSON.stringify(value);
  if (!isJsonObject(value) && !Array.isArray(value)) return short;
  const room = indent === '' ? 0 : LINE_LETTERS_MAX - indent.length - before;
  // What is too long without a blank needs no closer look.
  const line = short.length <= room ? inLine(value) : undefined;
  if (line !== undefined && line.length <= room) return line;
  const inner = `${indent}${INDENT}`;
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map(
      (item) => `${inner}${written(item, inner, 1)}`,
    );
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).map(([name, member]) => {
    const key = `${JSON.stringify(name)}: `;
    return `${inner}${key}${written(member, inner, key.length + 1)}`;
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function inLine(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map((item) => inLine(item)).join(', ')}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${inLine(member)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
