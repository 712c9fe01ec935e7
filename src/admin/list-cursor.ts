import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** A place in a list that goes by time: when, and which of those of that moment. */
interface TimedPlace {
  readonly atMs: number;
  readonly number: bigint;
}

/** Whole numbers that are exact as a `number`; no moment and no row of a table is further. */
const DIGITS_MAX = 15;

/** A place of a list by time, as `next_cursor` has it. */
export function timedCursor({ atMs, number }: TimedPlace): string {
  return `${String(atMs)}.${String(number)}`;
}

/** Where a list by time goes on; undefined at its beginning. */
export function readTimedCursor(cursor: string | undefined): TimedPlace | Refusal | undefined {
  if (cursor === undefined) return undefined;
  const parts = cursor.split('.');
  const [atMs, number] = parts.map((part) => numberIn(part, DIGITS_MAX));
  if (parts.length !== 2 || atMs === undefined || number === undefined) return unknownCursor();
  return { atMs: Number(atMs), number };
}

/** Where a list goes on whose places are counted; undefined at its beginning. */
export function readCountedCursor(
  cursor: string | undefined,
  digitsMax: number = DIGITS_MAX,
): bigint | Refusal | undefined {
  return cursor === undefined ? undefined : (numberIn(cursor, digitsMax) ?? unknownCursor());
}

function numberIn(text: string, digitsMax: number): bigint | undefined {
  return text.length <= digitsMax && /^\d+$/.test(text) ? BigInt(text) : undefined;
}

/** What a cursor of another list, or of none, is told. */
export function unknownCursor(): Refusal {
  return refusal('invalid_request', 'cursor: unknown', { param: 'cursor' });
}
