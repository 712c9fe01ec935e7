import type { JsonObject } from '../std/json.ts';
import { enveloped } from './public-openapi-catalog-schemas.ts';
import type { PublicContent, PublicOperation, PublicTag } from './public-openapi-operation.ts';
import { inQuery, json, listOf, named, object, text } from './public-openapi-operation.ts';

const ACCOUNT = '/client/v4/accounts/{account}/ai';

const html: PublicContent = { type: 'text/html' };
const markdown: PublicContent = { type: 'text/markdown' };
const plain: PublicContent = { type: 'text/plain' };
const schema = json({ type: 'object' });

type Row = readonly [
  id: string,
  summary: string,
  answers: readonly PublicContent[],
  more?: Partial<PublicOperation>,
];

const narrowed: readonly JsonObject[] = [
  inQuery('page', { type: 'integer', minimum: 1, default: 1 }, 'Which page.'),
  inQuery('per_page', { type: 'integer', minimum: 1, maximum: 1000, default: 50 }, 'Of a page.'),
  inQuery('search', text(), 'Part of a name or a description.'),
  inQuery('author', text(), 'Who made the models.'),
  inQuery('task', text(), 'What they do.'),
  inQuery('include_deprecated', { type: 'boolean', default: false }, 'Those that have ended too.'),
];
const marketplaces = inQuery(
  'format',
  { type: 'string', const: 'openrouter' },
  'As marketplaces list models.',
);
const include = inQuery('include', text(), 'Sections to show, with commas, or `all`.');
const pageSearch: readonly JsonObject[] = ['q', 'author', 'form', 'feature'].map((name) =>
  inQuery(name, text(), 'Narrows the list.'),
);

const searched = enveloped(listOf(named('SearchedModel')), true);
const forBinding = object({
  success: { type: 'boolean', const: true },
  result: listOf(named('SearchedModel')),
});
const either = (one: JsonObject): PublicContent => json({ anyOf: [one, named('MarketplaceList')] });

const accountCatalog = { access: 'key', errors: 'AccountError' } as const;
const people = { access: 'anyone', errors: 'MessagesError' } as const;
const chat = { access: 'anyone', errors: 'ChatError' } as const;

const workersCatalog: Readonly<Record<string, Row>> = {
  [`GET ${ACCOUNT}/models/search`]: [
    'searchWorkersAiModels',
    'Search the models that can be run.',
    [either(searched)],
    { parameters: [...narrowed, marketplaces] },
  ],
  'GET /ai-api/models/search': [
    'searchModelsForBinding',
    'The same, as `env.AI.models()` asks.',
    [either(forBinding)],
    { parameters: [...narrowed, marketplaces], errors: 'BindingError' },
  ],
  [`GET ${ACCOUNT}/models/schema`]: [
    'getWorkersAiSchema',
    'The schemas of a model.',
    [json(enveloped(named('ModelSchemas')))],
    {
      parameters: [
        {
          ...inQuery('model', text(), 'Its name.'),
          required: true,
          example: 'anthropic/claude-sonnet-4.6',
        },
      ],
    },
  ],
  [`GET ${ACCOUNT}/catalog/models`]: [
    'listCatalogModels',
    'List the records of the catalog.',
    [json(enveloped(listOf(named('CatalogModel')), true))],
    { parameters: narrowed },
  ],
  [`GET ${ACCOUNT}/catalog/models/{model…}`]: [
    'getCatalogModel',
    'The record of a model.',
    [json(enveloped(named('CatalogModel')))],
  ],
  [`GET ${ACCOUNT}/catalog/models/{model…}/schema`]: [
    'getCatalogSchema',
    'The schemas of the record of a model.',
    [json(enveloped(object({ schema: named('ModelSchemas') })))],
  ],
  [`GET ${ACCOUNT}/authors/search`]: [
    'listAuthors',
    'Who made the models.',
    [json(enveloped(listOf(object({ id: text(), name: text() }))))],
  ],
  [`GET ${ACCOUNT}/tasks/search`]: [
    'listTasks',
    'What the models do.',
    [json(enveloped(listOf(object({ id: text(), name: text(), description: text() }))))],
  ],
};

const chatModels: Readonly<Record<string, Row>> = {
  'GET /models': [
    'listChatModels',
    'List the models, in the form of Chat Completions.',
    [json(named('ChatModelList'))],
    { parameters: [include] },
  ],
  'GET /models/{model…}': [
    'getChatModel',
    'What is known of a model, in the form of Chat Completions.',
    [json(named('ChatModel'))],
    { parameters: [include] },
  ],
  'GET /model/{model…}': [
    'getChatModelByOldPath',
    'The same, where some clients look for it.',
    [json(named('ChatModel'))],
    { parameters: [include] },
  ],
};

/** A page, its twin and its schemas. Which of `text/html` and `text/markdown` comes, `Accept` says. */
const pages: Readonly<Record<string, Row>> = {
  'GET /models/': [
    'getModelsIndex',
    'The list of models.',
    [html, markdown],
    { parameters: pageSearch },
  ],
  'GET /models/index.md': ['getModelsIndexMarkdown', 'The same in Markdown.', [markdown]],
  'GET /models/llms.txt': ['getModelsText', 'The list of pages, for programs that read.', [plain]],
  'GET /models/models.json': [
    'getModelsJson',
    'The models as data, with their prices now.',
    [json(named('ListedModels'))],
  ],
  'POST /models/code': [
    'writeSnippets',
    'Write the code that makes a request, in every language; 120 a minute for each address.',
    [json(named('Snippets'))],
    {
      body: [
        json(named('SnippetRequest'), {
          form: 'messages',
          model: 'claude-sonnet-4-6',
          body: { max_tokens: 256, messages: [{ role: 'user', content: 'Hello!' }] },
        }),
      ],
    },
  ],
  ...Object.fromEntries(
    ['', '{form}/'].flatMap((form): readonly (readonly [string, Row])[] => {
      const folder = `/models/{author}/{model}/${form}`;
      const own = form === '' ? '' : 'Form';
      return [
        [`GET ${folder}`, [`get${own || 'Model'}Page`, pageText(form), [html, markdown]]],
        [
          `GET ${folder}index.md`,
          [`get${own || 'Model'}Markdown`, 'The same in Markdown.', [markdown]],
        ],
        [
          `GET ${folder}schema-input.json`,
          [`get${own || 'Model'}InputSchema`, 'What the model takes in the form.', [schema]],
        ],
        [
          `GET ${folder}schema-output.json`,
          [`get${own || 'Model'}OutputSchema`, 'What it answers.', [schema]],
        ],
      ];
    }),
  ),
  'GET /models/{author}/{model}/playground/': [
    'getPlayground',
    'Where a model can be tried out.',
    [html],
  ],
  'GET /models/openapi.json': ['getOpenApi', 'This description.', [schema]],
  'GET /models/reference/': ['getReference', 'This description for people.', [html, markdown]],
  'GET /models/reference/index.md': ['getReferenceMarkdown', 'The same in Markdown.', [markdown]],
  'GET /models/reference/{part}/': ['getReferencePart', 'A part of it.', [html, markdown]],
  'GET /models/reference/{part}/index.md': [
    'getReferencePartMarkdown',
    'The same in Markdown.',
    [markdown],
  ],
  'GET /ai/models/llms.txt': [
    'getWorkersAiText',
    'The list of Markdown pages of the Workers AI form.',
    [plain],
  ],
  'GET /ai/models/{author}/{model}/index.md': [
    'getWorkersAiMarkdown',
    'The page of a model.',
    [markdown],
  ],
  'GET /ai/models/{author}/{model}/schema-input.json': [
    'getWorkersAiInput',
    'What it takes.',
    [schema],
  ],
  'GET /ai/models/{author}/{model}/schema-output.json': [
    'getWorkersAiOutput',
    'What it answers.',
    [schema],
  ],
};

function pageText(form: string): string {
  return form === ''
    ? 'The page of a model in the first of its forms.'
    : 'Its page in a form: `messages` or `chat-completions`.';
}

/** Who asks for a page that is not there is told so on a page. */
function withMissing(place: string, operation: PublicOperation): PublicOperation {
  const isPage = operation.answers.every(({ schema: held }) => held === undefined);
  const isOneOfMany = place.startsWith('GET /models/') && place.includes('{');
  return isPage && isOneOfMany ? { ...operation, missing: operation.answers } : operation;
}

const health: Readonly<Record<string, Row>> = {
  'GET /healthz': ['getHealth', 'The process answers.', [plain]],
  'GET /readyz': ['getReadiness', 'It takes requests; 503 while it does not.', [plain]],
};

function described(
  rows: Readonly<Record<string, Row>>,
  tag: PublicTag,
  shared: Pick<PublicOperation, 'access' | 'errors'>,
): readonly (readonly [place: string, operation: PublicOperation])[] {
  return Object.entries(rows).map(([place, [id, summary, answers, more]]) => [
    place,
    { id, tag, summary, answers, ...shared, ...more },
  ]);
}

/** By method and path: what is answered before a route of the walk is looked for. */
export const edgeOperations: ReadonlyMap<string, PublicOperation> = new Map([
  ...described(workersCatalog, 'workers-ai-catalog', accountCatalog),
  ...described(chatModels, 'chat-completions', chat),
  ...described(pages, 'catalog', people).map(
    ([place, operation]) => [place, withMissing(place, operation)] as const,
  ),
  ...described(health, 'health', { access: 'anyone' }),
]);
