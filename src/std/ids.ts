import { base62, base62Number } from './base62.ts';
import type { Random } from './random.ts';

/** As many as hold milliseconds until the year 8888. */
const TIME_LETTERS = 8;
const CHANCE_LETTERS = 16;
const FILE_ID_LETTERS = 22;
const BATCH_ID_LETTERS = 22;

/**
 * A request's id in the API's form: `req_` and 24 letters. Those of the time stand first, so that an
 * index of ids grows at its end: places by chance would cost half of what a row of the log costs.
 */
export function newRequestId(random: Random, atMs: number): string {
  const time = base62Number(atMs, TIME_LETTERS);
  return `req_${time}${base62(CHANCE_LETTERS, (count) => random.bytes(count))}`;
}

/** A file's id in the API's form: `file_01` and 22 letters. */
export function newFileId(random: Random): string {
  return `file_01${base62(FILE_ID_LETTERS, (count) => random.bytes(count))}`;
}

/** A batch's id in the API's form: `msgbatch_01` and 22 letters. */
export function newBatchId(random: Random): string {
  return `msgbatch_01${base62(BATCH_ID_LETTERS, (count) => random.bytes(count))}`;
}
