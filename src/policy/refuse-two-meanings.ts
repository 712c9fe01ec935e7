import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { findDoubledKey } from '../std/find-doubled-key.ts';
import type { AskedRequest } from './policy-rule.ts';

/**
 * What is judged is what a parser here reads; an upstream may take the other one of two members that
 * have the same name. The scan of a body sees that at its top, this further in.
 */
export function refuseTwoMeanings({ body, members }: AskedRequest): Refusal | undefined {
  const doubled = members().size === 0 ? undefined : findDoubledKey(body);
  if (doubled === undefined) return undefined;
  const text = `The request body is not valid JSON: duplicate key ${JSON.stringify(doubled)}`;
  return refusal('malformed_json', text);
}
