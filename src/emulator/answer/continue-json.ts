import { parseJson } from '../../std/json.ts';

const DEPTH_MAX = 32;
/** Brackets may stand in the words before the JSON. */
const STARTS_MAX = 8;

/** Where a piece of JSON stops: what is open, and what may come next. */
interface OpenJson {
  /** The brackets that are missing, innermost last. */
  readonly closers: readonly string[];
  readonly isInString: boolean;
  /** The last sign outside strings; `"` for the end of one. */
  readonly lastSign: string;
  /** Whether the string that was last seen is a key. */
  readonly isAfterKey: boolean;
}

/**
 * What makes whole the JSON that a prefilled answer begins: a client that writes `{` for the model
 * joins both and parses them. Undefined where the words do not end in the start of JSON.
 */
export function continueJson(
  prefill: string,
  words: readonly [string, ...string[]],
): string | undefined {
  const starts = [...prefill.matchAll(/[{[]/g)].slice(0, STARTS_MAX);
  for (const { index } of starts) {
    const begun = prefill.slice(index);
    const open = openJson(begun);
    if (open === undefined) continue;
    const rest = `${completion(open, JSON.stringify(words[0]))}${open.closers.toReversed().join('')}`;
    if (parseJson(begun + rest).kind === 'value') return rest;
  }
  return undefined;
}

function completion(open: OpenJson, value: string): string {
  const isInObject = open.closers.at(-1) === '}';
  if (open.isInString) return isInObject && open.isAfterKey ? `": ${value}` : '"';
  if (open.isAfterKey) return open.lastSign === ':' ? ` ${value}` : `: ${value}`;
  const member = isInObject ? `"emulated": true` : value;
  return open.lastSign === '{' || open.lastSign === '[' || open.lastSign === ',' ? member : '';
}

/** A text (the quotation mark at its end, if it has one, apart), a sign of JSON's, or another word. */
const tokens = /"(?:[^"\\]|\\.)*("?)|[{}[\],:]|[^\s"{}[\],:]+/gs;
const closerOf: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** Follows JSON to where it stops; undefined where it is none, or is over. */
function openJson(text: string): OpenJson | undefined {
  const closers: string[] = [];
  let [isInString, lastSign, isAfterKey] = [false, '', false];
  for (const [token, mark] of text.matchAll(tokens)) {
    const sign = token.charAt(0);
    const isText = sign === '"';
    const isKey = closers.at(-1) === '}' && (lastSign === '{' || lastSign === ',');
    isAfterKey = isText ? isKey : sign === ':' && isAfterKey;
    isInString = isText && mark !== '"';
    const closer = closerOf[sign];
    if (closer !== undefined) closers.push(closer);
    else if ((sign === '}' || sign === ']') && closers.pop() !== sign) return undefined;
    if (closers.length > DEPTH_MAX || closers.length === 0) return undefined;
    lastSign = sign;
  }
  return { closers, isInString, lastSign, isAfterKey };
}
