import type { Principal } from '../access/authenticate.ts';
import { authorize } from '../access/authorize.ts';
import type { GatewayApiRequest } from '../gateway/gateway-api.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { AdminParts } from './admin-parts.ts';
import type { ApiRoute } from './api-route.ts';

/** Who asks, where the route wants to know it; or why they may not. The body is still unread. */
export function authorizeCall(
  { access }: Pick<ApiRoute, 'access'>,
  request: GatewayApiRequest,
  { authenticator }: Pick<AdminParts, 'authenticator'>,
): Principal | undefined | Refusal {
  const { headers, clientAddress } = request;
  switch (access.kind) {
    case 'anyone':
    case 'signed':
      return undefined;
    case 'admin': {
      const principal = authenticator.authenticateAdmin(headers);
      if (isRefusal(principal)) return principal;
      return authorize(principal, { scope: undefined, clientAddress }) ?? principal;
    }
    case 'account': {
      const principal = authenticator.authenticate(headers);
      if (isRefusal(principal)) return principal;
      const no = authorize(principal, { scope: access.scope, clientAddress });
      if (no !== undefined) return no;
      const isOfKind = access.keyKinds.some((kind) => kind === principal.keyKind);
      return isOfKind ? principal : wrongKind(access.keyKinds);
    }
  }
}

function wrongKind(wanted: readonly string[]): Refusal {
  const text = `This is for keys of the kind "${wanted.join('" or "')}".`;
  return refusal('permission_denied', text, { reason: 'scope_denied' });
}
