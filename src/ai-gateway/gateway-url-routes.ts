import { isOwnerLabel } from '../dialects/workers-ai/gateway-host-path.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
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
  if (isRefusal(policy)) return policy;
  const label = labelOf(call);
  if (typeof label !== 'string') return label;
  return { kind: 'result', result: show(urlOf(label, call)) };
}

const LABEL_HEADER = 'x-quatrain-account';
const labelPattern = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * What stands for the account in the address: what the path of the account's API says, what a client
 * of the binding's routes says in a header, else its own name. Whose account it is, the key says.
 */
function labelOf({ account, params, headers }: ApiCall): string | Refusal {
  const said = headers[LABEL_HEADER];
  if (params['account'] !== undefined || said === undefined) return params['account'] ?? account;
  if (typeof said === 'string' && labelPattern.test(said) && isOwnerLabel(said)) return said;
  const text = `${LABEL_HEADER}: expected up to 64 letters, digits, "_" and "-" that are no folder of the API.`;
  return refusal('invalid_request', text);
}

function urlOf(label: string, { params, parts }: ApiCall): string {
  const { gateway = '', provider = UNIVERSAL } = params;
  const ofGateway = `${parts.publicUrl()}/v1/${label}/${gateway}/`;
  return provider === UNIVERSAL ? ofGateway : `${ofGateway}${provider}`;
}
