import { createHash } from 'node:crypto';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { MessageParam } from '../../messages/request.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { JsonValue } from '../../std/json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import { describeJsonFault, describeSurrogateFault } from './describe-json-fault.ts';
import { ruleTexts } from './rule-texts.ts';

/** What the API takes at most (API reference §1.4), whatever the gateway before it lets in. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** Deeper than this no parser of the API's goes; the walks further on rely on it. */
const bounds = { depthMax: 128, keysMax: 1_000_000 };

/** A body that is JSON, with where its members lie. */
export interface ReadBody {
  readonly kind: 'body';
  readonly value: JsonValue;
  readonly bytes: Uint8Array;
  readonly members: ReadonlyMap<string, { readonly start: number; readonly end: number }>;
}

/** Reads a body, or says what is wrong with it as the API's parser does (API reference §4.3). */
export function readBody(bytes: Uint8Array): ReadBody | Refusal {
  if (bytes.length > BODY_BYTES_MAX) return refusal('request_too_large');
  const text = textOf(bytes);
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') return malformed(describeJsonFault(text) ?? parsed.detail);
  const surrogate = describeSurrogateFault(text);
  if (surrogate !== undefined) return malformed(surrogate);
  const scan = scanJsonObject(bytes, bounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  const members = scan.kind === 'object' ? scan.members : new Map<string, never>();
  return { kind: 'body', value: parsed.value, bytes, members };
}

function malformed(detail: string): Refusal {
  return refusal('malformed_json', ruleTexts.malformedJson(detail));
}

/**
 * Stands for a body without its `stream` member: both forms have the same answer. Messages that
 * were merged count as if they had been sent so, and members in any order are the same request:
 * SDKs write them in another order when they stream.
 */
export function fingerprintOf(
  { bytes, members }: ReadBody,
  merged?: readonly MessageParam[],
): Uint8Array {
  const hash = createHash('sha256');
  const byName = [...members].toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [key, { start, end }] of byName) {
    if (key === 'stream') continue;
    hash.update(`${String(key.length)}:${key}`);
    const isMerged = key === 'messages' && merged !== undefined;
    hash.update(isMerged ? JSON.stringify(merged) : bytes.subarray(start, end));
  }
  return hash.digest();
}
