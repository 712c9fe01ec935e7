import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import { chatFolders } from '../dialects/chat-completions/chat-folders.ts';
import type { Dialect, RouteTarget } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import { accountChatDialect } from '../dialects/workers-ai/account-chat-dialect.ts';
import { accountDialect } from '../dialects/workers-ai/account-dialect.ts';
import { accountMessagesDialect } from '../dialects/workers-ai/account-messages-dialect.ts';
import { asHostForm } from '../dialects/workers-ai/as-host-form.ts';
import { bindingDialect } from '../dialects/workers-ai/binding-dialect.ts';
import { gatewayEndpoints, gatewayHostDialect } from '../dialects/workers-ai/gateway-endpoints.ts';
import {
  GATEWAY_HOST_PATH,
  isGatewayHostTarget,
  isOwnerLabel,
} from '../dialects/workers-ai/gateway-host-path.ts';
import type { Operation } from '../messages/upstream.ts';
import { isPlainQuery, splitTarget } from './request-target.ts';
import type { UnservedRoute } from './unserved-routes.ts';
import { ANY_METHOD, unservedRoutes } from './unserved-routes.ts';

/**
 * One public route. `{id}` and `{account}` stand for one path segment, `{model…}` for all that is
 * left of the path.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly operation: Operation;
  readonly dialect: Dialect;
  /** What an upstream is asked for, where that is not this path; `{id}` is what stands there in it. */
  readonly upstreamPath?: string;
  /** Whether a query goes along to such a path. */
  readonly passesQuery?: boolean;
}

/** The paths of the Messages API; API reference §1.1. */
const messagesPaths: readonly (readonly [Route['method'], string, Operation])[] = [
  ['POST', '/v1/messages', 'messages.create'],
  ['POST', '/v1/messages/count_tokens', 'messages.count_tokens'],
  ['POST', '/v1/messages/batches', 'batches.create'],
  ['GET', '/v1/messages/batches', 'batches.list'],
  ['GET', '/v1/messages/batches/{id}', 'batches.get'],
  ['DELETE', '/v1/messages/batches/{id}', 'batches.delete'],
  ['POST', '/v1/messages/batches/{id}/cancel', 'batches.cancel'],
  ['GET', '/v1/messages/batches/{id}/results', 'batches.results'],
  ['GET', '/v1/models', 'models.list'],
  ['GET', '/v1/models/{id}', 'models.get'],
  ['POST', '/v1/files', 'files.create'],
  ['GET', '/v1/files', 'files.list'],
  ['GET', '/v1/files/{id}', 'files.get'],
  ['GET', '/v1/files/{id}/content', 'files.content'],
  ['DELETE', '/v1/files/{id}', 'files.delete'],
  ['POST', '/v1/complete', 'complete.create'],
];

/** Where the Messages API stands: at the root, and where clients of a shared base URL expect it. */
const messagesPrefixes = ['', '/anthropic'] as const;

/** Seed 002 and chat reference §1.1: the path without a version answers too. */
const chatPaths = ['/v1/chat/completions', '/chat/completions'] as const;

/** Workers reference §2.1: the API of an account. Whose account it is, the key says. */
const ACCOUNT_PATH = '/client/v4/accounts/{account}/ai';

/**
 * Workers reference §1.1 and §2.1. The Messages SDK puts its own `/v1` behind a base URL that ends
 * in one.
 */
const workersAiPaths: readonly (readonly [string, Dialect])[] = [
  ['/run', bindingDialect],
  ['/ai-gateway/run', bindingDialect],
  [`${ACCOUNT_PATH}/run`, accountDialect],
  [`${ACCOUNT_PATH}/run/{model…}`, accountDialect],
  [`${ACCOUNT_PATH}/v1/messages`, accountMessagesDialect],
  [`${ACCOUNT_PATH}/v1/v1/messages`, accountMessagesDialect],
  [`${ACCOUNT_PATH}/v1/chat/completions`, accountChatDialect],
];

/** The same for counting; the Messages form of the account's API is the API's own. */
const accountCountingPaths = ['/v1', '/v1/v1'].map(
  (version) => `${ACCOUNT_PATH}${version}/messages/count_tokens`,
);

/** Every public route, in one table. */
export const routes: readonly Route[] = [
  ...messagesPrefixes.flatMap((prefix) =>
    messagesPaths.map(([method, path, operation]) => ({
      method,
      path: `${prefix}${path}`,
      operation,
      dialect: messagesDialect,
    })),
  ),
  ...[...chatPaths.map((path) => [path, chatCompletionsDialect] as const), ...workersAiPaths].map(
    ([path, dialect]) => ({
      method: 'POST' as const,
      path,
      operation: 'messages.create' as const,
      dialect,
      upstreamPath: '/v1/messages',
    }),
  ),
  ...accountCountingPaths.map((path) => ({
    method: 'POST' as const,
    path,
    operation: 'messages.count_tokens' as const,
    dialect: accountMessagesDialect,
    upstreamPath: '/v1/messages/count_tokens',
  })),
  ...gatewayEndpoints.map(({ provider, path, native, usualHeaders, ...asked }) => ({
    ...asked,
    path: `${GATEWAY_HOST_PATH}/${provider}${path}`,
    dialect: asHostForm(native, { usualHeaders }),
  })),
];

/** Folders and the form of what is said there; where none fits, it is the canonical one. */
const forms: readonly (readonly [RegExp, Dialect])[] = [
  [/^\/client\/v4\/accounts\/[^/?]+\/ai\/v1\/chat\//, accountChatDialect],
  [/^\/client\/v4\/accounts\/[^/?]+\/ai\/v1\/(?:v1\/)?messages/, accountMessagesDialect],
  [/^\/client\/v4\//, accountDialect],
  [/^\/(?:run$|run[/?]|ai-gateway\/|ai-api\/|to-everything\/)/, bindingDialect],
];

/** The form of the replies to a target, whether there is a route or not. */
export function dialectAt(target: string): Dialect {
  const form = forms.find(([folder]) => folder.test(target))?.[1];
  if (form !== undefined) return form;
  if (isChatTarget(target)) return chatCompletionsDialect;
  return isGatewayHostTarget(target) ? gatewayHostDialect : messagesDialect;
}

/** Whether a target is where clients of Chat Completions look for what their API has. */
function isChatTarget(target: string): boolean {
  const [, first = '', second = ''] = splitTarget(target).path.split('/');
  return chatFolders.has(first === 'v1' ? second : first);
}

/** What is said where there is no route. */
export function noRouteText(target: string): string | undefined {
  return dialectAt(target) === chatCompletionsDialect
    ? 'There is nothing at this path. Chat Completions are served at POST /v1/chat/completions, Messages at POST /v1/messages.'
    : undefined;
}

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: Route;
      /** Path and query to ask an upstream for, built from the route. */
      readonly upstreamPath: string;
      readonly target: RouteTarget;
    }
  /** Of a form that is served, and not part of what is. */
  | { readonly kind: 'unserved'; readonly route: UnservedRoute }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  /** Holds what a query string of the API never does; dropping it would change what is asked. */
  | { readonly kind: 'bad-query' }
  | { readonly kind: 'unknown' };

interface Pattern<Found> {
  readonly segments: readonly string[];
  readonly routes: readonly Found[];
}

/** Never `.` or `..`: an upstream would read another path. */
const idSegment = /^(?!\.{1,2}$)[A-Za-z0-9_.:-]{1,256}$/;
/** The rest of a path, as it is written: it names something here, and no upstream sees it. */
const REST_LETTERS_MAX = 1024;
const REST = '…}';
/** An account in front of its gateways: none that is called as a folder of the API is. */
const OWNER = '{owner}';

interface PathTable<Found> {
  readonly exact: ReadonlyMap<string, readonly Found[]>;
  readonly patterns: readonly Pattern<Found>[];
}

function tableOf<Found extends { readonly path: string }>(
  entries: readonly Found[],
): PathTable<Found> {
  const exact = new Map<string, Found[]>();
  for (const entry of entries) {
    const samePlace = exact.get(entry.path) ?? [];
    exact.set(entry.path, [...samePlace, entry]);
  }
  const patterns = [...exact]
    .filter(([path]) => path.includes('{'))
    .map(([path, atPath]) => ({ segments: path.split('/'), routes: atPath }));
  return { exact, patterns };
}

const served = tableOf(routes);
const unserved = tableOf(unservedRoutes);

interface Found<Entry> {
  readonly entries: readonly Entry[];
  readonly params: RouteTarget['params'];
}

const NO_PARAMS: RouteTarget['params'] = {};

function findPath<Entry>(
  { exact, patterns }: PathTable<Entry>,
  path: string,
): Found<Entry> | undefined {
  const entries = path.includes('{') ? undefined : exact.get(path);
  if (entries !== undefined) return { entries, params: NO_PARAMS };
  for (const pattern of patterns) {
    const params = paramsIn(pattern.segments, path);
    if (params !== undefined) return { entries: pattern.routes, params };
  }
  return undefined;
}

/** Finds the route of a request target. */
export function matchRoute(method: string, target: string): RouteMatch {
  const { path, query } = splitTarget(target);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const here = findPath(served, path);
  const route = here?.entries.find((candidate) => candidate.method === wanted);
  if (here === undefined || route === undefined) return unmatched(wanted, path, here?.entries);
  if (!isPlainQuery(query)) return { kind: 'bad-query' };
  const { params } = here;
  const { upstreamPath: asked, passesQuery = asked === undefined } = route;
  const bare = asked?.replace('{id}', params['id'] ?? '') ?? path.slice(path.indexOf('/v1/'));
  const upstreamPath = passesQuery && query !== '' ? `${bare}?${query}` : bare;
  return { kind: 'route', route, upstreamPath, target: { params, query } };
}

function unmatched(wanted: string, path: string, here: readonly Route[] | undefined): RouteMatch {
  const route = findPath(unserved, path)?.entries.find(
    // A path that is served has methods of its own.
    ({ method }) => method === wanted || (method === ANY_METHOD && here === undefined),
  );
  if (route !== undefined) return { kind: 'unserved', route };
  if (here === undefined) return { kind: 'unknown' };
  return { kind: 'wrong-method', allowed: here.map(({ method }) => method) };
}

const everyMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The methods of a path that only says what is not served: a page may read that as others do. */
export function unservedMethodsAt(path: string): readonly string[] {
  const entries = findPath(unserved, path)?.entries ?? [];
  return entries.flatMap(({ method }) => (method === ANY_METHOD ? everyMethod : [method]));
}

/** What stands in the places of a pattern, where a path fits it. */
function paramsIn(
  segments: readonly string[],
  path: string,
): Readonly<Record<string, string>> | undefined {
  const parts = path.split('/');
  const takesRest = segments.at(-1)?.endsWith(REST) === true;
  if (takesRest ? parts.length < segments.length : parts.length !== segments.length) {
    return undefined;
  }
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const isRest = segment.endsWith(REST);
    const part = isRest ? decodedRest(parts.slice(index).join('/')) : (parts[index] ?? '');
    if (!segment.startsWith('{')) {
      if (segment !== part) return undefined;
    } else {
      if (part === undefined || (!isRest && !fits(segment, part))) return undefined;
      params[segment.slice(1, isRest ? -REST.length : -1)] = part;
    }
  }
  return params;
}

function fits(segment: string, part: string): boolean {
  return idSegment.test(part) && (segment !== OWNER || isOwnerLabel(part));
}

/** A name may hold its slashes as they are or as `%2F`. */
function decodedRest(written: string): string | undefined {
  if (written === '' || written.length > REST_LETTERS_MAX) return undefined;
  try {
    return decodeURIComponent(written);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
