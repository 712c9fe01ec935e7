import { bindingDialect } from '../dialects/workers-ai/binding-dialect.ts';
import { gatewayHostDialect } from '../dialects/workers-ai/gateway-endpoints.ts';
import { errorTable } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { PageBlock } from './model-page.ts';
import { errorBlocks, errorBlocksOf } from './page-errors.ts';
import type { ErrorEnvelopeName } from './public-openapi-operation.ts';
import { count, listOf, named, object, orNull, text } from './public-openapi-operation.ts';

const types = [...new Set(Object.values(errorTable).map(({ type }) => type))];
const code = text('What a program can decide by, where the refusal has one.');
const details: JsonObject = { type: 'object', description: 'What a program can read of it.' };

const listed = object({ code: count, message: text(), details }, ['code', 'message']);
const flat: Readonly<Record<string, JsonObject>> = {
  internalCode: count,
  httpCode: count,
  name: { type: 'string', enum: ['AiError', 'AiGatewayError'] },
  description: text(),
  message: text(),
};

/** The envelopes of errors, one for each way in which a form says no. */
export const errorSchemas: Readonly<Record<ErrorEnvelopeName, JsonObject>> = {
  MessagesError: object({
    type: { type: 'string', const: 'error' },
    error: object(
      { type: { type: 'string', enum: types }, message: text(), code, details: orNull(details) },
      ['type', 'message'],
    ),
    request_id: text(),
  }),
  ChatError: object({
    error: object(
      { message: text(), type: text(), param: orNull(text()), code: orNull(code), details },
      ['message', 'type', 'param', 'code'],
    ),
  }),
  AccountError: object({
    result: { type: 'null' },
    success: { type: 'boolean', const: false },
    errors: listOf(listed),
    messages: listOf({}),
  }),
  BindingError: object({
    ...flat,
    errors: listOf(listed),
    type: { type: 'string', const: 'error' },
    error: object({ type: { type: 'string', enum: types }, message: text() }),
  }),
  GatewayError: {
    ...object({
      ...flat,
      success: { type: 'boolean', const: false },
      result: { type: 'array', maxItems: 0 },
      messages: listOf({}),
      error: { anyOf: [listOf(listed), { type: 'object', description: 'Of a policy.' }] },
    }),
    description:
      "What the gateway itself refuses. What the provider says no to has the provider's own envelope.",
  },
  ApiError: object({
    error: object(
      {
        type: { type: 'string', enum: types },
        code,
        message: text(),
        param: text('The path of the field that it is about.'),
        request_id: text(),
      },
      ['type', 'code', 'message', 'request_id'],
    ),
  }),
};

const internalCode = {
  head: 'internalCode',
  read: (body: JsonValue) => (isJsonObject(body) ? body['internalCode'] : undefined),
};

const tables: Readonly<Record<ErrorEnvelopeName, readonly PageBlock[]>> = {
  MessagesError: errorBlocks('messages'),
  ChatError: errorBlocks('chat-completions'),
  AccountError: errorBlocks('workers-ai'),
  BindingError: errorBlocksOf({ dialect: bindingDialect, ...internalCode }),
  GatewayError: errorBlocksOf({ dialect: gatewayHostDialect, ...internalCode }),
  // Its types and statuses are the canonical ones.
  ApiError: errorBlocks('messages'),
};

/** What can go wrong and who pays for it, as tables of a page. */
export function envelopeBlocks(name: ErrorEnvelopeName): readonly PageBlock[] {
  return tables[name];
}

/** Providers behind a gateway say no in their own way. */
const providersOwn: readonly ErrorEnvelopeName[] = ['MessagesError', 'ChatError', 'AccountError'];

/** The answers that are no success, by the envelopes that they come in. */
export const errorResponses: JsonObject = Object.fromEntries(
  Object.keys(errorSchemas).map((name) => [
    name,
    {
      description: responseText(name as ErrorEnvelopeName),
      content: { 'application/json': { schema: saidIn(name as ErrorEnvelopeName) } },
    },
  ]),
);

function saidIn(name: ErrorEnvelopeName): JsonObject {
  if (name !== 'GatewayError') return named(name);
  return { anyOf: [name, ...providersOwn].map((one) => named(one)) };
}

function responseText(name: ErrorEnvelopeName): string {
  const lines = envelopeBlocks(name).flatMap((block) => {
    if (block.kind === 'text') return [block.text];
    if (block.kind !== 'table') return [];
    const rows = [block.head, block.head.map(() => '---'), ...block.rows];
    return [rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')];
  });
  return ['Why not.', ...lines].join('\n\n');
}
