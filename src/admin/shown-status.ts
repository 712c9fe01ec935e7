import type { KeyRecord } from '../access/key-store.ts';
import { isActive } from '../access/key-store.ts';
import type { KeyAnswer } from './contract.ts';

/** Whether a key works, in one word. */
export function shownStatus(record: KeyRecord, atMs: number): KeyAnswer['status'] {
  const { status } = record;
  return status === 'active' && !isActive(record, atMs) ? 'expired' : status;
}
