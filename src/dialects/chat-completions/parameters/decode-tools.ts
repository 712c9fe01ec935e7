import type { CacheControl } from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import { isRefusal } from '../../../messages/errors.ts';
import type { CustomTool, Tool } from '../../../messages/request.ts';
import { isCustomTool } from '../../../messages/request.ts';
import type { Schema } from '../../../messages/schema.ts';
import {
  anyObject,
  boolean,
  nullable,
  oneOf,
  optional,
  required,
  string,
} from '../../../messages/schema.ts';
import { cacheMarkerSchema } from '../cache-marker-schema.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import type { KnownModel } from '../../dialect.ts';
import { checkParameter, opened, refuseParameter } from '../refuse-parameter.ts';
import { sanitizeSchema, takesNull } from './sanitize-schema.ts';

export interface DecodedTools {
  readonly tools: readonly Tool[];
  /** Names of those that take text instead of arguments. */
  readonly customTools: ReadonlySet<string>;
  /** Whether they were given as `functions`. */
  readonly callsAs: 'tool_calls' | 'function_call';
  readonly ignored: readonly string[];
}

/** One tool with what it was called in the request, for refusals that come later. */
interface DecodedTool {
  readonly tool: Tool;
  readonly isText?: true;
  readonly nameParam: string;
  readonly ignored?: string;
}

const functionName = string({ pattern: /^[a-zA-Z0-9_-]{1,64}$/ });
const cacheControl = optional(nullable(cacheMarkerSchema));

const functionSchema: Schema = opened({
  name: required(functionName),
  description: optional(nullable(string())),
  parameters: optional(nullable(anyObject)),
  strict: optional(nullable(boolean)),
  cache_control: cacheControl,
});
const functionToolSchema: Schema = opened({
  function: required(functionSchema),
  cache_control: cacheControl,
});
const customToolSchema: Schema = opened({
  custom: required(
    opened({
      name: required(functionName),
      description: optional(nullable(string())),
      format: optional(nullable(opened({ type: required(oneOf('text')) }))),
    }),
  ),
  cache_control: cacheControl,
});
const nativeToolSchema: Schema = opened({ name: optional(string()) });

/** `tools` or `functions` as the Messages form has them (chat reference §2.5). */
export function decodeTools(
  given: JsonObject,
  model: KnownModel | undefined,
): DecodedTools | Refusal {
  const tools = listAt(given, 'tools');
  const functions = listAt(given, 'functions');
  const callsAs = tools.length === 0 && functions.length > 0 ? 'function_call' : 'tool_calls';
  const decoded: DecodedTool[] = [];
  for (const [at, item] of (callsAs === 'function_call' ? functions : tools).entries()) {
    const param = callsAs === 'function_call' ? `functions[${String(at)}]` : `tools[${String(at)}]`;
    const tool =
      callsAs === 'function_call'
        ? decodeFunction(item, { param, model })
        : decodeTool(item, { param, model });
    if (isRefusal(tool)) return tool;
    decoded.push(tool);
  }
  const twice = nameTwice(decoded);
  if (twice !== undefined) return twice;
  const isShadowed = callsAs === 'tool_calls' && functions.length > 0;
  return {
    tools: decoded.map(({ tool }) => tool),
    customTools: new Set(
      decoded.flatMap(({ tool, isText }) => (isText === true ? [nameOf(tool)] : [])),
    ),
    callsAs,
    ignored: [
      ...(isShadowed ? ['functions'] : []),
      ...decoded.flatMap(({ ignored }) => (ignored === undefined ? [] : [ignored])),
    ],
  };
}

/** A tool's name; empty for toolsets, whose tools have names of their own. */
export function nameOf({ name }: Tool): string {
  return name ?? '';
}

interface Place {
  readonly param: string;
  readonly model: KnownModel | undefined;
}

function decodeTool(item: JsonObject, place: Place): DecodedTool | Refusal {
  const { param } = place;
  if (item['type'] === 'function') {
    const wrong = checkParameter(functionToolSchema, item, param);
    if (wrong !== undefined) return wrong;
    const { function: called = null, cache_control: marker = null } = item;
    return decodeFunction(called, { ...place, param: `${param}.function` }, marker);
  }
  if (item['type'] === 'custom' && item['name'] === undefined) return decodeTextTool(item, param);
  if (item['type'] === undefined && item['input_schema'] === undefined) {
    return refuseParameter(`${param}.type`, 'Field required', 'missing_required_parameter');
  }
  // A tool of the Messages form, which is for whoever knows that form to judge.
  const wrong = checkParameter(nativeToolSchema, item, param);
  return wrong ?? { tool: item as unknown as Tool, nameParam: `${param}.name` };
}

function decodeFunction(
  given: JsonValue,
  { param, model }: Place,
  outerMarker: JsonValue = null,
): DecodedTool | Refusal {
  const wrong = checkParameter(functionSchema, given, param);
  if (wrong !== undefined) return wrong;
  const { name, description, parameters, strict, cache_control } = given as JsonObject & {
    readonly name: string;
  };
  const schema = inputSchemaOf(isJsonObject(parameters) ? parameters : {});
  const strictSchema = strict === true ? strictSchemaOf(schema, model) : undefined;
  const marker = outerMarker ?? cache_control ?? null;
  const tool: CustomTool = {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    input_schema: strictSchema ?? schema,
    ...(strictSchema === undefined ? {} : { strict: true }),
    ...(marker === null ? {} : { cache_control: marker as unknown as CacheControl }),
  };
  const isLoosened = strict === true && strictSchema === undefined;
  return {
    tool,
    nameParam: `${param}.name`,
    ...(isLoosened ? { ignored: `${param}.strict` } : {}),
  };
}

/** Undefined where the model does not hold a schema, or the schema is one that cannot be held. */
function strictSchemaOf(schema: JsonObject, model: KnownModel | undefined): JsonObject | undefined {
  return model?.traits.acceptsOutputFormat === false ? undefined : sanitizeSchema(schema);
}

/** The Messages form wants an object's schema, in which null is none; everything else of it stays. */
function inputSchemaOf(parameters: JsonObject): JsonObject {
  const kept = Object.fromEntries(
    Object.entries(parameters).filter(([key, value]) => value !== null || takesNull.has(key)),
  );
  if (Object.keys(kept).length === 0) return { type: 'object', properties: {} };
  return kept['type'] === undefined ? { type: 'object', ...kept } : kept;
}

/** A tool that takes text: a function with one text as its argument, which the answer unwraps. */
function decodeTextTool(item: JsonObject, param: string): DecodedTool | Refusal {
  const wrong = checkParameter(customToolSchema, item, param);
  if (wrong !== undefined) return wrong;
  const { name, description } = item['custom'] as JsonObject & { readonly name: string };
  const marker = item['cache_control'] ?? null;
  const tool: CustomTool = {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    input_schema: {
      type: 'object',
      properties: { input: { type: 'string' } },
      required: ['input'],
      additionalProperties: false,
    },
    ...(marker === null ? {} : { cache_control: marker as unknown as CacheControl }),
  };
  return { tool, isText: true, nameParam: `${param}.custom.name` };
}

function nameTwice(decoded: readonly DecodedTool[]): Refusal | undefined {
  const seen = new Set<string>();
  for (const { tool, nameParam } of decoded) {
    const name = nameOf(tool);
    if (name !== '' && seen.has(name)) {
      return refuseParameter(nameParam, `there is another tool of the name ${name}`);
    }
    seen.add(name);
  }
  return undefined;
}

/** The table of parameters saw to it that they are lists of objects. */
function listAt(given: JsonObject, name: string): readonly JsonObject[] {
  const value = given[name];
  return Array.isArray(value) ? value.filter((item) => isJsonObject(item)) : [];
}

/**
 * Tools for a conversation that calls some and a request that offers none: some upstreams refuse
 * that, so the names are offered and not to be called (chat reference §2.5, last row).
 */
export function stubTools(names: readonly string[]): readonly CustomTool[] {
  return names.map((name) => ({ name, input_schema: { type: 'object', properties: {} } }));
}

/** Whether a tool with a schema of its own is among those of the request. */
export function isOffered(tools: readonly Tool[], name: string): boolean {
  return tools.some(
    (tool) => tool.name === name || (tool.name === undefined && !isCustomTool(tool)),
  );
}
