import type { JsonValue } from '../../std/json.ts';

/** JSON with a space behind every comma and colon, as tools stand in the prompt. */
export function spellJson(value: JsonValue | undefined): string {
  if (Array.isArray(value))
    return `[${value.map((item) => spellJson(item as JsonValue)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${spellJson(member)}`,
  );
  return `{${members.join(', ')}}`;
}
