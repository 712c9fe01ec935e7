import { snippetForms } from '../catalog/snippets/snippet.ts';
import type { JsonObject } from '../std/json.ts';
import { count, listOf, named, object, orNull, text, truth } from './public-openapi-operation.ts';

/** What the account's API puts around whatever it answers. */
export function enveloped(result: JsonObject, isPaged = false): JsonObject {
  return object(
    {
      result,
      success: { type: 'boolean', const: true },
      errors: listOf({ type: 'object' }),
      messages: listOf({}),
      ...(isPaged ? { result_info: named('PageInfo') } : {}),
    },
    ['result', 'success', 'errors', 'messages', ...(isPaged ? ['result_info'] : [])],
  );
}

const searched = object({
  id: text('What `run` takes.'),
  source: count,
  name: text(),
  description: text(),
  task: object({ id: text(), name: text(), description: text() }),
  tags: listOf(text()),
  properties: listOf(object({ property_id: text(), value: text() })),
});

const marketplace = object(
  {
    id: text(),
    name: text(),
    description: text(),
    created: count,
    context_length: count,
    max_output_length: count,
    pricing: { type: 'object', additionalProperties: text() },
  },
  ['id', 'name', 'created'],
);

/** What the catalogs of models answer. */
export const catalogSchemas: Readonly<Record<string, JsonObject>> = {
  PageInfo: object({ page: count, per_page: count, count, total_count: count }, [
    'page',
    'per_page',
    'count',
    'total_count',
  ]),
  SearchedModel: searched,
  MarketplaceModel: marketplace,
  MarketplaceList: object({
    data: listOf(named('MarketplaceModel')),
    success: { type: 'boolean', const: true },
    result_info: named('PageInfo'),
  }),
  CatalogModel: object(
    {
      model_id: text(),
      provider_id: text(),
      name: text(),
      description: text(),
      task: text(),
      tags: listOf(text()),
      context_length: count,
      max_output_tokens: count,
      pricing: { type: 'object', additionalProperties: { type: 'number' } },
      examples: listOf({ type: 'object' }),
      code_snippets: listOf(object({ label: text(), language: text(), code: text() })),
      schema: named('ModelSchemas'),
    },
    ['model_id', 'name', 'task', 'schema'],
  ),
  ModelSchemas: object({ input: { type: 'object' }, output: { type: 'object' } }),
  SnippetRequest: object(
    {
      form: { type: 'string', enum: snippetForms },
      model: text("The model's name in the form."),
      body: { type: 'object', description: 'The request, in the terms of the form.' },
      headers: {
        type: 'object',
        additionalProperties: text(),
        description: 'Besides those that the form wants: names in small letters.',
      },
      base_url: text('Where the code asks: scheme, host and port.'),
    },
    ['form', 'model', 'body'],
  ),
  Snippets: object({
    snippets: listOf(object({ client: text(), label: text(), language: text(), code: text() })),
  }),
  ListedModels: object({
    models: listOf(
      object(
        {
          id: text(),
          name: text(),
          author: object({ id: text(), name: text() }),
          task: text(),
          description: text(),
          tags: listOf(text()),
          forms: listOf(
            object({
              form: text(),
              label: text(),
              model: text('What it is called by in the form.'),
              page: text(),
              input_schema: text(),
              output_schema: text(),
              request_path: text(),
            }),
          ),
          context_length: count,
          max_output_tokens: count,
          features: listOf(text()),
          takes_samplers: truth,
          effort_levels: listOf(text()),
          thinking: object({ enabled: truth, adaptive: truth }),
          prices: listOf(
            object({ above_input_tokens: count, usd_per_million: { type: 'object' } }),
          ),
          prices_since: orNull(text()),
          aliases: listOf(text()),
          released_at: text(),
          retired_at: orNull(text()),
        },
        ['id', 'name', 'forms', 'prices'],
      ),
    ),
  }),
};
