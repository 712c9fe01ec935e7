import { readMetadata } from '../ai-gateway-form/read-metadata.ts';
import type { Refusal } from '../messages/errors.ts';
import type { LogMetadata, LogPatch } from '../policy/gateway-log.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { invalidInQuery } from './invalid-in-query.ts';

/** What of a log is to change; Workers reference §1.6, §3.11. Other members are read over. */
export function readLogPatch(body: JsonObject): LogPatch | Refusal {
  const { feedback, score, metadata } = body;
  if (!isFeedback(feedback)) return invalidInQuery('feedback', '-1, 0, 1 or null');
  if (!isAmount(score)) return invalidInQuery('score', 'a number or null');
  const flat = metadataOf(metadata);
  if (flat === 'invalid') {
    return invalidInQuery(
      'metadata',
      'an object of texts, numbers, truth values and null, none of them long, or null',
    );
  }
  return { feedback, score, metadata: flat };
}

function isFeedback(value: JsonValue | undefined): value is number | null | undefined {
  return isAmount(value) && (typeof value !== 'number' || [-1, 0, 1].includes(value));
}

function isAmount(value: JsonValue | undefined): value is number | null | undefined {
  return value === undefined || value === null || typeof value === 'number';
}

function metadataOf(value: JsonValue | undefined): LogMetadata | null | undefined | 'invalid' {
  if (value === undefined || value === null) return value;
  return readMetadata(value) ?? 'invalid';
}
