import type { JsonObject, JsonValue } from '../std/json.ts';

/** The parts that the description is cut into; each is a page of the reference. */
export const publicTags = [
  'messages',
  'batches',
  'models',
  'files',
  'chat-completions',
  'workers-ai',
  'workers-ai-catalog',
  'gateway-urls',
  'gateways',
  'accounts',
  'catalog',
  'health',
] as const;
export type PublicTag = (typeof publicTags)[number];

/** The envelopes that errors come in, by their names among the components. */
export const errorEnvelopes = [
  'MessagesError',
  'ChatError',
  'AccountError',
  'BindingError',
  'GatewayError',
  'ApiError',
] as const;
export type ErrorEnvelopeName = (typeof errorEnvelopes)[number];

/** What goes along with a request or comes back, by its media type. */
export interface PublicContent {
  readonly type: string;
  /** Absent where it is no JSON. */
  readonly schema?: JsonObject;
  readonly example?: JsonObject | readonly JsonValue[];
}

/** How a caller says who it is. `gateway` has a header of its own beside the usual ones. */
export type PublicAccess = 'anyone' | 'key' | 'gateway';

/** What one operation is, wherever it stands. */
export interface PublicOperation {
  readonly id: string;
  readonly tag: PublicTag;
  readonly summary: string;
  readonly detail?: string;
  readonly access: PublicAccess;
  /** Of the query and the headers; those of the path are read off it. */
  readonly parameters?: readonly JsonObject[];
  readonly body?: readonly PublicContent[];
  /** 200 where absent. */
  readonly status?: string;
  readonly said?: string;
  /** What is answered; none where the answer has no body. */
  readonly answers: readonly PublicContent[];
  readonly errors?: ErrorEnvelopeName;
  /** What a 404 comes as, where that is no envelope of errors. */
  readonly missing?: readonly PublicContent[];
}

/** A method and a path of a table, with what it is described by. */
export interface PublicRoute {
  readonly method: string;
  /** As the tables have it: `{model…}` is all that is left of a path. */
  readonly path: string;
  readonly operation: PublicOperation;
  /** What a key needs for it; any key will do where absent. */
  readonly scope?: string | undefined;
}

/** A schema that stands among the components. */
export function named(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** An answer or a body in JSON. */
export function json(schema: JsonObject, example?: PublicContent['example']): PublicContent {
  return { type: 'application/json', schema, ...(example === undefined ? {} : { example }) };
}

/** A parameter of the query. */
export function inQuery(name: string, schema: JsonObject, description: string): JsonObject {
  return { name, in: 'query', required: false, description, schema };
}

/** A header that means something here. */
export function inHeader(name: string, schema: JsonObject, description: string): JsonObject {
  return { name, in: 'header', required: false, description, schema };
}

/** An object whose members are open: a newer API says more. */
export function object(
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[] = Object.keys(properties),
): JsonObject {
  return { type: 'object', properties, required };
}

/** A list of what a schema says. */
export function listOf(items: JsonObject): JsonObject {
  return { type: 'array', items };
}

/** What may be null. */
export function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: 'null' }] };
}

/** A text, with what it says. */
export function text(description?: string): JsonObject {
  return { type: 'string', ...(description === undefined ? {} : { description }) };
}

/** A time as RFC 3339 writes it. */
export const time: JsonObject = { type: 'string', format: 'date-time' };
/** A whole number that is never below zero. */
export const count: JsonObject = { type: 'integer', minimum: 0 };
/** True or false. */
export const truth: JsonObject = { type: 'boolean' };
