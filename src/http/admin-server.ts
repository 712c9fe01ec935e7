import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Authenticator } from '../access/authenticate.ts';
import { authorize } from '../access/authorize.ts';
import { isOwnName } from '../access/session-origin.ts';
import type { GatewayApi } from '../gateway/gateway-api.ts';
import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal, refusalText } from '../messages/errors.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import { newRequestId } from '../std/ids.ts';
import type { Random } from '../std/random.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { answerHealth, answerText, isHealthPath } from './answer-health.ts';
import { clientAddressOf } from './client-address.ts';
import type { ConsoleParts } from './console-listener.ts';
import { answerConsole } from './console-listener.ts';
import { LoopTurns } from './loop-turns.ts';
import { bodyReader } from './read-body.ts';
import { splitTarget } from './request-target.ts';
import { writeReply } from './write-reply.ts';

export interface AdminServerOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly isReady: () => boolean;
  readonly authenticator: Pick<Authenticator, 'authenticateAdmin'>;
  /** Whether metrics ask for an admin key: wherever the listener is not on loopback. */
  readonly needsKey: boolean;
  /** The admin API, which asks for an admin key everywhere: unset means closed. */
  readonly adminApi: GatewayApi;
  /** Undefined where the console is off. */
  readonly console?: ConsoleParts | undefined;
  /** How long the body of a request may take to arrive. */
  readonly bodyTimeoutMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly clientStallMs: () => number;
}

interface AdminServing extends AdminServerOptions {
  /** Requests of the data plane go in between: an operator does not feel it, they would. */
  readonly turns: LoopTurns;
}

const HEADERS_TIMEOUT_MS = 5000;
const BODY_TIMEOUT_MS = 5000;
const API_FOLDER = '/admin/';
const METRICS = '/metrics';
const NOTHING = 'There are /console/, /healthz, /readyz, /metrics and /admin/v1 here.\n';

/** The admin listener: health, readiness, metrics, the admin API and the console. On loopback by default. */
export function createAdminServer(options: AdminServerOptions): Server {
  const { bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  const requestTimeout = HEADERS_TIMEOUT_MS + bodyTimeoutMs;
  const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout };
  const turns = new LoopTurns();
  const server = createServer(timeouts, (request, response) => {
    handle(request, response, { ...options, turns }).catch((error: unknown) => {
      options.log.error('fault', { listener: 'admin', reason: String(error) });
      response.destroy();
    });
  });
  server.on('error', (error) => {
    if (!server.listening) return;
    options.log.error('listener_failed', { listener: 'admin', reason: error.message });
  });
  return server;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminServing,
): Promise<void> {
  if (answerHealth(request, response, options.isReady)) return;
  await options.turns.next();
  // Who left meanwhile would be told by no event any more.
  if (response.destroyed) return;
  if (request.url?.startsWith(API_FOLDER) === true) {
    await answerApi(request, response, options);
    return;
  }
  const { console } = options;
  if (console !== undefined && (await answerConsole(request, response, console))) return;
  const { url = '', method } = request;
  if (url !== METRICS && !isHealthPath(url)) {
    answerText(response, 404, NOTHING);
    return;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    answerText(response, 405, 'This is only read.\n');
    return;
  }
  const said = options.needsKey ? refuseKey(request, options) : refuseName(request);
  if (said !== undefined) {
    answerText(response, errorTable[said.code].status, `${refusalText(said)}\n`);
    return;
  }
  const body = await options.metrics.text();
  response.writeHead(200, { 'content-type': options.metrics.contentType });
  response.end(body);
}

/** Wherever others may come from: an admin key, from where it may be used. */
function refuseKey(
  request: IncomingMessage,
  { authenticator }: AdminServerOptions,
): Refusal | undefined {
  const principal = authenticator.authenticateAdmin(request.headers);
  if (isRefusal(principal)) return principal;
  const clientAddress = clientAddressOf(request, []);
  return authorize(principal, { scope: undefined, clientAddress });
}

const LOOPBACK = '127.0.0.1';

/**
 * On loopback there is no key to show, so a page that has its own name point here could read what a
 * browser on this machine reads: only the machine's own names and addresses are answered.
 */
function refuseName({ headers }: IncomingMessage): Refusal | undefined {
  if (headers.host === undefined || isOwnName(headers, LOOPBACK)) return undefined;
  return refusal('permission_denied', 'Without a key this is answered at localhost only.');
}

/** No proxy is believed here: what stands between an operator and this listener is their own. */
async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  { adminApi, clock, random, clientStallMs, turns }: AdminServing,
): Promise<void> {
  const cancellation = new CancellationSource();
  response.on('close', () => {
    if (!response.writableFinished) cancellation.cancel();
  });
  const { method = '', url = '', headers } = request;
  const reply = await adminApi.answer({
    id: newRequestId(random, clock.wallMs()),
    method,
    ...splitTarget(url),
    headers,
    clientAddress: clientAddressOf(request, []),
    body: bodyReader(request, () => {}),
    cancellation,
  });
  await turns.next();
  if (response.destroyed && !(reply.body instanceof Uint8Array)) reply.body.cancel();
  else writeReply(response, reply, { clock, clientStallMs: clientStallMs() });
}
