import type { WalkReply } from '../gateway/exchange.ts';
import { admitQuestion } from '../gateway/admit-key.ts';
import type { GatewayApi, GatewayApiRequest } from '../gateway/gateway-api.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { matchPath } from '../std/match-path.ts';
import type { AdminParts } from './admin-parts.ts';
import { answerOnce } from './answer-once.ts';
import type { ApiCall, ApiOutcome, ApiRoute, ContentAnswer } from './api-route.ts';
import type { Actor } from './audit-note.ts';
import { recordNote } from './audit-note.ts';
import type { Admitted } from './authorize-call.ts';
import { authorizeCall } from './authorize-call.ts';
import { encodeAnswer, encodeRefusal, encodedAnswer } from './encode-reply.ts';
import { BODY_BYTES_MAX, readCall } from './read-call.ts';
import { sessionRefusal } from './session-refusals.ts';

interface FoundRoute {
  readonly route: ApiRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** An API over a table of routes, for the edge: what it answers is no exchange, and asks no model. */
export function createApi(routes: readonly ApiRoute[], parts: AdminParts): GatewayApi {
  const routesAt = (path: string): readonly FoundRoute[] =>
    routes.flatMap((route) => {
      const params = matchPath(route.path, path);
      return params === undefined ? [] : [{ route, params }];
    });
  const places = routes.map(({ path, method }) => ({ method, pattern: placeOf(path) }));
  return {
    // Also where a place holds what no id is: that nothing is there is said in the form of this API.
    methodsAt: (path) =>
      places.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : [])),
    async answer(request) {
      const here = routesAt(request.path);
      const wanted = request.method === 'HEAD' ? 'GET' : request.method;
      const found = here.find(({ route }) => route.method === wanted);
      if (found !== undefined) return answerFound(found, request, parts);
      return here.length === 0
        ? encodeRefusal(refusal('not_found'), request.id)
        : encodeRefusal(refusal('method_not_allowed'), request.id, ['allow', allowedAt(here)]);
    },
  };
}

/** Where a route is, whatever stands in its places. */
function placeOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[a-z]+\}/g, '[^/]+')}/?$`);
}

/** RFC 9110 §10.2.1: whoever asks in a wrong way hears of the right ones. */
function allowedAt(here: readonly FoundRoute[]): string {
  return here
    .flatMap(({ route: { method } }) => (method === 'GET' ? [method, 'HEAD'] : [method]))
    .join(', ');
}

async function answerFound(
  found: FoundRoute,
  request: GatewayApiRequest,
  parts: AdminParts,
): Promise<WalkReply> {
  const { route } = found;
  try {
    const call = await readFound(found, request, parts);
    if (isRefusal(call)) return encodeRefusal(call, request.id);
    return await answerOnce(call, request, async () => {
      const outcome = await route.handle(call);
      if (outcome.kind === 'done') await recordNote(call, outcome);
      if (outcome.kind === 'content') cancelWith(request, outcome);
      return encodeOutcome(outcome, route, request.id);
    });
  } catch (error) {
    // Refusals are values: what is thrown is a fault of ours or of the store, and the caller hears so.
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parts.log.error('fault', { requestId: request.id, route: route.operationId, reason });
    return encodeRefusal(refusal('internal'), request.id);
  }
}

/** Who asks comes first, and costs nothing to anybody who may not; then what is asked. */
async function readFound(
  { route, params }: FoundRoute,
  request: GatewayApiRequest,
  parts: AdminParts,
): Promise<(ApiCall & { readonly kind: 'input' }) | Refusal> {
  const admitted = authorizeCall(route, request, parts);
  if (isRefusal(admitted)) return admitted;
  const { principal, session } = admitted;
  const excess = principal && (await admitQuestion(principal, parts.rateLimits));
  if (excess !== undefined) return excess;
  const bodyBytes = await readBody(route, request);
  if (isRefusal(bodyBytes)) return bodyBytes;
  const { query, headers, id: requestId } = request;
  const input = readCall(route, { params, query, bodyBytes, headers });
  if (isRefusal(input)) return input;
  const atMs = parts.clock.wallMs();
  const actor = actorOf(route, admitted, request);
  const who = { actor, principal, session };
  const call = { ...input, ...who, parts, bodyBytes, headers, requestId, atMs };
  return refuseStale(route, call) ?? call;
}

/** What gives power away takes more than a browser that somebody left open. */
function refuseStale(
  { needsFreshSignIn }: ApiRoute,
  call: Omit<ApiCall, 'kind'>,
): Refusal | undefined {
  const { session, parts } = call;
  if (session === undefined || needsFreshSignIn?.(call) !== true) return undefined;
  return parts.sessions?.book.isFresh(session) === true
    ? undefined
    : sessionRefusal('confirm_needed');
}

/** A caller that has gone takes no more of a file. */
function cancelWith({ cancellation }: GatewayApiRequest, { body }: ContentAnswer): void {
  if (body instanceof Uint8Array) return;
  cancellation.onCancel(() => {
    body.cancel();
  });
}

const NO_BODY = new Uint8Array(0);

function readBody(
  { method }: ApiRoute,
  { body }: GatewayApiRequest,
): Uint8Array | Promise<Uint8Array | Refusal> {
  return method === 'GET' || method === 'DELETE' ? NO_BODY : body.read(BODY_BYTES_MAX);
}

const actorKinds = {
  admin: 'admin',
  session: 'operator',
  'sign-in': 'visitor',
  account: 'account',
  anyone: 'account',
  signed: 'processor',
} as const;

function actorOf(
  { access }: ApiRoute,
  { principal, session }: Admitted,
  { clientAddress: address, id: requestId }: GatewayApiRequest,
): Actor {
  const from = { keyId: principal?.keyId, address, requestId };
  return session === undefined
    ? { ...from, kind: actorKinds[access.kind] }
    : { ...from, kind: 'operator', operator: session.operator };
}

function encodeOutcome(outcome: ApiOutcome, route: ApiRoute, requestId: string): WalkReply {
  switch (outcome.kind) {
    case 'refusal':
      return encodeRefusal(outcome, requestId);
    case 'content': {
      const { headers, body } = outcome;
      return { status: 200, headers: [...headers, 'request-id', requestId], body };
    }
    case 'encoded':
      return encodedAnswer(outcome.body, requestId);
    case 'answer':
      return encodeAnswer(route.status ?? 200, outcome.answer, { requestId });
    case 'done': {
      const replayed = outcome.note === 'nothing_new' ? ['idempotent-replayed', 'true'] : [];
      const headers = [...replayed, ...(outcome.headers ?? [])];
      return encodeAnswer(route.status ?? 200, outcome.answer, { requestId, headers });
    }
  }
}
