import type { Refusal } from '../../../messages/errors.ts';
import type { JsonObject } from '../../../std/json.ts';
import type { KnownModel } from '../../dialect.ts';
import { refuseParameter } from '../refuse-parameter.ts';

/** Seed 002: how long an answer may be where the caller does not say. */
export const DEFAULT_TOKENS = 32_000;

/** How long an answer may be: `max_completion_tokens`, else `max_tokens`, else the default (chat reference §2.2). */
export function decodeMaxTokens(
  given: JsonObject,
  model: KnownModel | undefined,
  byDefault: number = DEFAULT_TOKENS,
): { readonly maxTokens: number; readonly isDefault?: true } | Refusal {
  const most = model?.outputTokensMax ?? Infinity;
  const name =
    given['max_completion_tokens'] === undefined ? 'max_tokens' : 'max_completion_tokens';
  const asked = given[name];
  if (typeof asked !== 'number') return { maxTokens: Math.min(byDefault, most), isDefault: true };
  if (asked <= most) return { maxTokens: asked };
  return refuseParameter(
    name,
    `${String(asked)} > ${String(most)}, which is the maximum allowed number of output tokens for ${model?.id ?? ''}`,
  );
}
