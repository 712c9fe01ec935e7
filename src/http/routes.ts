import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import type { Operation } from '../messages/upstream.ts';
import { isPlainQuery, splitTarget } from './request-target.ts';

/** One public route. `{id}` stands for one path segment. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly operation: Operation;
  readonly dialect: Dialect;
  /** What an upstream is asked for, where that is not this path. A query then stays here. */
  readonly upstreamPath?: string;
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

/** Where clients of Chat Completions look for it and for what else their API has: they know its form. */
const chatFolders: ReadonlySet<string> = new Set([
  'chat',
  'responses',
  'conversations',
  'completions',
  'embeddings',
  'moderations',
  'audio',
  'images',
  'videos',
  'realtime',
  'assistants',
  'threads',
  'vector_stores',
  'batches',
  'uploads',
  'fine_tuning',
  'evals',
]);

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
  ...chatPaths.map((path) => ({
    method: 'POST' as const,
    path,
    operation: 'messages.create' as const,
    dialect: chatCompletionsDialect,
    upstreamPath: '/v1/messages',
  })),
];

/** The form of the replies to a target, whether there is a route or not. */
export function dialectAt(target: string): Dialect {
  const [, first = '', second = ''] = splitTarget(target).path.split('/');
  const isChat = chatFolders.has(first === 'v1' ? second : first);
  return isChat ? chatCompletionsDialect : messagesDialect;
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
    }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  /** Holds what a query string of the API never does; dropping it would change what is asked. */
  | { readonly kind: 'bad-query' }
  | { readonly kind: 'unknown' };

interface Pattern {
  readonly segments: readonly string[];
  readonly routes: readonly Route[];
}

/** Never `.` or `..`: an upstream would read another path. */
const idSegment = /^(?!\.{1,2}$)[A-Za-z0-9_.:-]{1,256}$/;

const exact = new Map<string, Route[]>();
const patterns: Pattern[] = [];
for (const route of routes) {
  const sameplace = exact.get(route.path) ?? [];
  exact.set(route.path, [...sameplace, route]);
}
for (const [path, atPath] of exact) {
  if (path.includes('{')) patterns.push({ segments: path.split('/'), routes: atPath });
}

/** Finds the route of a request target. */
export function matchRoute(method: string, target: string): RouteMatch {
  const { path, query } = splitTarget(target);
  const found = path.includes('{') ? undefined : exact.get(path);
  const here = found ?? patterns.find((pattern) => fits(pattern, path))?.routes;
  if (here === undefined) return { kind: 'unknown' };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = here.find((candidate) => candidate.method === wanted);
  if (route === undefined) {
    return { kind: 'wrong-method', allowed: here.map((candidate) => candidate.method) };
  }
  if (!isPlainQuery(query)) return { kind: 'bad-query' };
  if (route.upstreamPath !== undefined) {
    return { kind: 'route', route, upstreamPath: route.upstreamPath };
  }
  const bare = path.slice(path.indexOf('/v1/'));
  return { kind: 'route', route, upstreamPath: query === '' ? bare : `${bare}?${query}` };
}

function fits({ segments }: Pattern, path: string): boolean {
  const parts = path.split('/');
  if (parts.length !== segments.length) return false;
  return segments.every((segment, index) => {
    const part = parts[index] ?? '';
    return segment === '{id}' ? idSegment.test(part) : segment === part;
  });
}
