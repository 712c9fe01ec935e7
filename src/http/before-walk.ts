import type { HeaderMap, RouteTarget } from '../dialects/dialect.ts';
import type { Walk } from '../gateway/exchange.ts';
import { admitQuestion } from '../gateway/admit-key.ts';
import type { GatewayApi } from '../gateway/gateway-api.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { MODELS_FOLDER } from '../pages/page-forms.ts';
import {
  answerChatModels,
  isChatModelsPath,
  readChatModelsQuestion,
} from './answer-chat-models.ts';
import { CODE_PATH, codeMethods } from './answer-code.ts';
import { isHealthPath } from './answer-health.ts';
import type { ModelPageContext } from './answer-model-page.ts';
import { answerModelPage } from './answer-model-page.ts';
import type { WorkersCatalogContext } from './answer-workers-catalog.ts';
import { answerWorkersCatalog } from './answer-workers-catalog.ts';
import { isPreflight, preflightHeaders } from './cors.ts';
import type { ModelsPages } from './models-pages.ts';
import type { EdgeReply } from './edge-reply.ts';
import { refusedReply } from './edge-reply.ts';
import type { CatalogQuestion } from './read-catalog-question.ts';
import { readCatalogQuestion } from './read-catalog-question.ts';
import type { PageQuestion } from './read-page-question.ts';
import { readPageQuestion } from './read-page-question.ts';
import { splitTarget } from './request-target.ts';
import type { Route } from './routes.ts';
import { dialectAt, matchRoute, noRouteText, unservedMethodsAt } from './routes.ts';

/** A request as the edge sees it before it is known what it is about. */
export interface EdgeRequest {
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderMap;
  /** Where the caller is; undefined where nobody can say. */
  readonly clientAddress: string | undefined;
  readonly lacksHost: boolean;
  /** Whether it comes from a page whose origin is allowed. */
  readonly isLetIn: boolean;
}

export type BeforeWalk =
  | {
      readonly kind: 'walk';
      readonly route: Route;
      readonly upstreamPath: string;
      readonly target: RouteTarget;
    }
  | { readonly kind: 'gateway-api'; readonly api: GatewayApi }
  | { readonly kind: 'answered'; readonly reply: EdgeReply | Promise<EdgeReply> };

/** What of the walk's parts is needed before it. */
type EdgeWalk = Pick<Walk, 'settings' | 'clock' | 'authenticator' | 'rateLimits' | 'shedding'>;

/** Finds the route to walk, or answers what needs no walk: what is no exchange has no record. */
export function beforeWalk(
  request: EdgeRequest,
  walk: EdgeWalk,
  gatewayApi?: GatewayApi,
  pages?: ModelsPages,
): BeforeWalk {
  const { method, target, headers: asked } = request;
  if (request.lacksHost) {
    const said = refusal('bad_http', 'The request has no Host header.');
    return refused(request, said, ['connection', 'close']);
  }
  const { path } = splitTarget(target);
  if (path === CODE_PATH && pages !== undefined && !isPreflight(method, asked)) {
    // It takes a while, and anybody may ask: it is the first to go where there is no time.
    const shed = walk.shedding?.refuses('request');
    if (shed !== undefined) return refused(request, shed);
    return { kind: 'gateway-api', api: pages.code };
  }
  const read = answeredForReaders(request, walk, pages);
  if (read !== undefined) return read;
  if (request.isLetIn && isPreflight(method, asked)) return allowed(request, gatewayApi);
  const fromRegistry = answeredFromRegistry(path, request, walk);
  const found = fromRegistry ?? answeredByRoute(request, gatewayApi);
  return found ?? (isRead(path) && !isQuestion(request) ? onlyAsked(request) : noRoute(request));
}

/** Whether a path that no table has is one that pages, models or the process are read at. */
function isRead(path: string): boolean {
  return path === MODELS_FOLDER || isChatModelsPath(path) || isHealthPath(path);
}

/** What a route of the walk takes, or the API about gateways; undefined where nobody does. */
function answeredByRoute(
  request: EdgeRequest,
  gatewayApi: GatewayApi | undefined,
): BeforeWalk | undefined {
  const { method, target } = request;
  const match = matchRoute(method, target);
  const isFree = match.kind === 'unserved' || match.kind === 'unknown';
  if (isFree && gatewayApi !== undefined) {
    const methods = gatewayApi.methodsAt(splitTarget(target).path);
    const isItsOwn = match.kind === 'unknown' || methods.includes(method);
    // It refuses other methods itself, in the form of its own answers.
    if (methods.length > 0 && isItsOwn) return { kind: 'gateway-api', api: gatewayApi };
  }
  switch (match.kind) {
    case 'route':
      return {
        kind: 'walk',
        route: match.route,
        upstreamPath: match.upstreamPath,
        target: match.target,
      };
    case 'wrong-method':
      return refused(request, refusal('method_not_allowed'), ['allow', match.allowed.join(', ')]);
    case 'bad-query':
      return refused(request, refusal('invalid_request', 'The query string is not a plain one.'));
    case 'unserved':
      return refused(request, refusal('invalid_request', match.route.why, { reason: 'unserved' }));
    case 'unknown':
      return undefined;
  }
}

/** What asks nothing of a model and needs no key. Pages come first: they share a folder with names. */
function answeredForReaders(
  request: EdgeRequest,
  walk: EdgeWalk,
  pages: ModelsPages | undefined,
): BeforeWalk | undefined {
  const shown = pages && pageShown(pages, request, walk);
  if (shown !== undefined) return shown;
  const { method, target, headers: asked, requestId } = request;
  const question = readChatModelsQuestion(method, target, asked);
  if (question === undefined) return undefined;
  const context = { requestId, asked, settings: walk.settings(), atMs: walk.clock.wallMs() };
  return { kind: 'answered', reply: answerChatModels(question, context) };
}

/** A page for people or programs to read; undefined where the path has none. */
function pageShown(
  pages: ModelsPages,
  request: EdgeRequest,
  { settings, clock }: EdgeWalk,
): BeforeWalk | undefined {
  if (!isQuestion(request)) return undefined;
  const { requestId, headers: asked, target } = request;
  const now = { settings: settings(), atMs: clock.wallMs() };
  const reply = pages.answer({ ...splitTarget(target), ...now, asked, requestId });
  if (reply === undefined) return undefined;
  const headers = [...reply.headers, 'request-id', requestId];
  return { kind: 'answered', reply: { ...reply, headers } };
}

function answeredFromRegistry(
  path: string,
  request: EdgeRequest,
  walk: EdgeWalk,
): BeforeWalk | undefined {
  const aboutCatalog = readCatalogQuestion(path);
  if (aboutCatalog !== undefined) return catalogAnswered(aboutCatalog, request, walk);
  const page = readPageQuestion(path);
  return page === undefined ? undefined : pageAnswered(page, request, walk);
}

/** The catalog takes questions only. */
function catalogAnswered(
  question: CatalogQuestion,
  request: EdgeRequest,
  walk: EdgeWalk,
): BeforeWalk {
  if (!isQuestion(request)) return onlyAsked(request);
  const { authenticator } = walk;
  const { query } = splitTarget(request.target);
  const { clientAddress } = request;
  const context = { ...contextOf(request, walk), authenticator, clientAddress, query };
  return { kind: 'answered', reply: catalogReply(question, context, walk) };
}

/** Who has had as many requests as their key lets them gets no more of these either. */
async function catalogReply(
  question: CatalogQuestion,
  context: WorkersCatalogContext,
  { rateLimits }: EdgeWalk,
): Promise<EdgeReply> {
  const { authenticator, dialect, asked } = context;
  const principal = authenticator.authenticate(dialect.readCredentials?.(asked) ?? asked);
  const excess = isRefusal(principal) ? undefined : await admitQuestion(principal, rateLimits);
  return excess === undefined
    ? answerWorkersCatalog(question, context)
    : refusedReply(excess, dialect, context);
}

function pageAnswered(page: PageQuestion, request: EdgeRequest, walk: EdgeWalk): BeforeWalk {
  if (!isQuestion(request)) return onlyAsked(request);
  return { kind: 'answered', reply: answerModelPage(page, contextOf(request, walk)) };
}

function isQuestion({ method }: EdgeRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function onlyAsked(request: EdgeRequest): BeforeWalk {
  return refused(request, refusal('method_not_allowed'), ['allow', 'GET']);
}

/** What answers from the registry are made from. */
function contextOf(
  { requestId, headers: asked, target }: EdgeRequest,
  { settings, clock }: EdgeWalk,
): ModelPageContext {
  return {
    requestId,
    asked,
    dialect: dialectAt(target),
    settings: settings(),
    atMs: clock.wallMs(),
  };
}

function noRoute(request: EdgeRequest): BeforeWalk {
  return refused(request, refusal('not_found', noRouteText(request.target)));
}

/** A no before the walk began, in the form of the path. */
function refused(request: EdgeRequest, said: Refusal, more: readonly string[] = []): BeforeWalk {
  const { headers: asked, requestId } = request;
  const reply = refusedReply(said, dialectAt(request.target), { asked, requestId });
  return { kind: 'answered', reply: { ...reply, headers: [...reply.headers, ...more] } };
}

/** The answer to a preflight: what a path takes, whoever its form is for. */
function allowed(request: EdgeRequest, gatewayApi: GatewayApi | undefined): BeforeWalk {
  const methods = methodsAt(request.target, gatewayApi);
  if (methods.length === 0) return noRoute(request);
  const headers = preflightHeaders(methods, request.headers);
  return { kind: 'answered', reply: { status: 204, headers, body: new Uint8Array(0) } };
}

function methodsAt(target: string, gatewayApi: GatewayApi | undefined): readonly string[] {
  const { path } = splitTarget(target);
  if (path === CODE_PATH) return codeMethods;
  const match = matchRoute('OPTIONS', path);
  if (match.kind === 'wrong-method') return match.allowed;
  const isAsked =
    isChatModelsPath(path) ||
    [readCatalogQuestion, readPageQuestion].some((read) => read(path) !== undefined);
  if (isAsked) return ['GET'];
  const methods = gatewayApi?.methodsAt(path) ?? [];
  return methods.length > 0 ? methods : unservedMethodsAt(path);
}
