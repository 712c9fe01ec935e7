import type { JsonObject } from '../std/json.ts';
import { count, listOf, object, orNull, text, time, truth } from './public-openapi-operation.ts';

const settings: Readonly<Record<string, JsonObject>> = {
  cache_invalidate_on_update: truth,
  cache_ttl: { ...orNull(count), description: 'Seconds; null or 0 keeps no answers.' },
  collect_logs: truth,
  rate_limiting_interval: { ...orNull(count), description: 'Seconds.' },
  rate_limiting_limit: { ...orNull(count), description: 'Requests in an interval.' },
  rate_limiting_technique: orNull({ type: 'string', enum: ['fixed', 'sliding'] }),
  retry_max_attempts: orNull({ type: 'integer', minimum: 1, maximum: 5 }),
  retry_delay: orNull({ type: 'integer', minimum: 0, maximum: 5000 }),
  retry_backoff: orNull({ type: 'string', enum: ['constant', 'linear', 'exponential'] }),
  authentication: { ...truth, description: 'Whether callers show a key in its own header.' },
  byok_only: { ...truth, description: "Whether only callers' own keys for the provider are used." },
  log_management: orNull({ type: 'integer', minimum: 1 }),
  log_management_strategy: orNull({ type: 'string', enum: ['STOP_INSERTING', 'DELETE_OLDEST'] }),
  guardrails: { type: 'object', description: 'What may be said, by categories.' },
  dlp: { type: 'object', description: 'What data may not pass.' },
  spend_limits: { type: 'object', description: 'How much may be spent, by rules.' },
};

const needed = [
  'cache_invalidate_on_update',
  'cache_ttl',
  'collect_logs',
  'rate_limiting_interval',
  'rate_limiting_limit',
];

const id = text('Letters, digits, `-` and `_`, at most 64.');

const amounts = orNull(count);
const log: Readonly<Record<string, JsonObject>> = {
  id: text(),
  request_id: text(),
  event_id: orNull(text()),
  created_at: time,
  duration: { type: 'number', description: 'Milliseconds.' },
  provider: text(),
  model: text(),
  path: text(),
  status_code: count,
  success: truth,
  cached: truth,
  tokens_in: amounts,
  tokens_out: amounts,
  cost: { type: 'number', description: 'USD; absent where it is not known.' },
  metadata: { description: 'JSON in a text; an object for the binding.' },
  feedback: orNull({ type: 'integer', minimum: -1, maximum: 1 }),
  score: orNull({ type: 'number' }),
  request_head: text('How the request begins; of a single log.'),
  response_head: text('How the answer begins; of a single log.'),
};

const action: JsonObject = {
  anyOf: [
    { type: 'string', enum: ['allow', 'block'] },
    object({
      type: { type: 'string', const: 'cap' },
      limit: { type: 'number', description: 'USD.' },
      window: text('A unit of the calendar.'),
    }),
  ],
};

const element = object(
  {
    id: text(),
    type: text(),
    properties: { type: 'object' },
    outputs: { type: 'object', description: 'The next elements, by their ids.' },
  },
  ['id', 'type'],
);

/** What is kept of gateways, and said of them. */
export const gatewaySchemas: Readonly<Record<string, JsonObject>> = {
  GatewaySettings: object(settings, needed),
  NewGateway: object({ id, ...settings }, ['id', ...needed]),
  Gateway: object({ id, ...settings, is_default: truth, created_at: time, modified_at: time }, [
    'id',
    ...needed,
    'is_default',
    'created_at',
    'modified_at',
  ]),
  GatewayLog: object(log, ['id', 'created_at', 'provider', 'model', 'status_code', 'success']),
  GatewayLogPatch: object(
    {
      feedback: orNull({ type: 'integer', minimum: -1, maximum: 1 }),
      score: orNull({ type: 'number' }),
      metadata: orNull({ type: 'object', description: 'Texts, numbers, truth values and null.' }),
    },
    [],
  ),
  LogGroup: object({
    dimensions: { type: 'object', description: 'What its logs have in common.' },
    count,
    cached: count,
    errors: count,
    tokens_in: count,
    tokens_out: count,
    cost: { type: 'number' },
    duration_average: { type: 'number' },
  }),
  ProviderKeyRequest: object(
    {
      provider_slug: text('The provider, as URLs of gateways spell it.'),
      alias: text(),
      default_config: truth,
      secret: { type: 'string', minLength: 8, maxLength: 4096, description: 'Never shown again.' },
    },
    ['provider_slug', 'alias'],
  ),
  ProviderKey: object({
    id: text(),
    alias: text(),
    default_config: truth,
    gateway_id: text(),
    modified_at: time,
    provider_slug: text(),
    secret_id: text(),
    secret_preview: text(),
  }),
  AccessPolicyRequest: object(
    {
      name: { type: 'string', minLength: 1, maxLength: 128 },
      enabled: { ...truth, default: true },
      actor: {
        type: 'string',
        default: '*',
        description: 'The public id of a key; `*` is any letters.',
      },
      resource: { type: 'string', default: '*/*', description: '`provider/model`.' },
      action,
      condition: text(),
    },
    ['name', 'action'],
  ),
  AccessPolicy: object({
    id: text(),
    gateway_id: text(),
    name: text(),
    action,
    created_at: time,
    modified_at: time,
  }),
  DynamicRouteRequest: object({ name: text(), elements: listOf(element) }),
  DynamicRouteName: object({ name: text() }),
  RouteElements: object({ elements: listOf(element) }),
  DynamicRoute: object(
    {
      id: text(),
      gateway_id: text(),
      name: text(),
      elements: listOf(element),
      deployment: { type: 'object', description: 'That a version serves.' },
      version: { type: 'object', description: 'Whose elements these are.' },
      created_at: time,
      modified_at: time,
    },
    ['id', 'name', 'elements'],
  ),
  DeploymentRequest: object({ version_id: text() }),
  UniversalRequest: {
    description: 'The steps in their order, or one alone: the first that succeeds answers.',
    anyOf: [
      listOf({ $ref: '#/components/schemas/UniversalStep' }),
      { $ref: '#/components/schemas/UniversalStep' },
    ],
  },
  UniversalStep: object(
    {
      provider: { type: 'string', description: '`anthropic`, `compat` or `workers-ai`.' },
      endpoint: text('The path behind the provider.'),
      query: { type: 'object', description: "The request, in the provider's form." },
      headers: { type: 'object', additionalProperties: text() },
      config: {
        type: 'object',
        description: '`requestTimeout`, `maxAttempts`, `retryDelay`, `backoff`.',
      },
    },
    ['provider', 'endpoint', 'query'],
  ),
};
