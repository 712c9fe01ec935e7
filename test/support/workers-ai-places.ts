import { end, model, start, to } from './dynamic-routes.ts';

/** Every kind of route of the Workers AI form and of AI Gateways, with what one might send there. */

/** Whose parser reads an error: that of the binding, of the account's API, or of a gateway's URLs. */
export type ErrorForm = 'binding' | 'account' | 'host';

export interface Place {
  readonly form: ErrorForm;
  readonly method: string;
  readonly path: string;
  /** A valid body; absent where there is none. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const MODEL = 'anthropic/claude-sonnet-4.6';
const inputs = {
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: [{ type: 'text', text: 'Look' }] },
  ],
  max_tokens: 16,
  temperature: 0.5,
  stop_sequences: ['END'],
};
const messages = { model: 'claude-sonnet-4-6', ...inputs };
const chat = { model: MODEL, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 16 };
const options = {
  gateway: {
    id: 'shop',
    skipCache: false,
    cacheTtl: 60,
    cacheKey: 'k',
    metadata: { user: 'u', n: 1 },
    collectLog: true,
    eventId: 'E',
    requestTimeoutMs: 5000,
    retries: { maxAttempts: 2, retryDelayMs: 0, backoff: 'constant' },
  },
  prefix: 'p',
  tags: ['a'],
};
const step = {
  provider: 'anthropic',
  endpoint: 'v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  query: messages,
  config: { requestTimeout: 5000, maxAttempts: 1, retryDelay: 0, backoff: 'linear' },
};
const rule = { limit: 1000, window: 60, model: { mode: 'filter', values: ['m'] } };
const settings = {
  id: 'managed',
  cache_invalidate_on_update: false,
  cache_ttl: 60,
  collect_logs: true,
  rate_limiting_interval: 60,
  rate_limiting_limit: 1e9,
  rate_limiting_technique: 'sliding',
  retry_max_attempts: 2,
  log_management: 100,
  guardrails: { prompt: { S1: 'FLAG' }, response: { P1: 'BLOCK' } },
  dlp: {
    enabled: true,
    policies: [{ id: 'p', action: 'FLAG', check: ['REQUEST'], enabled: true, profiles: ['x'] }],
  },
  spend_limits: {
    enabled: true,
    rules: [{ ...rule, metadata: { user: { mode: 'partition' } } }],
  },
};
const condition = { $or: [{ 'metadata.plan': { $in: ['pro', 1] } }, { 'body.user': 'u' }] };
const elements = [
  start,
  {
    id: 'first',
    type: 'conditional',
    properties: { conditions: condition },
    outputs: { true: to('m'), false: to('share') },
  },
  { id: 'share', type: 'percentage', outputs: { '20%': to('m'), else: to('rate') } },
  {
    id: 'rate',
    type: 'rate',
    properties: { limitType: 'count', limit: 9, key: 'metadata.user', window: 60 },
    outputs: { success: to('m'), fallback: to('end') },
  },
  model('m', 'claude-sonnet-4-6', { retries: 1 }),
  end,
];
const policy = {
  name: 'n',
  enabled: true,
  actor: '*',
  resource: 'anthropic/*',
  condition: 'metadata.plan == "pro" && !(model in ["a", "b"])',
  action: { type: 'cap', limit: 5, window: 'day' },
};
const secret = {
  provider_slug: 'anthropic',
  alias: 'team',
  default_config: true,
  secret: 'sk-ant-0123456789abcdef',
};

const account = '/client/v4/accounts/a';
const managed = `${account}/ai-gateway/gateways/managed`;
const kept = `${account}/ai-gateway/gateways/kept`;
const host = '/v1/acme/shop';
const wrapped = (path: string): Readonly<Record<string, string>> => ({
  'mf-url': `https://workers-binding.ai${path}`,
  'mf-binding': 'AI',
  'mf-header-content-type': 'application/json',
  'mf-header-cf-consn-model-id': MODEL,
});

/** What is there is changed and shown; what goes is what never was. */
function crud(path: string, id: string, body: object): readonly Place[] {
  const at = (method: string, below = ''): Place => ({
    form: 'account',
    method,
    path: `${path}${below}`,
    ...(method === 'GET' || method === 'DELETE' ? {} : { body }),
  });
  return [at('GET'), at('POST'), at('GET', id), at('PUT', id), at('DELETE', '/gone')];
}

/** What there is at the gateways `shop` and `kept`, by the ids that it has. */
export interface KeptIds {
  readonly log: string;
  readonly route: string;
  readonly policy: string;
  readonly key: string;
  /** Of the account that has them. */
  readonly apiKey: string;
}

export const placesWith = ({
  log,
  route,
  policy: policyId,
  key,
  apiKey,
}: KeptIds): readonly Place[] => [
  ...['/run', '/run?version=3', '/ai-gateway/run'].map((path): Place => ({
    form: 'binding',
    method: 'POST',
    path,
    body: { inputs, options },
    headers: { 'cf-consn-model-id': MODEL },
  })),
  {
    form: 'binding',
    method: 'POST',
    path: '/run',
    body: { inputs: chat, options },
    headers: { 'cf-consn-model-id': 'dynamic/way' },
  },
  {
    form: 'binding',
    method: 'POST',
    path: `/__mf?key=${apiKey}`,
    body: { inputs, options },
    headers: wrapped('/run'),
  },
  { form: 'host', method: 'POST', path: '/ai-gateway/universal/run/shop', body: step },
  { form: 'binding', method: 'GET', path: `/ai-gateway/gateways/shop/logs/${log}` },
  {
    form: 'binding',
    method: 'PATCH',
    path: `/ai-gateway/gateways/shop/logs/${log}`,
    body: { score: 1 },
  },
  { form: 'binding', method: 'GET', path: '/ai-gateway/gateways/shop/url/anthropic' },
  { form: 'binding', method: 'GET', path: '/ai-api/models/search?search=claude&per_page=3&page=1' },
  { form: 'account', method: 'GET', path: `${account}/ai/models/search?per_page=3&page=1` },
  { form: 'account', method: 'GET', path: `${account}/ai/models/schema?model=${MODEL}` },
  {
    form: 'account',
    method: 'POST',
    path: `${account}/ai/run`,
    body: { model: MODEL, input: inputs, options },
  },
  { form: 'account', method: 'POST', path: `${account}/ai/run/${MODEL}`, body: inputs },
  { form: 'account', method: 'POST', path: `${account}/ai/v1/messages`, body: messages },
  { form: 'account', method: 'POST', path: `${account}/ai/v1/chat/completions`, body: chat },
  { form: 'host', method: 'POST', path: `${host}/anthropic/v1/messages`, body: messages },
  {
    form: 'host',
    method: 'POST',
    path: `${host}/anthropic/v1/messages/count_tokens`,
    body: { model: messages.model, messages: messages.messages },
  },
  { form: 'host', method: 'GET', path: `${host}/anthropic/v1/models?limit=3` },
  {
    form: 'host',
    method: 'POST',
    path: `${host}/compat/chat/completions`,
    body: { ...chat, model: 'dynamic/way' },
  },
  { form: 'host', method: 'POST', path: `${host}/compat/chat/completions`, body: chat },
  { form: 'host', method: 'POST', path: `${host}/workers-ai/run/${MODEL}`, body: inputs },
  { form: 'host', method: 'POST', path: host, body: step },
  ...crud(`${account}/ai-gateway/gateways`, '/managed', settings),
  { form: 'account', method: 'PUT', path: managed, body: settings },
  { form: 'account', method: 'DELETE', path: managed },
  ...crud(`${kept}/provider_configs`, `/${key}`, secret),
  ...crud(`${kept}/policies`, `/${policyId}`, policy),
  ...crud(`${kept}/routes`, `/${route}`, { name: 'r', elements }),
  { form: 'account', method: 'PATCH', path: `${kept}/routes/${route}`, body: { name: 'q' } },
  { form: 'account', method: 'GET', path: `${kept}/routes/${route}/versions?page=1&per_page=5` },
  { form: 'account', method: 'POST', path: `${kept}/routes/${route}/versions`, body: { elements } },
  {
    form: 'account',
    method: 'POST',
    path: `${kept}/routes/${route}/deployments`,
    body: { version_id: 'v' },
  },
  { form: 'account', method: 'GET', path: `${account}/ai-gateway/gateways/shop/logs` },
  // None of the logs is of it: what is there stays.
  {
    form: 'account',
    method: 'DELETE',
    path: `${account}/ai-gateway/gateways/shop/logs?model=none`,
  },
  { form: 'account', method: 'GET', path: `${account}/ai-gateway/gateways/shop/logs/${log}` },
  {
    form: 'account',
    method: 'PATCH',
    path: `${account}/ai-gateway/gateways/shop/logs/${log}`,
    body: { feedback: 1 },
  },
  { form: 'account', method: 'GET', path: `${account}/ai-gateway/gateways/shop/analytics` },
  { form: 'account', method: 'GET', path: `${account}/ai-gateway/gateways/shop/url/anthropic` },
];

/** How the gateways for these have to be made, and what they have: `shop` has the route `way`. */
export const shopSettings: object = { ...settings, guardrails: null, dlp: null };
export const wayElements: readonly object[] = elements;
export const keptPolicy: object = policy;
export const keptSecret: object = secret;
