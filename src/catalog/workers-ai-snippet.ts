import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { typescriptName, typescriptText } from './snippets/typescript-literal.ts';

const LINE_LETTERS_MAX = 80;
const INDENT = '  ';

/** The TypeScript that runs an input, in the style of seeds 000 and 001. */
export function workersAiSnippet(
  modelId: string,
  input: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): string {
  const extra = Object.keys(headers).length === 0 ? [] : [property('extraHeaders', headers, 2)];
  return [
    'const response = await env.AI.run(',
    `${INDENT}${typescriptText(modelId)},`,
    `${INDENT}${written(input, 1)},`,
    `${INDENT}{`,
    `${INDENT.repeat(2)}gateway: { id: 'default' },`,
    ...extra.map((line) => `${INDENT.repeat(2)}${line},`),
    `${INDENT}}`,
    ')',
    'console.log(response)',
  ].join('\n');
}

/** A value as source text. Lists and objects stand on lines of their own, whatever their length. */
function written(value: JsonValue, depth: number): string {
  if (typeof value === 'string') return typescriptText(value);
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(([name, member]) =>
      property(name, member, depth + 1),
    );
    return enclosed('{}', members, depth);
  }
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => written(item, depth + 1));
    return enclosed('[]', items, depth);
  }
  return JSON.stringify(value);
}

function enclosed(brackets: string, parts: readonly string[], depth: number): string {
  if (parts.length === 0) return brackets;
  const inner = INDENT.repeat(depth + 1);
  const lines = parts.map((part) => `${inner}${part},\n`).join('');
  return `${brackets[0] ?? ''}\n${lines}${INDENT.repeat(depth)}${brackets[1] ?? ''}`;
}

/** A text that would make its line too long goes on the next one. */
function property(name: string, value: JsonValue, depth: number): string {
  const key = typescriptName(name);
  const text = written(value, depth);
  const letters = `${INDENT.repeat(depth)}${key}: ${text},`.length;
  const isTooLong = typeof value === 'string' && letters > LINE_LETTERS_MAX;
  return isTooLong ? `${key}:\n${INDENT.repeat(depth + 1)}${text}` : `${key}: ${text}`;
}
