import { workersAiSchemasOf } from '../catalog/workers-ai-schemas.ts';
import { countTokensSchema } from '../emulator/rules/count-tokens-schema.ts';
import { jsonSchemaOf } from '../messages/json-schema-of.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { chatAnswerSchema, messageSchema } from './answer-schemas.ts';
import { chatInputSchema } from './chat-request-schema.ts';
import { formSchemaNames, messagesInputSchema } from './form-schemas.ts';
import { catalogSchemas } from './public-openapi-catalog-schemas.ts';
import { errorSchemas } from './public-openapi-errors.ts';
import { eventSchemas } from './public-openapi-event-schemas.ts';
import { gatewaySchemas } from './public-openapi-gateway-schemas.ts';
import { count, listOf, named, object, text } from './public-openapi-operation.ts';
import { resourceSchemas } from './public-openapi-resource-schemas.ts';

const OWN = '#/$defs/';

const modelName = text('Any name of a model.');
const runs = workersAiSchemasOf({ acceptsSamplers: true });

/** The schemas that stand once, by the form's own definitions where it has some. */
const written: Readonly<Record<string, JsonObject>> = {
  MessageRequest: messagesInputSchema({ model: modelName }),
  CountTokensRequest: jsonSchemaOf(countTokensSchema, formSchemaNames),
  TokenCount: object({ input_tokens: count }),
  Message: messageSchema,
  ChatCompletionRequest: chatInputSchema({ model: modelName }),
  ChatCompletion: chatAnswerSchema,
  RunInput: {
    ...runs.inputSchema,
    description:
      'What every model of the form takes. Models without samplers have no `temperature`, `top_p` and `top_k`; the page of a model has its own schema.',
  },
  RunOutput: runs.outputSchema,
  RunResult: object(
    { result: named('RunOutput'), success: { type: 'boolean', const: true }, ...envelopeLists() },
    ['result', 'success', 'errors', 'messages'],
  ),
  ...eventSchemas,
  ...resourceSchemas,
  ...catalogSchemas,
  ...gatewaySchemas,
  ...errorSchemas,
};

function envelopeLists(): Readonly<Record<string, JsonObject>> {
  return { errors: listOf({ type: 'object' }), messages: listOf({}) };
}

/** All schemas that operations refer to. What a schema defines within itself stands beside it. */
export const publicSchemas: Readonly<Record<string, JsonObject>> = hoisted(written);

function hoisted(
  schemas: Readonly<Record<string, JsonObject>>,
): Readonly<Record<string, JsonObject>> {
  const all: Record<string, JsonObject> = {};
  for (const [name, { $schema: _, $defs = {}, ...schema }] of Object.entries(schemas)) {
    all[name] = moved(schema);
    for (const [inner, definition] of Object.entries(isJsonObject($defs) ? $defs : {})) {
      if (isJsonObject(definition)) all[inner] = moved(definition);
    }
  }
  return all;
}

/** The same schema, whose references lead to the components. */
function moved(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, redirected(value)]),
  );
}

function redirected(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return value.startsWith(OWN) ? `#/components/schemas/${value.slice(OWN.length)}` : value;
  }
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((one) => redirected(one));
  return isJsonObject(value) ? moved(value) : value;
}
