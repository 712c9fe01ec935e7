import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import type { ComparisonOperator, RouteCondition } from './route-condition.ts';
import { invalidAt } from './route-condition.ts';

const LETTERS_MAX = 1024;
const DEPTH_MAX = 10;
const PLACE = 'condition';

/** What a condition is written in: names, literals, and signs. */
const tokenPattern =
  /\s*(?:(&&|\|\||==|!=|<=|>=|[<>()[\],!])|("[^"\\]{0,256}"|'[^'\\]{0,256}')|(-?\d{1,15}(?:\.\d{1,9})?)|([A-Za-z_][A-Za-z0-9_.-]{0,128}))/y;
const namePattern = /^(?:actor|model|provider|metadata\.[A-Za-z0-9_.-]{1,128})$/;

const operators: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['==', 'eq'],
  ['!=', 'ne'],
  ['<', 'lt'],
  ['<=', 'lte'],
  ['>', 'gt'],
  ['>=', 'gte'],
  ['in', 'in'],
]);
const words: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads the condition of a policy: comparisons of `actor`, `model`, `provider` and `metadata.…` with
 * literals, joined by `&&`, `||`, `!` and parentheses. It is a part of the language that the service
 * has (Workers reference §3.6); what goes beyond it is refused.
 */
export function readPolicyCondition(text: string): RouteCondition | Refusal {
  if (text.length > LETTERS_MAX) return invalidAt(PLACE, `at most ${String(LETTERS_MAX)} letters`);
  const tokens = tokensOf(text);
  if (tokens === undefined) return invalidAt(PLACE, 'it has letters that no condition has');
  const reader = new ConditionReader(tokens);
  const read = reader.either(0);
  if (isRefusal(read)) return read;
  return reader.isAtEnd ? read : reader.unexpected();
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const found = tokenPattern.exec(text);
    if (found === null) return undefined;
    tokens.push(found[0].trim());
  }
  return tokens;
}

class ConditionReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(depth: number): RouteCondition | Refusal {
    return this.#joined('||', () => this.#both(depth));
  }

  unexpected(): Refusal {
    const token = this.#tokens[this.#at];
    const found = token === undefined ? 'it ends too early' : `"${token}" does not belong there`;
    return invalidAt(
      PLACE,
      `${found}; it may compare actor, model, provider and metadata.… with texts, numbers and booleans by ==, !=, <, <=, >, >= and in, joined by &&, ||, ! and parentheses`,
    );
  }

  #both(depth: number): RouteCondition | Refusal {
    return this.#joined('&&', () => this.#single(depth));
  }

  #joined(sign: '&&' | '||', read: () => RouteCondition | Refusal): RouteCondition | Refusal {
    const of: RouteCondition[] = [];
    do {
      const part = read();
      if (isRefusal(part)) return part;
      of.push(part);
    } while (this.#takes(sign));
    return { kind: sign === '&&' ? 'all' : 'any', of };
  }

  #single(depth: number): RouteCondition | Refusal {
    if (depth > DEPTH_MAX) return invalidAt(PLACE, `at most ${String(DEPTH_MAX)} levels`);
    if (this.#takes('!')) {
      const inner = this.#single(depth + 1);
      return isRefusal(inner) ? inner : { kind: 'none', of: [inner] };
    }
    if (!this.#takes('(')) return this.#comparison();
    const inner = this.either(depth + 1);
    if (isRefusal(inner)) return inner;
    return this.#takes(')') ? inner : this.unexpected();
  }

  #comparison(): RouteCondition | Refusal {
    const path = this.#tokens[this.#at];
    if (path === undefined || !namePattern.test(path)) return this.unexpected();
    this.#at += 1;
    const operator = operators.get(this.#tokens[this.#at] ?? '');
    if (operator === undefined) return this.unexpected();
    this.#at += 1;
    const value = operator === 'in' ? this.#list() : this.#literal();
    return value === undefined ? this.unexpected() : { kind: 'compare', path, operator, value };
  }

  #list(): JsonValue | undefined {
    if (!this.#takes('[')) return undefined;
    const items: JsonValue[] = [];
    do {
      const item = this.#literal();
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.#takes(','));
    return this.#takes(']') ? items : undefined;
  }

  #literal(): JsonValue | undefined {
    const token = this.#tokens[this.#at] ?? '';
    const value = literalOf(token);
    if (value !== undefined) this.#at += 1;
    return value;
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }
}

function literalOf(token: string): JsonValue | undefined {
  if (/^["']/.test(token)) return token.slice(1, -1);
  return /^-?\d/.test(token) ? Number(token) : words.get(token);
}
