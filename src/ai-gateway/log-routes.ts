import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type {
  GatewayLogRow,
  GatewayLogs,
  LoggedBody,
  LoggedGateway,
} from '../policy/gateway-log.ts';
import type { ApiAnswer, ApiCall, ApiFace, ApiRoute } from './api-route.ts';
import type { BodyHead } from './encode-log.ts';
import { encodeBounds, encodeHeads, encodeLog } from './encode-log.ts';
import { findGateway } from './gateway-routes.ts';
import { readListPage } from './paged-list.ts';
import { readLogListing, readWhole } from './read-log-listing.ts';
import { readLogPatch } from './read-log-patch.ts';

const LOGS = '/client/v4/accounts/{account}/ai-gateway/gateways/{gateway}/logs';
const LOG = `${LOGS}/{log}`;
const BINDING_LOG = '/ai-gateway/gateways/{gateway}/logs/{log}';

/** Most logs that one request removes. */
const REMOVED_MAX = 10_000;
/** How much of a body stands in its log. */
const HEAD_BYTES = 4096;

/** The logs of a gateway, for the account's API and for the binding; Workers reference §1.6, §3.11. */
export const logRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: LOGS, face: 'account', answer: listLogs },
  { method: 'DELETE', path: LOGS, face: 'account', answer: removeLogs },
  { method: 'GET', path: LOG, face: 'account', answer: (call) => showLog(call, 'account') },
  { method: 'PATCH', path: LOG, face: 'account', answer: (call) => patchLog(call, 'account') },
  ...(['request', 'response'] as const).map((which): ApiRoute => ({
    method: 'GET',
    path: `${LOG}/${which}`,
    face: 'account',
    answer: (call) => showBody(call, which),
  })),
  { method: 'GET', path: BINDING_LOG, face: 'binding', answer: (call) => showLog(call, 'binding') },
  {
    method: 'PATCH',
    path: BINDING_LOG,
    face: 'binding',
    answer: (call) => patchLog(call, 'binding'),
  },
];

/** The logs of the gateway that a request is about. */
export interface FoundLogs {
  readonly logs: GatewayLogs;
  readonly gateway: LoggedGateway;
}

/** Finds them, where the gateway is there and logs are kept at all. */
export async function findLogs(call: ApiCall): Promise<FoundLogs | Refusal> {
  const { account, parts } = call;
  const policy = await findGateway(call);
  if (isRefusal(policy)) return policy;
  const { logs } = parts;
  if (logs !== undefined) return { logs, gateway: { account, gatewayId: policy.id } };
  const text =
    'This installation keeps no logs of gateways, so there are none to read or to change.';
  return refusal('invalid_request', text, { reason: 'unserved' });
}

async function listLogs(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const found = await findLogs(call);
  if (isRefusal(found)) return found;
  const page = readListPage(call.query);
  if (isRefusal(page)) return page;
  const listing = readLogListing(call.query, found.gateway);
  if (isRefusal(listing)) return listing;
  const { page: number, perPage: limit } = page;
  const { rows, count, bounds } = await found.logs.list({
    ...listing,
    limit,
    offset: (number - 1) * limit,
  });
  return {
    kind: 'result',
    result: rows.map((row) => encodeLog(row, 'account')),
    resultInfo: {
      page: number,
      per_page: limit,
      count: rows.length,
      total_count: count,
      ...encodeBounds(bounds),
    },
  };
}

async function removeLogs(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const found = await findLogs(call);
  if (isRefusal(found)) return found;
  const limit = readWhole(call.query, 'limit', { absent: REMOVED_MAX, most: REMOVED_MAX });
  if (typeof limit !== 'number') return limit;
  const listing = readLogListing(call.query, found.gateway);
  if (isRefusal(listing)) return listing;
  const removed = await found.logs.remove({ ...listing, limit, offset: 0 });
  return { kind: 'result', result: { removed } };
}

async function showLog(call: ApiCall, face: ApiFace): Promise<ApiAnswer | Refusal> {
  const found = await findLog(call);
  if (isRefusal(found)) return found;
  const { row, logs, gateway } = found;
  const head = async (which: LoggedBody, bytes: number): Promise<BodyHead> => {
    const kept = await logs.body(gateway, row.id, { which, bytesMax: HEAD_BYTES });
    // A letter that is cut through is left out.
    const text = kept && new TextDecoder().decode(kept, { stream: true });
    return { text, isComplete: kept !== undefined && kept.length === bytes };
  };
  const heads = {
    request: await head('request', row.requestBytes),
    response: await head('response', row.responseBytes),
  };
  return { kind: 'result', result: { ...encodeLog(row, face), ...encodeHeads(row, heads) } };
}

async function patchLog(call: ApiCall, face: ApiFace): Promise<ApiAnswer | Refusal> {
  const found = await findLog(call);
  if (isRefusal(found)) return found;
  const body = await call.readObject();
  if (isRefusal(body)) return body;
  const patch = readLogPatch(body);
  if ('code' in patch) return patch;
  const { logs, gateway, row } = found;
  await logs.patch(gateway, row.id, patch);
  const patched = await logs.find(gateway, row.id);
  if (patched === undefined) return noSuchLog();
  return { kind: 'result', result: encodeLog(patched, face) };
}

/** A body as it was, in no envelope; Workers reference §3.11. */
async function showBody(call: ApiCall, which: LoggedBody): Promise<ApiAnswer | Refusal> {
  const found = await findLog(call);
  if (isRefusal(found)) return found;
  const { row, logs, gateway } = found;
  const body = await logs.body(gateway, row.id, { which });
  if (body === undefined) {
    return refusal('not_found', `The ${which} of this log was not kept.`, {
      reason: 'record_not_found',
    });
  }
  const type = which === 'request' ? row.requestContentType : row.responseContentType;
  const headers = ['content-type', shownType(type), 'x-content-type-options', 'nosniff'];
  return { kind: 'reply', reply: { status: 200, headers, body } };
}

/** What a caller said of its own body is not said in the gateway's name. */
function shownType(type = ''): string {
  if (/\bjson\b/.test(type)) return 'application/json';
  return type.startsWith('text/event-stream') ? 'text/event-stream' : 'application/octet-stream';
}

async function findLog(
  call: ApiCall,
): Promise<(FoundLogs & { readonly row: GatewayLogRow }) | Refusal> {
  const found = await findLogs(call);
  if (isRefusal(found)) return found;
  const row = await found.logs.find(found.gateway, call.params['log'] ?? '');
  return row === undefined ? noSuchLog() : { ...found, row };
}

/** The words that the binding's own parser is given; Workers reference §1.6. */
function noSuchLog(): Refusal {
  return refusal('not_found', 'Not Found', { reason: 'record_not_found' });
}
