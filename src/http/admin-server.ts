import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Authenticator } from '../access/authenticate.ts';
import { isRefusal, refusalText } from '../messages/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { answerHealth, answerText } from './answer-health.ts';

export interface AdminServerOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly isReady: () => boolean;
  readonly authenticator: Authenticator;
  /** Whether callers have to show an admin key: wherever the listener is not on loopback. */
  readonly needsKey: boolean;
}

const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;

/** The admin listener: health, readiness, metrics. On loopback by default. */
export function createAdminServer(options: AdminServerOptions): Server {
  const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer(timeouts, (request, response) => {
    handle(request, response, options).catch((error: unknown) => {
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
  options: AdminServerOptions,
): Promise<void> {
  if (answerHealth(request, response, options.isReady)) return;
  if (request.url !== '/metrics') {
    answerText(response, 404, 'There are /healthz, /readyz and /metrics here.\n');
    return;
  }
  if (options.needsKey) {
    const principal = options.authenticator.authenticateAdmin(request.headers);
    if (isRefusal(principal)) {
      answerText(response, 401, `${refusalText(principal)}\n`);
      return;
    }
  }
  const body = await options.metrics.text();
  response.writeHead(200, { 'content-type': options.metrics.contentType });
  response.end(body);
}
