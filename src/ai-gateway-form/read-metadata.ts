import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { MetadataValue } from './gateway-call.ts';

/** Most entries of metadata; more are left out. Workers reference §3.14. */
const METADATA_ENTRIES_MAX = 5;

/** Flat metadata with what is over the bound left out; undefined where it is not flat. */
export function readMetadata(
  value: JsonValue,
): Readonly<Record<string, MetadataValue>> | undefined {
  if (!isJsonObject(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every((entry): entry is [string, MetadataValue] => isFlat(entry[1]))) {
    return undefined;
  }
  return Object.fromEntries(entries.slice(0, METADATA_ENTRIES_MAX));
}

function isFlat(value: JsonValue): value is MetadataValue {
  return value === null || typeof value !== 'object';
}
