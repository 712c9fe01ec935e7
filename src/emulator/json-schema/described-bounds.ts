import type { JsonObject, JsonValue } from '../../std/json.ts';
import { parseJson } from '../../std/json.ts';

/**
 * Structured outputs take few of the keywords that bound a value, so client libraries move the
 * others into the description, where a model reads them, and check them once the answer is there
 * (chat reference §2.7). They are read back here, in the spellings that libraries use, at the end
 * of a description: `minItems: 2, pattern: "^a"`, in braces or not, `min items: 2; pattern: ^a.`, and
 * `Note: minimum number of items: 2.` Older ones move `enum` and `const` there, too.
 */

const LETTERS_LOOKED_AT_MAX = 600;

type Kind = 'number' | 'boolean' | 'string' | 'list' | 'anything';

/** What a value of each keyword is; the words of the spelled-out names are these in lower case. */
const kinds: Readonly<Record<string, Kind>> = {
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
  minLength: 'number',
  maxLength: 'number',
  minItems: 'number',
  maxItems: 'number',
  minProperties: 'number',
  maxProperties: 'number',
  uniqueItems: 'boolean',
  pattern: 'string',
  format: 'string',
  enum: 'list',
  const: 'anything',
};

const isOfKind: Readonly<Record<Kind, (value: JsonValue) => boolean>> = {
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  list: (value) => Array.isArray(value) && value.length > 0,
  anything: () => true,
};

/** Names that are no keyword's own words. */
const otherNames: readonly (readonly [string, string])[] = [
  ['minimum value', 'minimum'],
  ['maximum value', 'maximum'],
  ['exclusive minimum value', 'exclusiveMinimum'],
  ['exclusive maximum value', 'exclusiveMaximum'],
  ['minimum length', 'minLength'],
  ['maximum length', 'maxLength'],
  ['minimum number of items', 'minItems'],
  ['maximum number of items', 'maxItems'],
];

/** Keywords by the ways in which they are written. */
const spellings: ReadonlyMap<string, string> = new Map([
  ...Object.keys(kinds).flatMap((keyword): (readonly [string, string])[] => [
    [keyword, keyword],
    [keyword.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), keyword],
  ]),
  ...otherNames,
]);
const namePattern = `${otherNames.map(([words]) => words).join('|')}|[A-Za-z]{1,20}`;
const textPattern = String.raw`"(?:[^"\\]|\\.)*"`;
const numberPattern = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const listPattern = String.raw`\[(?:${textPattern}|[^"[\]])*\]`;
const jsonPair = new RegExp(
  `\\b(${namePattern}): (${textPattern}|${numberPattern}|${listPattern}|true|false|null)`,
  'g',
);

/** The bounds that the description of a schema ends with; empty where it ends otherwise. */
export function describedBounds(description: JsonValue | undefined): JsonObject {
  if (typeof description !== 'string') return {};
  const text = description.slice(-LETTERS_LOOKED_AT_MAX).trimEnd();
  const last = text.slice(text.lastIndexOf('\n') + 1);
  const clauses = boundsOf(clausesOf(last));
  return Object.fromEntries(clauses.length > 0 ? clauses : boundsOf(closingPairs(last)));
}

type Pair = readonly [name: string, said: string];

/** The list of pairs that a line ends with. */
function closingPairs(line: string): readonly Pair[] {
  const pairs: Pair[] = [];
  let end = line.replace(/[.}]$/, '').length;
  for (const match of [...line.matchAll(jsonPair)].toReversed()) {
    const [whole, name = '', said = ''] = match;
    if (match.index + whole.length !== end) break;
    pairs.push([name, said]);
    if (!line.slice(0, match.index).endsWith(', ')) break;
    end = match.index - ', '.length;
  }
  return pairs;
}

/** A clause that begins with no keyword belongs to the one before: patterns may hold semicolons. */
function clausesOf(line: string): readonly Pair[] {
  const clauses: { name: string; said: string }[] = [];
  for (const clause of line.replace(/\.$/, '').split('; ')) {
    const [, name = '', said = ''] = /^([A-Za-z ]+): (.*)$/.exec(clause) ?? [];
    const before = clauses.at(-1);
    if (spellings.has(name)) clauses.push({ name, said });
    else if (before === undefined) return [];
    else before.said += `; ${clause}`;
  }
  return clauses.map(({ name, said }) => [name, said]);
}

/** A string may stand there as JSON or as it is. */
function boundsOf(pairs: readonly Pair[]): readonly (readonly [string, JsonValue])[] {
  return pairs.flatMap(([name, said]) => {
    const keyword = spellings.get(name);
    if (keyword === undefined) return [];
    const parsed = parseJson(said);
    const value = parsed.kind === 'value' ? parsed.value : said;
    return isOfKind[kinds[keyword] ?? 'anything'](value) ? [[keyword, value] as const] : [];
  });
}
