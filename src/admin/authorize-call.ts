import type { Principal } from '../access/authenticate.ts';
import { authorize } from '../access/authorize.ts';
import type { OperatorSession } from '../access/session-book.ts';
import { readSessionCookie } from '../access/session-cookie.ts';
import type { SessionHeaders } from '../access/session-guard.ts';
import type { RequestIntent } from '../access/session-origin.ts';
import type { GatewayApiRequest } from '../gateway/gateway-api.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { AdminParts } from './admin-parts.ts';
import type { ApiRoute } from './api-route.ts';

/** Who asks: a key, an operator who is signed in, or anybody, where the route is for anybody. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly principal?: Principal;
  readonly session?: OperatorSession;
}

const anybody: Admitted = { kind: 'admitted' };

type CallParts = Pick<AdminParts, 'authenticator' | 'sessions'>;

/** Who asks, where the route wants to know it; or why they may not. The body is still unread. */
export function authorizeCall(
  { access }: Pick<ApiRoute, 'access'>,
  request: GatewayApiRequest,
  parts: CallParts,
): Admitted | Refusal {
  const { headers, clientAddress } = request;
  const { authenticator } = parts;
  switch (access.kind) {
    case 'anyone':
    case 'signed':
      return anybody;
    case 'sign-in':
      return guardOf(parts, (guard) => guard.refuseForeign(headers, intentOf(request)) ?? anybody);
    case 'session':
      return admitSession(request, parts);
    case 'admin': {
      if (showsSessionAlone(request)) return admitSession(request, parts);
      const principal = authenticator.authenticateAdmin(headers);
      if (isRefusal(principal)) return principal;
      return authorize(principal, { scope: undefined, clientAddress }) ?? admit(principal);
    }
    case 'account': {
      const principal = authenticator.authenticate(headers);
      if (isRefusal(principal)) return principal;
      const no = authorize(principal, { scope: access.scope, clientAddress });
      if (no !== undefined) return no;
      const isOfKind = access.keyKinds.some((kind) => kind === principal.keyKind);
      return isOfKind ? admit(principal) : wrongKind(access.keyKinds);
    }
  }
}

function admit(principal: Principal): Admitted {
  return { kind: 'admitted', principal };
}

function admitSession(request: GatewayApiRequest, parts: CallParts): Admitted | Refusal {
  return guardOf(parts, (guard) => {
    const session = guard.admit(request.headers, intentOf(request));
    return isRefusal(session) ? session : { kind: 'admitted', session };
  });
}

/** A key that is shown is what counts: whoever sends one does not mean the browser's cookie. */
function showsSessionAlone({ headers }: GatewayApiRequest): boolean {
  const { cookie, authorization, 'x-api-key': apiKey }: AskingHeaders = headers;
  return (
    authorization === undefined && apiKey === undefined && readSessionCookie(cookie) !== undefined
  );
}

interface AskingHeaders extends SessionHeaders {
  readonly authorization?: string | undefined;
  readonly 'x-api-key'?: string | undefined;
}

type Guard = NonNullable<AdminParts['sessions']>['guard'];

function guardOf(
  { sessions }: CallParts,
  ask: (guard: Guard) => Admitted | Refusal,
): Admitted | Refusal {
  return sessions === undefined
    ? refusal('not_found', 'The console is switched off.')
    : ask(sessions.guard);
}

function intentOf({ method }: GatewayApiRequest): RequestIntent {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

function wrongKind(wanted: readonly string[]): Refusal {
  const text = `This is for keys of the kind "${wanted.join('" or "')}".`;
  return refusal('permission_denied', text, { reason: 'scope_denied' });
}
