import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { MetadataValue } from './gateway-call.ts';

/** Most entries of metadata; more are left out. Workers reference §3.14. */
const METADATA_ENTRIES_MAX = 5;
/** They are kept with every log, and budgets are counted by them: they name something, no more. */
const NAME_LETTERS_MAX = 128;
const TEXT_LETTERS_MAX = 1024;

/** Flat metadata with what is over the bound left out; undefined where it is not flat, or too long. */
export function readMetadata(
  value: JsonValue,
): Readonly<Record<string, MetadataValue>> | undefined {
  if (!isJsonObject(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every((entry): entry is [string, MetadataValue] => isFlat(entry[1]))) {
    return undefined;
  }
  const kept = entries.slice(0, METADATA_ENTRIES_MAX);
  const isShort = kept.every(
    ([name, entry]) => name.length <= NAME_LETTERS_MAX && !isLongText(entry),
  );
  return isShort ? Object.fromEntries(kept) : undefined;
}

function isLongText(value: MetadataValue): boolean {
  return typeof value === 'string' && value.length > TEXT_LETTERS_MAX;
}

function isFlat(value: JsonValue): value is MetadataValue {
  return value === null || typeof value !== 'object';
}
