import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Dialect } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import type { UpstreamChoice } from '../gateway/chosen-upstream.ts';
import type { Walk, WalkReply, WalkRequest } from '../gateway/exchange.ts';
import type { GatewayApi } from '../gateway/gateway-api.ts';
import { serveRequest } from '../gateway/serve-request.ts';
import type { WebAssets } from '../pages/web-assets.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Cidr } from '../std/cidr.ts';
import { newRequestId } from '../std/ids.ts';
import type { Random } from '../std/random.ts';
import { answerAsset } from './answer-asset.ts';
import { answerHealth, answerText } from './answer-health.ts';
import type { ApiRequests } from './api-requests.ts';
import type { BeforeWalk, EdgeRequest } from './before-walk.ts';
import { beforeWalk } from './before-walk.ts';
import type { CorsOrigins } from './cors.ts';
import { corsHeaders } from './cors.ts';
import { clientAddressOf } from './client-address.ts';
import type { ModelsPages } from './models-pages.ts';
import { bodyReader } from './read-body.ts';
import { dialectAt } from './routes.ts';
import { splitTarget } from './request-target.ts';
import { unwrapRemoteBinding } from './unwrap-remote-binding.ts';
import { writeReply } from './write-reply.ts';

export interface ApiServerOptions {
  readonly walk: Walk;
  /** The walk itself; a program that looks at requests puts something around it. */
  readonly serve?: typeof serveRequest;
  /** What is about gateways and not about a model; absent where there is none. */
  readonly gatewayApi?: GatewayApi;
  readonly random: Random;
  readonly requests: ApiRequests;
  readonly isReady: () => boolean;
  readonly headerBytesMax: number;
  readonly connectionsMax: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly clientStallMs: () => number;
  /** Proxies whose word counts for where a caller is; none where absent. */
  readonly trustedProxies?: () => readonly Cidr[];
  /** Browser files that pages load; none where absent. */
  readonly assets?: WebAssets;
  /** The pages at `/models/`; none where absent. */
  readonly pages?: ModelsPages;
  /** Whose pages may call from a browser; none where absent. */
  readonly corsOrigins?: () => CorsOrigins;
}

/** How often the server looks for connections that are over their time. */
const TIMEOUT_CHECK_MS = 2000;
const TCP_KEEP_ALIVE_MS = 30_000;

/** The public listener: sockets in, the walk in between, sockets out. */
export function createApiServer(options: ApiServerOptions): Server {
  const server = createServer({
    maxHeaderSize: options.headerBytesMax,
    headersTimeout: options.headersTimeoutMs,
    requestTimeout: options.headersTimeoutMs + options.bodyTimeoutMs,
    keepAliveTimeout: options.keepAliveMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    noDelay: true,
    insecureHTTPParser: false,
    // Refused by us, since Node's own refusal is not in the API's form.
    requireHostHeader: false,
  });
  server.maxConnections = options.connectionsMax;
  const serve = (
    request: IncomingMessage,
    response: ServerResponse,
    onRead: () => void = () => {},
  ): void => {
    handle(request, response, { options, onRead }).catch((error: unknown) => {
      // Nobody waits for it: what is thrown here would end the process, and every request in it.
      options.walk.log.error('fault', { listener: 'api', reason: String(error) });
      response.destroy();
    });
  };
  server.on('request', (request, response) => {
    serve(request, response);
  });
  server.on('checkContinue', (request, response) => {
    serve(request, response, () => {
      response.writeContinue();
    });
  });
  // An expectation that we do not know is no reason to refuse.
  server.on('checkExpectation', (request, response) => {
    serve(request, response);
  });
  server.on('error', (error) => {
    if (!server.listening) return;
    options.walk.log.error('listener_failed', { listener: 'api', reason: error.message });
  });
  server.on('clientError', (error: ClientError, socket: Socket) => {
    // An answer is under way on it: another one would end up in the midst of that.
    if (options.requests.isAnswering(socket)) socket.destroy();
    else refuseConnection(error, socket, options);
  });
  return server;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { options, onRead }: { readonly options: ApiServerOptions; readonly onRead: () => void },
): Promise<void> {
  const { method = '', headers: sent } = request;
  const lacksHost = sent.host === undefined && request.httpVersion === '1.1';
  if (!lacksHost && answerHealth(request, response, options.isReady)) return;
  if (options.assets !== undefined && answerAsset(request, response, options.assets)) return;
  const addressed = unwrapRemoteBinding({ target: request.url ?? '', headers: sent });
  if (addressed === undefined) {
    response.setHeader('upgrade', 'HTTP/1.1');
    answerText(response, 426, 'Only HTTP requests are answered here.\n');
    return;
  }
  const { target, headers } = addressed;
  const isLetIn = letPageIn(sent, response, options);
  const clientAddress = clientAddressOf(request, options.trustedProxies?.() ?? []);
  const asked = { method, target, headers, clientAddress, lacksHost, isLetIn };
  await serveAsked(request, response, { asked, options, onRead });
}

/** What to serve in the place of what a request says itself, and with what. */
export interface ServedRequest extends UpstreamChoice {
  readonly asked: Omit<EdgeRequest, 'requestId'>;
  readonly options: ServingOptions;
  /** Called when the body is begun to be read. */
  readonly onRead: () => void;
}

/** What serving takes, whichever listener the request came to. */
export type ServingOptions = Pick<
  ApiServerOptions,
  'walk' | 'serve' | 'gatewayApi' | 'pages' | 'random' | 'requests' | 'clientStallMs'
>;

/** Serves one request as the public listener does. */
export async function serveAsked(
  request: IncomingMessage,
  response: ServerResponse,
  served: ServedRequest,
): Promise<void> {
  const { options, onRead, upstreamName } = served;
  const { method, target, headers, clientAddress, ...edge } = served.asked;
  const id = newRequestId(options.random, options.walk.clock.wallMs());
  const heard = { ...edge, requestId: id, method, target, headers, clientAddress };
  const found = beforeWalk(heard, options.walk, options.gatewayApi, options.pages);
  if (found.kind === 'answered') {
    send(response, await found.reply, options);
    return;
  }
  const cancellation = new CancellationSource();
  const active = options.requests.begin(response, (said) => {
    refuseUnanswered(response, found.kind === 'walk' ? found.route.dialect : dialectAt(target), {
      said,
      id,
    });
    cancellation.cancel();
  });
  response.on('close', () => {
    active.end();
    if (!response.writableFinished) cancellation.cancel();
  });
  const body = bodyReader(request, onRead);
  const asked = { id, headers, clientAddress, body, cancellation, upstreamName };
  const reply =
    found.kind === 'gateway-api'
      ? await found.api.answer({ ...asked, method, ...splitTarget(target) })
      : await walkRoute(found, asked, options);
  if (options.requests.isDraining && !response.headersSent) {
    response.setHeader('connection', 'close');
  }
  if (reply.cut !== undefined) active.canBeCut(reply.cut);
  send(response, reply, options);
}

/** A no in the place of an answer that has not begun, on a connection that ends with it. */
function refuseUnanswered(
  response: ServerResponse,
  dialect: Dialect,
  { said, id }: { readonly said: Refusal; readonly id: string },
): void {
  const { status, headers, body } = dialect.encodeError(said, id);
  const length = ['content-length', String(body.length)];
  response.writeHead(status, [...headers, ...length, 'connection', 'close']);
  response.end(body);
}

type FoundRoute = Extract<BeforeWalk, { readonly kind: 'walk' }>;
type AskedRequest = Pick<
  WalkRequest,
  'id' | 'headers' | 'clientAddress' | 'body' | 'cancellation' | 'upstreamName'
>;

function walkRoute(
  { route, upstreamPath, target }: FoundRoute,
  asked: AskedRequest,
  { serve = serveRequest, walk }: ServingOptions,
): Promise<WalkReply> {
  const { dialect, operation, method } = route;
  return serve({ ...asked, dialect, operation, method, upstreamPath, target }, walk);
}

/** Says on whatever is answered that a page may read it, where its origin is allowed. */
function letPageIn(
  asked: IncomingHttpHeaders,
  response: ServerResponse,
  { corsOrigins }: ApiServerOptions,
): boolean {
  const headers = corsHeaders(corsOrigins?.() ?? [], asked);
  for (let index = 0; index < headers.length; index += 2) {
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
  return headers.length > 0;
}

function send(
  response: ServerResponse,
  reply: WalkReply,
  { walk, clientStallMs }: ServingOptions,
): void {
  // Gone, or answered in its place while it was on its way.
  if (response.destroyed || response.headersSent) {
    if (!(reply.body instanceof Uint8Array)) reply.body.cancel();
    return;
  }
  try {
    writeReply(response, reply, { clock: walk.clock, clientStallMs: clientStallMs() });
  } catch (error) {
    // Node refuses a head that it cannot send, whoever made it; nobody waits for this promise, so
    // what it throws would end the process.
    walk.log.error('reply_failed', { reason: String(error) });
    if (!(reply.body instanceof Uint8Array)) reply.body.cancel();
    response.destroy();
  }
}

const refusedConnections: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: refusal('headers_too_large'),
  ERR_HTTP_REQUEST_TIMEOUT: refusal('upload_timeout'),
};

/** What Node says of a connection that it could not read, with the bytes that it was reading. */
interface ClientError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/** How much of a request line says what form its answer has. */
const LINE_BYTES = 1024;

function firstLineOf({ rawPacket }: ClientError): string {
  return rawPacket?.toString('latin1', 0, LINE_BYTES) ?? '';
}

/** The form of what was asked for, as far as it got there; where it did not, the canonical one. */
function dialectOf(error: ClientError): Dialect {
  const target = /^[A-Z]+ (\/\S*)/.exec(firstLineOf(error))?.[1];
  return target === undefined ? messagesDialect : dialectAt(target);
}

/** What is no HTTP never becomes a request: it is answered on the bare socket, then closed. */
function refuseConnection(error: ClientError, socket: Socket, options: ApiServerOptions): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const said = refusedConnections[error.code ?? ''] ?? refusal('bad_http');
  const id = newRequestId(options.random, options.walk.clock.wallMs());
  const { status, headers, body } = dialectOf(error).encodeError(said, id);
  const lines = [`HTTP/1.1 ${String(status)} Error`, 'connection: close'];
  for (let index = 0; index < headers.length; index += 2) {
    lines.push(`${headers[index] ?? ''}: ${headers[index + 1] ?? ''}`);
  }
  lines.push(`content-length: ${String(body.length)}`, '', '');
  const head = Buffer.from(lines.join('\r\n'));
  // What follows the head of an answer to HEAD would be read as another answer.
  socket.end(firstLineOf(error).startsWith('HEAD ') ? head : Buffer.concat([head, body]));
}
