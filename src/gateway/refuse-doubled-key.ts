import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { findDoubledKey } from '../std/find-doubled-key.ts';

/**
 * Whoever reads the request next may take the other one of two members that have the same name: what
 * was looked at here, or held for, would not be what is answered.
 */
export function refuseDoubledKey(body: Uint8Array): Refusal | undefined {
  const doubled = findDoubledKey(body);
  if (doubled === undefined) return undefined;
  const text = `The request body is not valid JSON: duplicate key ${JSON.stringify(doubled)}`;
  return refusal('malformed_json', text);
}
