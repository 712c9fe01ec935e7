import type { Refusal } from '../../../messages/errors.ts';
import { isRefusal } from '../../../messages/errors.ts';
import type { Tool, ToolChoice } from '../../../messages/request.ts';
import type { Schema } from '../../../messages/schema.ts';
import {
  anyObject,
  array,
  boolean,
  oneOf,
  optional,
  required,
  string,
} from '../../../messages/schema.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import type { DecodedTools } from './decode-tools.ts';
import { isOffered, nameOf } from './decode-tools.ts';
import { checkParameter, opened, refuseParameter } from '../refuse-parameter.ts';

export interface DecodedToolChoice {
  /** Those of the request, or the ones that it allows. */
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice | undefined;
  readonly ignored: readonly string[];
}

/** The choice before the flag for parallel calls; the tools change where only some are allowed. */
interface Chosen {
  readonly choice: ToolChoice | undefined;
  readonly tools?: readonly Tool[];
}

/** One form of a choice that is an object: its shape, and what it amounts to once that is checked. */
interface ObjectForm {
  readonly schema: Schema;
  readonly read: (value: JsonObject, place: Place) => Chosen | Refusal;
}

const named = required(opened({ name: required(string()) }));
const parallel = optional(boolean);
const native = (value: JsonObject, place: Place): Chosen | Refusal =>
  forced(value as unknown as ToolChoice, place);

const objectForms: ReadonlyMap<JsonValue, ObjectForm> = new Map<JsonValue, ObjectForm>([
  [
    'function',
    {
      schema: opened({ function: named }),
      read: ({ function: called = null }, place) => namedChoice(called, place),
    },
  ],
  [
    'custom',
    {
      schema: opened({ custom: named }),
      read: ({ custom = null }, place) => namedChoice(custom, place),
    },
  ],
  [
    'allowed_tools',
    {
      schema: opened({
        allowed_tools: required(
          opened({ mode: required(oneOf('auto', 'required')), tools: required(array(anyObject)) }),
        ),
      }),
      read: ({ allowed_tools: allowed = null }, place) => allowedChoice(allowed, place),
    },
  ],
  ['auto', { schema: opened({ disable_parallel_tool_use: parallel }), read: native }],
  ['any', { schema: opened({ disable_parallel_tool_use: parallel }), read: native }],
  [
    'tool',
    {
      schema: opened({ name: required(string()), disable_parallel_tool_use: parallel }),
      read: native,
    },
  ],
  ['none', { schema: opened({}), read: () => ({ choice: { type: 'none' } }) }],
]);

/** `tool_choice` or `function_call`, with `parallel_tool_calls` (chat reference §2.6). */
export function decodeToolChoice(
  given: JsonObject,
  { tools, callsAs }: DecodedTools,
): DecodedToolChoice | Refusal {
  const isOldForm = callsAs === 'function_call';
  const param = isOldForm && given['tool_choice'] === undefined ? 'function_call' : 'tool_choice';
  const chosen = readChoice(given[param], { param, tools });
  if (isRefusal(chosen)) return chosen;
  const isSingle = isOldForm || given['parallel_tool_calls'] === false;
  const isStray = !isOldForm && given['function_call'] !== undefined;
  return {
    tools: chosen.tools ?? tools,
    choice: tools.length === 0 ? undefined : oneAtATime(chosen.choice, isSingle),
    ignored: isStray ? ['function_call'] : [],
  };
}

interface Place {
  readonly param: string;
  readonly tools: readonly Tool[];
}

function readChoice(value: JsonValue | undefined, place: Place): Chosen | Refusal {
  const { param } = place;
  if (value === undefined) return { choice: undefined };
  if (typeof value === 'string') return forced(wordChoices[value], place);
  if (!isJsonObject(value)) return refuseParameter(param, 'Input should be an object');
  if (param === 'function_call') return namedChoice(value, place);
  const { type = null } = value;
  const form = objectForms.get(type);
  if (form === undefined) {
    return refuseParameter(param, `there is no choice of the type ${JSON.stringify(type)}`);
  }
  return checkParameter(form.schema, value, param) ?? form.read(value, place);
}

const wordChoices: Readonly<Record<string, ToolChoice>> = {
  auto: { type: 'auto' },
  none: { type: 'none' },
  required: { type: 'any' },
};

function namedChoice(called: JsonValue, place: Place): Chosen | Refusal {
  const name = isJsonObject(called) && typeof called['name'] === 'string' ? called['name'] : '';
  return forced({ type: 'tool', name }, place);
}

/** A forced choice needs something to choose. */
function forced(choice: ToolChoice | undefined, { param, tools }: Place): Chosen | Refusal {
  if (choice?.type !== 'any' && choice?.type !== 'tool') return { choice };
  if (tools.length === 0) return refuseParameter(param, 'there are no tools to choose from');
  if (choice.type === 'tool' && !isOffered(tools, choice.name)) {
    return refuseParameter(param, `there is no tool of the name ${choice.name}`);
  }
  return { choice };
}

function allowedChoice(allowed: JsonValue, place: Place): Chosen | Refusal {
  const { mode = null, tools = [] } = isJsonObject(allowed) ? allowed : {};
  const listed: readonly JsonValue[] = Array.isArray(tools) ? tools : [];
  const names = new Set(listed.map((tool) => allowedName(tool)));
  const left = place.tools.filter((tool) => names.has(nameOf(tool)));
  if (left.length === 0) return refuseParameter(place.param, 'it allows none of the tools');
  return { tools: left, choice: { type: mode === 'required' ? 'any' : 'auto' } };
}

function allowedName(tool: JsonValue): string | undefined {
  if (!isJsonObject(tool)) return undefined;
  const inner = tool['function'] ?? tool['custom'];
  const name = isJsonObject(inner) ? inner['name'] : tool['name'];
  return typeof name === 'string' ? name : undefined;
}

/** `none` must not carry the flag: the API refuses that. */
function oneAtATime(choice: ToolChoice | undefined, isSingle: boolean): ToolChoice | undefined {
  if (!isSingle || choice?.type === 'none') return choice;
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true };
}
