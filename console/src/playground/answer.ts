import type { JsonObject } from '../format/json-value.ts';
import { objectIn, textIn } from '../format/json-value.ts';
import type { Part } from './part.ts';

/** Tokens by class; what was not reported is absent, which is not zero. */
export interface TokenCounts {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly thinking?: number;
}

/** What went wrong, in the words of whoever says it. */
export interface AnswerError {
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly param: string;
}

/** An answer as far as it is there, the same for every form. */
export interface Answer {
  readonly parts: readonly Part[];
  /** Which block or call of the form each part is. */
  readonly indexes: readonly string[];
  readonly model: string;
  readonly usage: TokenCounts;
  readonly stopReason: string;
  readonly error: AnswerError | undefined;
  /** Whether its end has come. */
  readonly isWhole: boolean;
}

/** Before anything came. */
export const emptyAnswer: Answer = {
  parts: [],
  indexes: [],
  model: '',
  usage: {},
  stopReason: '',
  error: undefined,
  isWhole: false,
};

/** One more part. */
export function withPart(answer: Answer, index: string, part: Part): Answer {
  return {
    ...answer,
    parts: [...answer.parts, part],
    indexes: [...answer.indexes, index],
  };
}

/** A part that grew; nothing where no such part was begun. */
export function withChange(answer: Answer, index: string, change: (part: Part) => Part): Answer {
  const at = answer.indexes.lastIndexOf(index);
  const part = answer.parts[at];
  if (part === undefined) return answer;
  return { ...answer, parts: answer.parts.with(at, change(part)) };
}

/** A count of a report, if it is one. */
export function countIn(report: JsonObject, name: string): number | undefined {
  const value = report[name];
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isCount ? value : undefined;
}

/** Counts are cumulative: what a later report has takes the place of what an earlier one had. */
export function mergedCounts(
  before: TokenCounts,
  later: { readonly [Name in keyof TokenCounts]: number | undefined },
): TokenCounts {
  const known = Object.entries(later).filter(([, count]) => count !== undefined);
  return { ...before, ...Object.fromEntries(known) };
}

/** Reads what any of the forms says of an error. */
export function errorIn(body: JsonObject): AnswerError {
  const [listed] = Array.isArray(body['errors']) ? (body['errors'] as readonly unknown[]) : [];
  const error = listed === undefined ? objectIn(body, 'error') : (listed as JsonObject);
  const { code } = error;
  return {
    message: textIn(error, 'message'),
    type: textIn(error, 'type'),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : '',
    param: textIn(error, 'param'),
  };
}
