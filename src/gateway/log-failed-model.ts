import type { RefusedWalk } from './ended-walk.ts';
import { settleModel } from './settle-request.ts';

/**
 * Writes the log of a model that failed and from which a route leads on: what its caller would have
 * been told stands there as the answer. Workers reference §3.8, §3.11.
 */
export function logFailedModel({ at, refused, reported = {} }: RefusedWalk): void {
  const { request, gateway } = at;
  const { status, headers, body } = request.dialect.encodeError(refused, request.id);
  settleModel(at, { ...reported, status, errorCode: refused.code, responseBytes: body.length });
  gateway?.log?.answer({ status, headers, body });
}
