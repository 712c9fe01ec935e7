import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { findGateway } from './gateway-routes.ts';

/** What the binding asks for where it names no provider; Workers reference §1.1. */
const UNIVERSAL = 'universal';

/**
 * Where a gateway is reached. The account's API says the address as it is, the binding's twin
 * inside an object; Workers reference §1.6, §3.12.
 */
export const gatewayUrlRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/client/v4/accounts/{account}/ai-gateway/gateways/{gateway}/url/{provider}',
    face: 'account',
    answer: async (call) => answerUrl(call, (url) => url),
  },
  {
    method: 'GET',
    path: '/ai-gateway/gateways/{gateway}/url/{provider}',
    face: 'binding',
    answer: async (call) => answerUrl(call, (url) => ({ url })),
  },
];

async function answerUrl(
  call: ApiCall,
  show: (url: string) => object | string,
): Promise<ApiAnswer | Refusal> {
  const policy = await findGateway(call);
  return isRefusal(policy) ? policy : { kind: 'result', result: show(urlOf(call)) };
}

/** The account in it is a label: whose account it is, the key says. */
function urlOf({ account, params, parts }: ApiCall): string {
  const { account: label = account, gateway = '', provider = UNIVERSAL } = params;
  const ofGateway = `${parts.publicUrl()}/v1/${label}/${gateway}/`;
  return provider === UNIVERSAL ? ofGateway : `${ofGateway}${provider}`;
}
