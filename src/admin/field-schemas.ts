import { z } from 'zod';
import type { Page } from './contract.ts';

/** Fields that several routes have. Amounts are text: a number of JSON loses them (wallet reference §11). */

/** An amount in nano-USD, which may be below zero: posted after a chargeback. */
export const amountField: z.ZodString = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .describe('Nano-USD, as decimal digits.');

/** An amount that moves: more than zero, and small enough for every sum of it. */
export const movedAmountField: z.ZodString = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'a positive whole number of nano-USD is wanted, as text')
  .describe('Nano-USD, as decimal digits, more than 0.');

/** The same in USD, for people. */
export const usdField: z.ZodString = z
  .string()
  .regex(/^-?\d+\.\d{9}$/)
  .describe('The same in USD, with nine decimals.');

/** An instant; RFC 3339. */
export const timeField: z.ZodISODateTime = z.iso.datetime({ offset: true });

/** An instant of the past or none. */
export const maybeTimeField: z.ZodNullable<z.ZodISODateTime> = timeField.nullable();

/** Ids that this gateway made or that keys are: names of one segment of a path. */
export const idField: z.ZodString = z
  .string()
  .regex(/^[A-Za-z0-9_.:@-]{1,256}$/, 'letters, digits and _ . : @ - are wanted, at most 256');

/** What somebody writes for others to read. What has no UTF-8 would come back as something else. */
export function wordsField(lettersMin: number, lettersMax: number): z.ZodString {
  return z
    .string()
    .trim()
    .min(lettersMin)
    .max(lettersMax)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'has letters that are none');
}

/** Why money moves, in words that the books keep. */
export const reasonField: z.ZodString = wordsField(3, 500);

/** Where the reason is written down outside: a ticket, a payment, a contract. */
export const ticketField: z.ZodString = wordsField(1, 200);

/** What something is called. */
export const nameField: z.ZodString = wordsField(1, 200);

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** How many rows of a list. */
export const limitField: z.ZodType<number, string | undefined> = z
  .string()
  .regex(/^\d{1,4}$/, `a whole number from 1 to ${String(LIMIT_MAX)} is wanted`)
  .default(String(LIMIT_DEFAULT))
  .transform(Number)
  .pipe(z.int().min(1).max(LIMIT_MAX))
  .describe(`Rows of the answer, 1 to ${String(LIMIT_MAX)}.`)
  // A query is text, and this is what the text stands for.
  .meta({ type: 'integer', minimum: 1, maximum: LIMIT_MAX });

/** Where a list goes on: `next_cursor` of the page before. */
export const cursorField: z.ZodOptional<z.ZodString> = z
  .string()
  // Ids are cursors, and so are two of them in base64.
  .regex(/^[A-Za-z0-9_.:@-]{1,512}$/, 'unknown')
  .optional()
  .describe('`next_cursor` of the page before.');

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item): z.ZodType<Page<z.output<Item>>> {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

/** Instants as the API says them. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** An instant that may not be there. */
export function maybeTimeText(atMs: number | undefined): string | null {
  return atMs === undefined ? null : timeText(atMs);
}
