import type { JsonObject } from '../../std/json.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import { matchPattern } from './match-pattern.ts';
import type { PatternNode } from './parse-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { samplePattern } from './sample-pattern.ts';
import { makeFormatted } from './string-formats.ts';

const LETTERS_MAX = 2000;
const PATTERN_TRIES = 12;
const SPAN = 20;
const DEFAULT_LOW = 1;
const WIDE = 1_000_000;

/** What scalars are made from. */
export interface ScalarDraw {
  readonly random: DeterministicRandom;
  /** Words to write where any text will do; never empty. */
  readonly words: readonly [string, ...string[]];
}

/** A string for a schema without combinators: its pattern, else its format, else some words. */
export function generateString(schema: JsonObject, draw: ScalarDraw): string {
  const lengths = lengthsOf(schema);
  const pattern = schema['pattern'];
  const parsed = typeof pattern === 'string' ? parsePattern(pattern) : undefined;
  if (parsed !== undefined) {
    const found = patterned(parsed, lengths, draw);
    if (found !== undefined) return found;
  }
  const word = plainWord(draw.random.pick(draw.words));
  const formatted = makeFormatted(schema['format'] ?? null, { random: draw.random, word });
  return formatted ?? someWords(lengths, draw);
}

interface Lengths {
  readonly min: number;
  readonly max: number;
}

function lengthsOf(schema: JsonObject): Lengths {
  const { minLength, maxLength } = schema;
  const min = typeof minLength === 'number' ? Math.min(Math.ceil(minLength), LETTERS_MAX) : 0;
  return { min: Math.max(0, min), max: typeof maxLength === 'number' ? maxLength : LETTERS_MAX };
}

/** Tries fewer and more repetitions until a sample has an allowed length and really matches. */
function patterned(pattern: PatternNode, lengths: Lengths, draw: ScalarDraw): string | undefined {
  let extraRepeats = Math.min(lengths.max, draw.random.between(1, 4));
  for (let attempt = 0; attempt < PATTERN_TRIES; attempt += 1) {
    const sample = padded(samplePattern(pattern, { random: draw.random, extraRepeats }), lengths);
    const isLong = sample.length > lengths.max;
    if (!isLong && sample.length >= lengths.min && matchPattern(pattern, sample) === true) {
      return sample;
    }
    if (isLong) extraRepeats = Math.max(0, extraRepeats - 1);
    else if (sample.length < lengths.min) extraRepeats += lengths.min - sample.length;
    else extraRepeats = attempt % 4;
  }
  const unmoored = samplePattern(pattern, { random: draw.random, extraRepeats: 0 });
  const filled = unmoored + 'a'.repeat(Math.max(0, lengths.min - unmoored.length));
  return matchPattern(pattern, filled) === true ? filled : undefined;
}

/** An optional tail is no reason to be too long. */
function padded(sample: string, lengths: Lengths): string {
  return sample.length > LETTERS_MAX ? sample.slice(0, Math.max(lengths.min, 1)) : sample;
}

function someWords(lengths: Lengths, draw: ScalarDraw): string {
  const chosen = [draw.random.pick(draw.words)];
  if (draw.random.chance(40)) chosen.push(draw.random.pick(draw.words));
  let letters = Array.from(chosen.join(' '));
  while (letters.length < lengths.min)
    letters.push(' ', ...Array.from(draw.random.pick(draw.words)));
  if (letters.length > lengths.max) letters = letters.slice(0, Math.max(0, lengths.max));
  return letters.join('');
}

function plainWord(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '') || 'example';
}

/** A number for a schema without combinators. */
export function generateNumber(schema: JsonObject, draw: ScalarDraw): number {
  const isInteger = schema['type'] === 'integer';
  const step = finite(schema['multipleOf']);
  const { low, high } = rangeOf(schema, isInteger);
  if (step !== undefined && step > 0) return multipleIn({ low, high, step }, isInteger, draw);
  if (isInteger) return integerIn(low, high, draw.random);
  const drawn = low + ((high - low) * draw.random.below(101)) / 100;
  const rounded = Math.round(drawn * 100) / 100;
  const isInside = rounded >= low && rounded <= high && !isExcluded(rounded, schema);
  if (isInside) return rounded;
  return isExcluded(drawn, schema) ? low + (high - low) / 2 : drawn;
}

function rangeOf(schema: JsonObject, isInteger: boolean): { low: number; high: number } {
  const above = (bound: number): number => (isInteger ? Math.floor(bound) + 1 : bound);
  const below = (bound: number): number => (isInteger ? Math.ceil(bound) - 1 : bound);
  const lows = [finite(schema['minimum']), moved(schema['exclusiveMinimum'], above)];
  const highs = [finite(schema['maximum']), moved(schema['exclusiveMaximum'], below)];
  const low = lows.filter((bound) => bound !== undefined);
  const high = highs.filter((bound) => bound !== undefined);
  const bottom = low.length === 0 ? undefined : Math.max(...low);
  const top = high.length === 0 ? undefined : Math.min(...high);
  // Bounds as wide as a programming language's own say nothing about the value.
  const isWide = (bottom ?? -Infinity) <= -WIDE && (top ?? Infinity) >= WIDE;
  if (isWide) return { low: DEFAULT_LOW, high: SPAN };
  if (bottom === undefined) return { low: (top ?? 0) - SPAN, high: top ?? 0 };
  return { low: bottom, high: top ?? bottom + SPAN };
}

interface Multiples {
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/** A multiple that division finds whole again: 3 × 0.1 is none of 0.1 to a computer. */
function multipleIn(range: Multiples, isInteger: boolean, draw: ScalarDraw): number {
  const { low, step } = range;
  const first = Math.ceil(low / step);
  const last = Math.max(
    first,
    Math.floor(range.high / step),
    first + (low === DEFAULT_LOW ? 4 : 0),
  );
  const start = Math.min(last, first + draw.random.below(5));
  for (const factor of [start, ...neighbours(first, last)]) {
    const value = factor * step;
    if (Number.isInteger(value / step) && (!isInteger || Number.isInteger(value))) return value;
  }
  return start * step;
}

function neighbours(first: number, last: number): readonly number[] {
  const count = Math.max(1, Math.min(last - first + 1, 100));
  return Array.from({ length: count }, (_, index) => first + index);
}

function integerIn(low: number, high: number, random: DeterministicRandom): number {
  const bottom = Math.ceil(low);
  const top = Math.min(Math.floor(high), bottom + SPAN);
  return top <= bottom ? bottom : random.between(bottom, top);
}

function isExcluded(value: number, schema: JsonObject): boolean {
  return value === schema['exclusiveMinimum'] || value === schema['exclusiveMaximum'];
}

function finite(value: JsonObject[string] | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function moved(
  value: JsonObject[string] | undefined,
  move: (bound: number) => number,
): number | undefined {
  const bound = finite(value);
  return bound === undefined ? undefined : move(bound);
}
