import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** A media type with the schema of what it holds, where that is JSON. */
export interface ReferenceContent {
  readonly type: string;
  readonly schema: JsonObject | undefined;
  readonly example: JsonValue | undefined;
}

/** A parameter of the path, the query or a header. */
export interface ReferenceParameter {
  readonly name: string;
  readonly place: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly schema: JsonObject;
  readonly example: string | undefined;
}

/** One operation as the description has it. */
export interface ReferenceOperation {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  /** The operation that has the details, where this is another path of it. */
  readonly sameAs: string | undefined;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** Names of the schemes of which one has to be shown; none where no key is taken. */
  readonly schemes: readonly string[];
  readonly parameters: readonly ReferenceParameter[];
  readonly body: readonly ReferenceContent[];
  readonly answers: readonly {
    readonly status: string;
    readonly contents: readonly ReferenceContent[];
  }[];
  /** The name of the envelope of its errors. */
  readonly errors: string | undefined;
}

/** The operations of a description, in the order of its paths. */
export function referenceOperations(document: JsonObject): readonly ReferenceOperation[] {
  return Object.entries(objectIn(document, 'paths')).flatMap(([path, methods]) =>
    Object.entries(isJsonObject(methods) ? methods : {}).flatMap(([method, operation]) =>
      isJsonObject(operation) ? [read(operation, { method: method.toUpperCase(), path })] : [],
    ),
  );
}

function read(
  operation: JsonObject,
  place: Pick<ReferenceOperation, 'method' | 'path'>,
): ReferenceOperation {
  const responses = Object.entries(objectIn(operation, 'responses'));
  const errors = responses.find(([status]) => status === 'default')?.[1];
  const sameAs = operation['x-same-as'];
  return {
    ...place,
    id: textIn(operation, 'operationId'),
    sameAs: typeof sameAs === 'string' ? sameAs : undefined,
    tag: firstText(listIn(operation, 'tags')),
    summary: textIn(operation, 'summary'),
    description: textIn(operation, 'description'),
    schemes: listIn(operation, 'security').flatMap((one) =>
      isJsonObject(one) ? Object.keys(one) : [],
    ),
    parameters: listIn(operation, 'parameters').flatMap((one) =>
      isJsonObject(one) ? [parameterOf(one)] : [],
    ),
    body: contentsOf(objectIn(operation, 'requestBody')),
    answers: responses.flatMap(([status, answer]) =>
      status === 'default' || !isJsonObject(answer)
        ? []
        : [{ status, contents: contentsOf(answer) }],
    ),
    errors: isJsonObject(errors) ? textIn(errors, '$ref').split('/').at(-1) : undefined,
  };
}

function parameterOf(parameter: JsonObject): ReferenceParameter {
  const { example, required } = parameter;
  return {
    name: textIn(parameter, 'name'),
    place: textIn(parameter, 'in'),
    isRequired: required === true,
    description: textIn(parameter, 'description'),
    schema: objectIn(parameter, 'schema'),
    example: typeof example === 'string' ? example : undefined,
  };
}

function firstText([first]: readonly JsonValue[]): string {
  return typeof first === 'string' ? first : '';
}

function contentsOf(holder: JsonObject): readonly ReferenceContent[] {
  return Object.entries(objectIn(holder, 'content')).map(([type, content]) => {
    const { schema, example } = isJsonObject(content) ? content : {};
    return { type, schema: isJsonObject(schema) ? schema : undefined, example };
  });
}

function objectIn(holder: JsonObject, name: string): JsonObject {
  const value = holder[name];
  return isJsonObject(value) ? value : {};
}

function listIn(holder: JsonObject, name: string): readonly JsonValue[] {
  const value = holder[name];
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function textIn(holder: JsonObject, name: string): string {
  const value = holder[name];
  return typeof value === 'string' ? value : '';
}
