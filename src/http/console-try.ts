import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OperatorSession } from '../access/session-book.ts';
import type { SessionGuard } from '../access/session-guard.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import { UPSTREAM_HEADER } from '../gateway/chosen-upstream.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { newRequestId } from '../std/ids.ts';
import type { Secret } from '../std/secret.ts';
import type { ServingOptions } from './api-server.ts';
import { serveAsked } from './api-server.ts';
import { clientAddressOf } from './client-address.ts';
import { refusedReply } from './edge-reply.ts';
import { matchRoute } from './routes.ts';
import { writeReply } from './write-reply.ts';

/** What the console's playground sends its requests through. */
export interface ConsoleTrying {
  readonly guard: Pick<SessionGuard, 'admit'>;
  /** The key of a session, whose own account it is if none is named. */
  readonly keyFor: (
    session: OperatorSession,
    account: string | undefined,
    address: string | undefined,
  ) => Promise<Secret | Refusal>;
  /** How the public listener serves, for what is a route of the walk. */
  readonly serving: ServingOptions;
}

/** Below it stands the path of the public listener. */
export const TRY_FOLDER = '/console/try/';
const ACCOUNT_HEADER = 'x-quatrain-account';
/** What an upstream answers may be a page of its own, which must not run where sessions are. */
const NOT_A_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox";
const methods: ReadonlySet<string> = new Set(['GET', 'POST']);

/** Credentials and what is the browser's own: none of it is for those behind the gateway. */
const dropped: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'cf-aig-authorization',
  'cookie',
  'origin',
  'referer',
  'x-csrf-token',
  ACCOUNT_HEADER,
  UPSTREAM_HEADER,
]);

/**
 * Serves a request of the console's playground as the public listener would, with a key that the
 * gateway holds for the session: the browser never has one. It may say which upstream is to answer.
 */
export async function answerTry(
  request: IncomingMessage,
  response: ServerResponse,
  { guard, keyFor, serving }: ConsoleTrying,
): Promise<void> {
  const { method = '', headers } = request;
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', NOT_A_PAGE);
  const target = (request.url ?? '').slice(TRY_FOLDER.length - 1);
  const refuse = (said: Refusal): void => {
    refuseTry(request, response, { said, serving });
  };
  const session = guard.admit(headers, method === 'GET' ? 'read' : 'write');
  if (isRefusal(session)) {
    refuse(session);
    return;
  }
  if (serving.requests.isDraining) {
    refuse(refusal('unavailable'));
    return;
  }
  if (!methods.has(method)) {
    refuse(refusal('method_not_allowed'));
    return;
  }
  // What is about accounts asks for keys of its own, and is in the admin API.
  if (matchRoute(method, target).kind !== 'route') {
    refuse(refusal('not_found', 'There is no model to ask at this path.'));
    return;
  }
  const clientAddress = clientAddressOf(request, []);
  const account = headers[ACCOUNT_HEADER];
  const key = await keyFor(session, account?.toString(), clientAddress);
  // Who left meanwhile would be told by no event any more.
  if (response.destroyed) return;
  if (isRefusal(key)) {
    refuse(key);
    return;
  }
  const asked = {
    method,
    target,
    headers: { ...keptHeaders(headers), 'x-api-key': key.reveal() },
    clientAddress,
    lacksHost: false,
    isLetIn: false,
  };
  const upstreamName = headers[UPSTREAM_HEADER]?.toString();
  await serveAsked(request, response, { asked, upstreamName, options: serving, onRead: () => {} });
}

function keptHeaders(headers: HeaderMap): HeaderMap {
  const kept = Object.entries(headers).filter(
    ([name]) => !dropped.has(name) && !name.startsWith('sec-'),
  );
  return Object.fromEntries(kept);
}

/** In the canonical form, which the console reads whatever form it tries. */
function refuseTry(
  request: IncomingMessage,
  response: ServerResponse,
  { said, serving }: { readonly said: Refusal; readonly serving: ServingOptions },
): void {
  const { walk, random, clientStallMs } = serving;
  const requestId = newRequestId(random, walk.clock.wallMs());
  const asked = request.headers;
  // The session API's reason is what the console decides by.
  const { reason } = said;
  const coded =
    reason === undefined ? said : { ...said, members: { ...said.members, code: reason } };
  const reply = refusedReply(coded, messagesDialect, { asked, requestId });
  writeReply(response, reply, { clock: walk.clock, clientStallMs: clientStallMs() });
}
