import {
  anyObject,
  array,
  boolean,
  integer,
  nullable,
  number,
  oneOf,
  optional,
  required,
  string,
  stringOr,
} from '../../messages/schema.ts';
import { cacheMarkerSchema } from './cache-marker-schema.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { ChatParameter } from './parameters/chat-parameter.ts';
import { ignoredParameters } from './parameters/ignored-parameters.ts';
import { opened } from './refuse-parameter.ts';

const fraction = number({ min: 0, max: 1 });
const tokenCount = integer({ min: 1 });
const METADATA_PAIRS_MAX = 16;
const METADATA_KEY_LENGTH_MAX = 64;
const METADATA_VALUE_LENGTH_MAX = 512;
const SAFETY_IDENTIFIER_LENGTH_MAX = 64;
/** What `metadata.user_id` of the Messages form takes. */
const USER_LENGTH_MAX = 256;

/** Those of the form that are not here have no other meaning. */
const serviceTiers: ReadonlyMap<JsonValue, 'auto' | 'standard_only'> = new Map([
  ['auto', 'auto'],
  ['priority', 'auto'],
  ['default', 'standard_only'],
  ['standard_only', 'standard_only'],
]);

/** `explicit` leaves it to the breakpoints of parts. */
const cacheModes: ReadonlyMap<JsonValue, JsonObject> = new Map<JsonValue, JsonObject>([
  ['implicit', { cache_control: { type: 'ephemeral' } }],
  ['explicit', {}],
]);

const effort = oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max');

/** Every parameter of the form and of its extensions. Decoding walks it, and so do documents and tests. */
export const chatParameters: readonly ChatParameter[] = [
  {
    name: 'model',
    posture: 'mapped',
    becomes: 'The registry’s name of the model; a name that it does not have goes on as it is.',
    isRequired: true,
    schema: string({ lengthMin: 1, lengthMax: 256 }),
  },
  {
    name: 'messages',
    posture: 'mapped',
    becomes: '`system` and `messages`.',
    isRequired: true,
  },
  {
    name: 'system',
    posture: 'mapped',
    extension: true,
    becomes: '`system`, in front of what the messages say to it.',
  },
  {
    name: 'max_completion_tokens',
    posture: 'mapped',
    becomes: '`max_tokens`; without it 32,000, or less where the model or the plan allows less.',
    schema: tokenCount,
  },
  {
    name: 'max_tokens',
    posture: 'mapped',
    becomes: '`max_tokens`, unless `max_completion_tokens` is given.',
    schema: tokenCount,
  },
  {
    name: 'temperature',
    posture: 'mapped',
    becomes:
      '`temperature`, 0 to 1. Left out while thinking is on and for models that take no samplers.',
    schema: number({ min: 0, max: 2 }),
  },
  {
    name: 'top_p',
    posture: 'mapped',
    becomes:
      '`top_p`. Together with `temperature` it is refused for models that take one of them, unless either is 1.',
    schema: fraction,
  },
  {
    name: 'top_k',
    posture: 'mapped',
    extension: true,
    becomes: '`top_k`; 0 is none.',
    schema: integer({ min: 0 }),
  },
  {
    name: 'stop',
    posture: 'mapped',
    becomes: '`stop_sequences`, without those that are blank.',
    schema: stringOr(array(string())),
  },
  {
    name: 'stop_sequences',
    posture: 'mapped',
    extension: true,
    becomes: '`stop_sequences`, after those of `stop`.',
    schema: array(string()),
  },
  {
    name: 'stream',
    posture: 'mapped',
    becomes: 'Chunks instead of one piece. The upstream is asked for a stream in any case.',
    schema: boolean,
  },
  {
    name: 'stream_options',
    posture: 'mapped',
    becomes:
      '`include_usage` brings a last chunk with the usage; `include_obfuscation` is ignored.',
    schema: opened({
      include_usage: optional(nullable(boolean)),
      include_obfuscation: optional(nullable(boolean)),
    }),
    needs: { name: 'stream', value: true },
  },
  {
    name: 'n',
    posture: 'mapped',
    becomes: 'Nothing: one answer is made, and more than one is refused.',
    schema: integer({ min: 1 }),
    refuses: (value) => (value === 1 ? undefined : 'only one answer is made for a request'),
  },
  {
    name: 'tools',
    posture: 'mapped',
    becomes: '`tools`. Those of the Messages form are taken as well.',
    schema: array(anyObject),
  },
  {
    name: 'tool_choice',
    posture: 'mapped',
    becomes: '`tool_choice`; `allowed_tools` leaves the others out of `tools`.',
    schema: stringOr(anyObject, 'none', 'auto', 'required'),
  },
  {
    name: 'parallel_tool_calls',
    posture: 'mapped',
    becomes: '`tool_choice.disable_parallel_tool_use` where it is false.',
    schema: boolean,
  },
  {
    name: 'functions',
    posture: 'mapped',
    becomes: '`tools`, one call at a time, which the answer has as `function_call`.',
    schema: array(anyObject),
  },
  {
    name: 'function_call',
    posture: 'mapped',
    becomes: '`tool_choice`, together with `functions`.',
    schema: stringOr(opened({ name: required(string()) }), 'none', 'auto'),
  },
  {
    name: 'response_format',
    posture: 'mapped',
    becomes:
      '`output_config.format`; for `json_object`, for models without that and for schemas that it cannot hold, an instruction at the end of `system`.',
    schema: opened({ type: required(oneOf('text', 'json_object', 'json_schema')) }),
  },
  {
    name: 'output_config',
    posture: 'mapped',
    extension: true,
    becomes: '`output_config`, as it is.',
    schema: anyObject,
  },
  {
    name: 'output_format',
    posture: 'mapped',
    extension: true,
    becomes: '`output_config.format`, as it is.',
    schema: anyObject,
  },
  {
    name: 'reasoning_effort',
    posture: 'mapped',
    becomes:
      '`thinking` and `output_config.effort`, at the nearest level that the model has; a budget for models without adaptive thinking.',
    schema: effort,
  },
  {
    name: 'reasoning',
    posture: 'mapped',
    extension: true,
    becomes:
      'As `reasoning_effort`; `max_tokens` is the budget, `enabled` turns thinking on or off, `exclude` leaves it out of the answer.',
    schema: opened({
      effort: optional(nullable(effort)),
      max_tokens: optional(nullable(tokenCount)),
      enabled: optional(nullable(boolean)),
      exclude: optional(nullable(boolean)),
    }),
  },
  {
    name: 'thinking',
    posture: 'mapped',
    extension: true,
    becomes: '`thinking`, as it is. It comes before what the other two say of it.',
    schema: opened({
      type: required(string()),
      budget_tokens: optional(integer({ min: 1024 })),
    }),
  },
  {
    name: 'user',
    posture: 'mapped',
    becomes: '`metadata.user_id`, unless it looks like an address or a phone number.',
    schema: string({ lengthMax: USER_LENGTH_MAX }),
  },
  {
    name: 'safety_identifier',
    posture: 'mapped',
    becomes: '`metadata.user_id`, before `user`.',
    schema: string({ lengthMax: SAFETY_IDENTIFIER_LENGTH_MAX }),
  },
  {
    name: 'metadata',
    posture: 'mapped',
    becomes: 'The answer gives it back; its `user_id` goes to `metadata.user_id`.',
    schema: { kind: 'map', values: string({ lengthMax: METADATA_VALUE_LENGTH_MAX }) },
    refuses: metadataIssue,
  },
  {
    name: 'service_tier',
    posture: 'mapped',
    becomes:
      '`service_tier`: `default` is `standard_only`, `auto` and `priority` are `auto`; others are ignored.',
    schema: string(),
    alone: (value) => {
      const tier = serviceTiers.get(value);
      return tier === undefined ? undefined : { service_tier: tier };
    },
  },
  {
    name: 'prompt_cache_options',
    posture: 'mapped',
    becomes: '`cache_control` where the mode is `implicit`; its time is that of the Messages form.',
    schema: anyObject,
    alone: (value) => (isJsonObject(value) ? cacheModes.get(value['mode'] ?? null) : undefined),
  },
  {
    name: 'cache_control',
    posture: 'mapped',
    extension: true,
    becomes: '`cache_control`, as it is. A request has at most four of them in all places.',
    schema: cacheMarkerSchema,
    alone: (value) => ({ cache_control: value }),
  },
  {
    name: 'modalities',
    posture: 'refused',
    becomes: 'A 400 where it asks for anything but text.',
    schema: array(string()),
    refuses: (value) =>
      Array.isArray(value) && value.every((item) => item === 'text')
        ? undefined
        : 'only text is answered',
  },
  ...ignoredParameters,
];

function metadataIssue(value: JsonValue): string | undefined {
  const keys = isJsonObject(value) ? Object.keys(value) : [];
  if (keys.length > METADATA_PAIRS_MAX) {
    return `at most ${String(METADATA_PAIRS_MAX)} pairs are taken`;
  }
  return keys.some((key) => key.length > METADATA_KEY_LENGTH_MAX)
    ? `a key has at most ${String(METADATA_KEY_LENGTH_MAX)} characters`
    : undefined;
}
