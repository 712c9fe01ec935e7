import { GATEWAY_HOST_PATH } from '../dialects/workers-ai/gateway-host-path.ts';
import { hasOwnToken } from '../dialects/workers-ai/read-host-credentials.ts';
import { admitQuestion } from '../gateway/admit-key.ts';
import { admitToGateway } from '../gateway/admit-request.ts';
import { unauthenticatedAt } from '../gateway/apply-gateway.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { resolveGateway } from '../policy/resolve-gateway.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { readUniversalSteps } from './read-universal-steps.ts';
import { refuseWithLog } from './refuse-with-log.ts';
import { serveStepsOnce } from './serve-steps-once.ts';
import { serveSteps } from './serve-steps.ts';

/**
 * The universal endpoint, on a gateway's URL and as the binding calls it: the first of several steps
 * that succeeds answers. Workers reference §1.1 (5), §3.1.
 */
export const universalRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: GATEWAY_HOST_PATH,
    face: 'gateway-host',
    scope: 'workers-ai',
    walks: true,
    answer: (call) => answerUniversal(call, hasOwnToken(call.headers)),
  },
  {
    method: 'POST',
    path: '/ai-gateway/universal/run/{gateway}',
    face: 'gateway-binding',
    scope: 'workers-ai',
    walks: true,
    // Calls of the binding are authenticated as such (Workers reference §3.4).
    answer: (call) => answerUniversal(call, true),
  },
];

async function answerUniversal(
  call: ApiCall,
  isAuthenticated: boolean,
): Promise<ApiAnswer | Refusal> {
  const { account, atMs, params, parts, request } = call;
  const policy = await resolveGateway(params['gateway'] ?? '', { account, atMs }, parts.gateways);
  if (isRefusal(policy)) return policy;
  if (policy.authentication && !isAuthenticated) return unauthenticatedAt(policy.id);
  const { bodyBytesMax, jsonBounds } = parts.walk.settings();
  const entry = { policy, isAuthenticated };
  const refuse = (said: Refusal, body: Uint8Array): ApiAnswer => {
    const part = { ...entry, provider: 'universal', path: '', headers: call.headers, body };
    return { kind: 'reply', reply: refuseWithLog(said, part, call) };
  };
  const { principal } = call;
  const refuseUnread = async (said: Refusal, body: Uint8Array): Promise<ApiAnswer> =>
    refuse((await admitQuestion(principal, parts.walk.rateLimits)) ?? said, body);
  const body = await request.body.read(bodyBytesMax);
  if (isRefusal(body)) return refuseUnread(body, new Uint8Array(0));
  const steps = readUniversalSteps(body, jsonBounds);
  if (isRefusal(steps)) return refuseUnread(steps, body);
  // All steps are one request of the gateway.
  const refused = admitToGateway(policy, parts.walk.limiter);
  if (refused !== undefined) return refuse(refused, body);
  const reply = await serveStepsOnce(call, body, (asked) => serveSteps(steps, entry, asked));
  return isRefusal(reply) ? refuse(reply, body) : { kind: 'reply', reply };
}
