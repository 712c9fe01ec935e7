import { authorize } from '../access/authorize.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { accountDialect } from '../dialects/workers-ai/account-dialect.ts';
import { bindingDialect } from '../dialects/workers-ai/binding-dialect.ts';
import { gatewayHostDialect } from '../dialects/workers-ai/gateway-endpoints.ts';
import { readCredentials } from '../dialects/workers-ai/read-credentials.ts';
import type { WalkReply } from '../gateway/exchange.ts';
import { admitQuestion } from '../gateway/admit-key.ts';
import type { GatewayApi, GatewayApiRequest } from '../gateway/gateway-api.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import { apiRoutes } from './api-routes.ts';
import type { ApiAnswer, ApiFace, ApiParts, ApiRoute } from './api-route.ts';
import { scopeOfRoute } from './api-route.ts';
import { matchPath } from './match-path.ts';

/** Largest body of a request about gateways: they are settings, never content. */
const BODY_BYTES_MAX = 64 * 1024;

const dialects: Readonly<Record<ApiFace, Dialect>> = {
  account: accountDialect,
  binding: bindingDialect,
  'gateway-host': gatewayHostDialect,
  'gateway-binding': { ...gatewayHostDialect, readCredentials },
};

interface FoundRoute {
  readonly route: ApiRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** The API about gateways over their stores, for the edge; Workers reference §1.6, §3.11, §3.12. */
export function createGatewayApi(parts: ApiParts): GatewayApi {
  return {
    methodsAt: (path) => routesAt(path).map(({ route }) => route.method),
    async answer(request) {
      const here = routesAt(request.path);
      const wanted = request.method === 'HEAD' ? 'GET' : request.method;
      const found = here.find(({ route }) => route.method === wanted);
      const face = (found ?? here[0])?.route.face ?? 'account';
      const asked = { face, request };
      if (found === undefined && here.length > 0) {
        const no = replyOf(refusal('method_not_allowed'), dialects[face], asked);
        const methods = here.map(({ route }) => route.method).join(', ');
        return { ...no, headers: [...no.headers, 'allow', methods] };
      }
      const answered =
        found === undefined ? refusal('not_found') : await answerOrFault(found, request, parts);
      return replyOf(answered, dialects[face], asked);
    },
  };
}

function routesAt(path: string): readonly FoundRoute[] {
  return apiRoutes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params === undefined ? [] : [{ route, params }];
  });
}

async function answerOrFault(
  found: FoundRoute,
  request: GatewayApiRequest,
  parts: ApiParts,
): Promise<ApiAnswer | Refusal> {
  try {
    return await answerFound(found, request, parts);
  } catch (error) {
    // Refusals are values: what is thrown is a fault of ours, and the caller gets an answer.
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parts.walk.log.error('fault', { requestId: request.id, reason });
    return refusal('internal');
  }
}

async function answerFound(
  { route, params }: FoundRoute,
  request: GatewayApiRequest,
  parts: ApiParts,
): Promise<ApiAnswer | Refusal> {
  const { headers, query } = request;
  const { authenticator, clock, rateLimits } = parts.walk;
  const shown = dialects[route.face].readCredentials?.(headers) ?? headers;
  const principal = authenticator.authenticate(shown);
  if (isRefusal(principal)) return principal;
  const { clientAddress } = request;
  const denied = authorize(principal, { scope: scopeOfRoute(route), clientAddress });
  if (denied !== undefined) return denied;
  const excess = route.walks === true ? undefined : await admitQuestion(principal, rateLimits);
  if (excess !== undefined) return excess;
  return await route.answer({
    account: principal.account,
    principal,
    params,
    query: new URLSearchParams(query),
    headers,
    requestId: request.id,
    atMs: clock.wallMs(),
    parts,
    request,
    readObject: () => readObject(request, parts),
  });
}

async function readObject(
  { body }: GatewayApiRequest,
  { walk }: ApiParts,
): Promise<JsonObject | Refusal> {
  const bytes = await body.read(BODY_BYTES_MAX);
  if (isRefusal(bytes)) return bytes;
  const scan = scanJsonObject(bytes, walk.settings().jsonBounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed') return malformed(parsed.detail);
  if (isJsonObject(parsed.value)) return parsed.value;
  return refusal('invalid_request', 'The request body has to be a JSON object.');
}

function malformed(detail: string): Refusal {
  return refusal('malformed_json', `The request body is not valid JSON: ${detail}`);
}

function replyOf(
  answered: ApiAnswer | Refusal,
  dialect: Dialect,
  { face, request }: { readonly face: ApiFace; readonly request: GatewayApiRequest },
): WalkReply {
  const own = dialect.replyHeaders(request.headers, request.id);
  if (isRefusal(answered)) {
    const { status, headers, body } = dialect.encodeError(answered, request.id);
    return { status, headers: [...headers, ...own], body };
  }
  if (answered.kind === 'reply') return answered.reply;
  const { result, resultInfo, members } = answered;
  const info = { ...(resultInfo === undefined ? {} : { result_info: resultInfo }), ...members };
  const envelope =
    face === 'binding'
      ? { success: true, result, ...info }
      : { result, success: true, errors: [], messages: [], ...info };
  const body = Buffer.from(JSON.stringify(envelope));
  return { status: 200, headers: ['content-type', 'application/json', ...own], body };
}
