import type { Random } from '../std/random.ts';

const ID_BYTES = 16;

/** An id for something that a gateway keeps. */
export function newRecordId(random: Random): string {
  return Buffer.from(random.bytes(ID_BYTES)).toString('hex');
}
