import type { JsonObject } from '../../std/json.ts';
import type { KnownModel } from '../dialect.ts';

/** What the answer to one request has to look like, besides what is answered. */
export interface AnswerShape {
  /** `chatcmpl-` and 29 letters and digits: one for the whole answer. */
  readonly id: string;
  /** Seconds since the epoch: one for the whole answer. */
  readonly created: number;
  /** As the caller wrote it. */
  readonly model: string;
  readonly isStream: boolean;
  /** Whether a stream ends with a chunk that has the usage, and the others say `usage: null`. */
  readonly includesUsage: boolean;
  /** Functions of the form of 2023 are called in its way. */
  readonly callsAs: 'tool_calls' | 'function_call';
  /** Names of the caller's tools that take text: calls of them are `custom`. */
  readonly customTools: ReadonlySet<string>;
  /** Which conventions thinking is returned in; chat reference §2.8. */
  readonly reasoning: 'content-and-blocks' | 'content-blocks-and-details' | 'excluded';
  /** Whether a code fence around the whole text is taken off: `json_object` was asked for. */
  readonly removesFence: boolean;
  /** Given back as it came. */
  readonly metadata: JsonObject | undefined;
  /** Names of the parameters that had no effect. */
  readonly ignored: readonly string[];
  /** Says what the answer cost, where that is configured and the model has a price. */
  readonly credits:
    | { readonly markupPercent: number; readonly costNanoUsd: KnownModel['costNanoUsd'] }
    | undefined;
  /** Whether the registry has the model: an upstream that does not is then at fault, not the caller. */
  readonly isKnownModel: boolean;
  /** The request's top-level fields, to tell which of them an upstream's complaint is about. */
  readonly fields: ReadonlySet<string>;
}
