import { GATEWAY_HOST_PATH } from '../dialects/workers-ai/gateway-host-path.ts';

/** Whatever method a path is asked with. */
export const ANY_METHOD = 'ANY' as const;

/** A path of a form that is served, which this gateway does not have: said in words, not with a 404. */
export interface UnservedRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | typeof ANY_METHOD;
  /** As in the table of routes. */
  readonly path: string;
  /** What a caller reads. */
  readonly why: string;
}

const GATEWAY_PATH = '/ai-gateway/gateways/{gateway}';
const ACCOUNT_PATH = '/client/v4/accounts/{account}/ai';

const ACCOUNT_GATEWAYS_PATH = '/client/v4/accounts/{account}/ai-gateway';

const markdown = 'Documents are not turned into Markdown here.';
const sockets =
  'WebSockets are not served: ask over HTTP, at a path of a provider or, with POST, for several steps at once.';
const otherProviders =
  'The providers served here are anthropic (messages, messages/count_tokens, models, complete), compat (chat/completions) and workers-ai (run/{model}, v1/chat/completions).';
const embeddings = 'Claude models make no embeddings.';

/** What AI Gateways have elsewhere, and what is said of it; Workers reference §3.8, §3.9, §3.11, §3.12. */
const gatewayParts: readonly (readonly [path: string, why: string])[] = [
  ['/gateways/{gateway}/datasets', 'Datasets and evaluations of logs are not served.'],
  ['/gateways/{gateway}/evaluations', 'Datasets and evaluations of logs are not served.'],
  ['/evaluation-types', 'Datasets and evaluations of logs are not served.'],
  ['/custom-providers', 'Upstreams are configured by the owner: no request adds one.'],
  ['/billing', 'There is no unified billing here: what requests cost stands in their logs.'],
];

/** Workers reference §1.1 and §2.1: what remains of them. */
export const unservedRoutes: readonly UnservedRoute[] = [
  {
    method: 'GET',
    path: '/run',
    why: 'Runs over a WebSocket are not served: leave `websocket` out and ask with `stream: true`.',
  },
  {
    method: 'GET',
    path: `${GATEWAY_PATH}/run/{run}/resume`,
    why: 'Streams cannot be resumed here, and none of them says that it could.',
  },
  {
    method: 'POST',
    path: '/client/v4/graphql',
    why: 'GraphQL is not served: ask for …/ai-gateway/gateways/{gateway}/analytics.',
  },
  { method: 'POST', path: '/to-everything/markdown/transformer', why: markdown },
  { method: 'GET', path: '/to-everything/markdown/supported', why: markdown },
  { method: 'POST', path: `${ACCOUNT_PATH}/tomarkdown`, why: markdown },
  { method: 'GET', path: `${ACCOUNT_PATH}/tomarkdown/supported`, why: markdown },
  {
    method: 'POST',
    path: `${ACCOUNT_PATH}/v1/responses`,
    why: 'The Responses form is not served: use v1/messages or v1/chat/completions.',
  },
  { method: 'POST', path: `${ACCOUNT_PATH}/v1/embeddings`, why: embeddings },
  { method: 'GET', path: GATEWAY_HOST_PATH, why: sockets },
  {
    method: 'POST',
    path: `${GATEWAY_HOST_PATH}/run`,
    why: 'Runs are asked for at /client/v4/accounts/{account}/ai/run, or below workers-ai/run here.',
  },
  { method: ANY_METHOD, path: `${GATEWAY_HOST_PATH}/{provider}`, why: sockets },
  { method: ANY_METHOD, path: `${GATEWAY_HOST_PATH}/{provider}/{rest…}`, why: otherProviders },
  ...gatewayParts.flatMap(([path, why]) =>
    ['', '/{rest…}'].map((more): UnservedRoute => ({
      method: ANY_METHOD,
      path: `${ACCOUNT_GATEWAYS_PATH}${path}${more}`,
      why,
    })),
  ),
];
