import type { Schema } from '../../../messages/schema.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';

/** A top-level member of a request, and what becomes of it (chat reference §2.1). */
export interface ChatParameter {
  readonly name: string;
  readonly posture: 'mapped' | 'ignored' | 'refused';
  /** What becomes of it, in one sentence. */
  readonly becomes: string;
  /** Whether the form itself does not have it. */
  readonly extension?: true;
  readonly isRequired?: true;
  /** What a value must look like; null counts as absent before this is asked. */
  readonly schema?: Schema;
  /** Why a value of the right type is refused. */
  readonly refuses?: (value: JsonValue) => string | undefined;
  /** The other parameter that it makes no sense without, and what that must be. */
  readonly needs?: { readonly name: string; readonly value: JsonValue };
  /** Values that ask for nothing, so that nothing is lost when they are ignored. */
  readonly idle?: readonly JsonValue[];
  /** The part of the Messages body that it is by itself; undefined where it has no effect. */
  readonly alone?: (value: JsonValue) => JsonObject | undefined;
}
