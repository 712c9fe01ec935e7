import type { IncomingMessage, ServerResponse } from 'node:http';

/** The paths that are answered so. */
export const healthPaths = ['/healthz', '/readyz'] as const;
const [ALIVE, READY] = healthPaths;

/** Whether a path is one of them. */
export function isHealthPath(path: string): boolean {
  return healthPaths.some((known) => known === path);
}

/**
 * `/healthz`: the process answers. `/readyz`: it takes requests. The same on both listeners,
 * without a key. Returns whether the request was one of these.
 */
export function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  isReady: () => boolean,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (request.url === ALIVE) {
    answerText(response, 200, 'ok\n');
    return true;
  }
  if (request.url === READY) {
    const ready = isReady();
    answerText(response, ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n');
    return true;
  }
  return false;
}

/** A short plain answer. */
export function answerText(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  });
  response.end(body);
}
