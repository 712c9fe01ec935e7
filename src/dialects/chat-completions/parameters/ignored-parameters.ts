import type { Schema } from '../../../messages/schema.ts';
import { anyObject, boolean, integer, number, oneOf, string } from '../../../messages/schema.ts';
import type { JsonValue } from '../../../std/json.ts';
import type { ChatParameter } from './chat-parameter.ts';

const TOP_LOGPROBS_MAX = 20;

/** Parameters that have no equal in the Messages form (chat reference §2.2). */
export const ignoredParameters: readonly ChatParameter[] = [
  ignored('audio', anyObject, 'Nothing, since no audio is answered.'),
  ignored('logprobs', boolean, 'Nothing: `logprobs` of the answer is null.', [false]),
  {
    ...ignored('top_logprobs', integer({ min: 0, max: TOP_LOGPROBS_MAX }), 'Nothing.', [0]),
    needs: { name: 'logprobs', value: true },
  },
  ignored('frequency_penalty', number(), 'Nothing.', [0]),
  ignored('presence_penalty', number(), 'Nothing.', [0]),
  ignored('logit_bias', anyObject, 'Nothing.'),
  ignored('seed', integer(), 'Nothing.'),
  ignored('store', boolean, 'Nothing: no answer is kept.', [false]),
  ignored('prediction', anyObject, 'Nothing.'),
  ignored('moderation', undefined, 'Nothing.'),
  ignored('verbosity', oneOf('low', 'medium', 'high'), 'Nothing.', ['medium']),
  ignored('prompt_cache_key', string(), 'Nothing: a prompt is found by its content.'),
  ignored('prompt_cache_retention', string(), 'Nothing.'),
  ignored('web_search_options', anyObject, 'Nothing; a search tool of the Messages form works.'),
];

/** What has no equal: documented, named in `x-ignored-params`, and without any other effect. */
function ignored(
  name: string,
  schema: Schema | undefined,
  becomes: string,
  idle: readonly JsonValue[] = [],
): ChatParameter {
  return { name, posture: 'ignored', becomes, idle, ...(schema === undefined ? {} : { schema }) };
}
