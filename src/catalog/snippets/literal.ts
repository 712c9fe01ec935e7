import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

/** How a language writes the values that JSON has. */
export interface LiteralSyntax {
  readonly indent: string;
  readonly text: (value: string) => string;
  /** The name of a member, as it stands before the colon. */
  readonly name: (value: string) => string;
  readonly words: { readonly null: string; readonly true: string; readonly false: string };
  /** What stands inside the braces of an object on one line. */
  readonly bracePadding: '' | ' ';
  /** What stands after the last of several lines. */
  readonly lastComma: '' | ',';
}

const LINE_LETTERS_MAX = 88;

/** Where a literal begins: in how many levels, and after how many letters of its line. */
export interface LiteralPlace {
  readonly depth: number;
  readonly column: number;
}

/** A value as source text: on one line where it fits, else each member on a line of its own. */
export function writeLiteral(
  value: JsonValue,
  syntax: LiteralSyntax,
  { depth, column }: LiteralPlace,
): string {
  const line =
    memberlessText(value, syntax) ?? onOneLine(value, syntax, LINE_LETTERS_MAX - column - 1);
  if (line !== undefined) return line;
  const [brackets, members] = isJsonObject(value)
    ? (['{}', objectLines(value, syntax, depth + 1)] as const)
    : (['[]', listLines(value, syntax, depth + 1)] as const);
  const lines = members.map((member) => `${syntax.indent.repeat(depth + 1)}${member}`);
  const text = `${lines.join(',\n')}${syntax.lastComma}`;
  return `${brackets.charAt(0)}\n${text}\n${syntax.indent.repeat(depth)}${brackets.charAt(1)}`;
}

/** `name: value` of each member, as it begins at a depth. */
function objectLines(value: JsonObject, syntax: LiteralSyntax, depth: number): readonly string[] {
  return Object.entries(value).map(([name, member]) => {
    const head = `${syntax.name(name)}: `;
    const column = depth * syntax.indent.length + head.length;
    return `${head}${writeLiteral(member, syntax, { depth, column })}`;
  });
}

function listLines(value: JsonValue, syntax: LiteralSyntax, depth: number): readonly string[] {
  const column = depth * syntax.indent.length;
  return (value as readonly JsonValue[]).map((item) =>
    writeLiteral(item, syntax, { depth, column }),
  );
}

/** What has no members is always on one line, whatever its length; undefined for all else. */
function memberlessText(value: JsonValue, { text, words }: LiteralSyntax): string | undefined {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return words[`${value}`];
  if (Object.keys(value).length > 0) return undefined;
  return isJsonObject(value) ? '{}' : '[]';
}

/**
 * Undefined where it needs more than `room` letters. Nothing beyond that is looked at, so that a deep
 * value costs no more than its size.
 */
function onOneLine(value: JsonValue, syntax: LiteralSyntax, room: number): string | undefined {
  if (typeof value === 'string' && value.length > room) return undefined;
  const memberless = memberlessText(value, syntax);
  if (memberless !== undefined) return memberless.length > room ? undefined : memberless;
  const isObject = isJsonObject(value);
  const members: readonly (readonly [string, JsonValue])[] = isObject
    ? Object.entries(value).map(([name, member]) => [`${syntax.name(name)}: `, member])
    : (value as readonly JsonValue[]).map((item) => ['', item]);
  const { bracePadding } = syntax;
  const [begin, end] = isObject ? [`{${bracePadding}`, `${bracePadding}}`] : ['[', ']'];
  let line = begin;
  for (const [head, member] of members) {
    line += `${line === begin ? '' : ', '}${head}`;
    const text = onOneLine(member, syntax, room - line.length - end.length);
    if (text === undefined) return undefined;
    line += text;
  }
  return `${line}${end}`;
}

/** What would be read otherwise than it looks, or not be seen at all: it stands as an escape. */
const unseen = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

/** A text as JSON writes it, which TypeScript and Python read the same way. */
export function quotedText(text: string): string {
  return JSON.stringify(text).replaceAll(
    unseen,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
