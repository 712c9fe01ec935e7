import type { HeaderMap } from '../dialects/dialect.ts';
import type { Walk } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import {
  answerChatModels,
  isChatModelsPath,
  readChatModelsQuestion,
} from './answer-chat-models.ts';
import { isPreflight, preflightHeaders } from './cors.ts';
import type { EdgeReply } from './edge-reply.ts';
import { refusedReply } from './edge-reply.ts';
import { splitTarget } from './request-target.ts';
import type { Route } from './routes.ts';
import { dialectAt, matchRoute, noRouteText } from './routes.ts';

/** A request as the edge sees it before it is known what it is about. */
export interface EdgeRequest {
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderMap;
  readonly lacksHost: boolean;
  /** Whether it comes from a page whose origin is allowed. */
  readonly isLetIn: boolean;
}

export type BeforeWalk =
  | { readonly kind: 'walk'; readonly route: Route; readonly upstreamPath: string }
  | { readonly kind: 'answered'; readonly reply: EdgeReply };

/** Finds the route to walk, or answers what needs no walk: what is no exchange has no record. */
export function beforeWalk(
  request: EdgeRequest,
  { settings, clock }: Pick<Walk, 'settings' | 'clock'>,
): BeforeWalk {
  const { method, target, headers: asked, requestId } = request;
  if (request.lacksHost) {
    const said = refusal('bad_http', 'The request has no Host header.');
    return refused(request, said, ['connection', 'close']);
  }
  const question = readChatModelsQuestion(method, target, asked);
  if (question !== undefined) {
    const context = { requestId, asked, settings: settings(), atMs: clock.wallMs() };
    return { kind: 'answered', reply: answerChatModels(question, context) };
  }
  if (request.isLetIn && isPreflight(method, asked)) return allowed(request);
  const match = matchRoute(method, target);
  switch (match.kind) {
    case 'route':
      return { kind: 'walk', route: match.route, upstreamPath: match.upstreamPath };
    case 'wrong-method':
      return refused(request, refusal('method_not_allowed'), ['allow', match.allowed.join(', ')]);
    case 'bad-query':
      return refused(request, refusal('invalid_request', 'The query string is not a plain one.'));
    case 'unknown':
      return noRoute(request);
  }
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
function allowed(request: EdgeRequest): BeforeWalk {
  const methods = methodsAt(request.target);
  if (methods.length === 0) return noRoute(request);
  const headers = preflightHeaders(methods, request.headers);
  return { kind: 'answered', reply: { status: 204, headers, body: new Uint8Array(0) } };
}

function methodsAt(target: string): readonly string[] {
  const { path } = splitTarget(target);
  const match = matchRoute('OPTIONS', path);
  if (match.kind === 'wrong-method') return match.allowed;
  return isChatModelsPath(path) ? ['GET'] : [];
}
