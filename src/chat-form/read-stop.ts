import type { StopReason } from '../messages/response.ts';
import { stopReasons } from '../messages/response.ts';
import type { JsonObject } from '../std/json.ts';
import { stopReasonOf } from './finish-reasons.ts';

/** Why an engine stopped. */
export interface ReadStop {
  readonly reason: StopReason;
  /** The sequence that it stopped at, where it says so. */
  readonly sequence: string | undefined;
}

/** What a choice of an answer says of its end, in the words of the canonical form; undefined before it. */
export function readStop(choice: JsonObject): ReadStop | undefined {
  const reason = stopReasonOf(choice['finish_reason']);
  if (reason === undefined) return undefined;
  // Two engines name the sequence in fields of their own; a number stands for a token.
  const sequence = [choice['matched_stop'], choice['stop_reason'], choice['stop_sequence']].find(
    (value) => typeof value === 'string' && value !== '',
  ) as string | undefined;
  const native = choice['native_finish_reason'];
  const isKnown = (stopReasons as readonly unknown[]).includes(native);
  return { reason: isKnown ? (native as StopReason) : reason, sequence };
}
