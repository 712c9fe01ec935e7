import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeConsoleShell } from '../pages/console-shell.ts';
import { pageHeaders } from '../pages/page-headers.ts';
import type { WebAssets } from '../pages/web-assets.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import { answerAsset } from './answer-asset.ts';
import { answerText } from './answer-health.ts';
import { serveAsked } from './api-server.ts';
import { clientAddressOf } from './client-address.ts';
import type { ConsoleTrying } from './console-try.ts';
import { TRY_FOLDER, answerTry } from './console-try.ts';
import { splitTarget } from './request-target.ts';

/** What the admin listener has for browsers. */
export interface ConsoleParts extends ConsoleTrying {
  readonly assets: WebAssets;
}

const HOME = '/console/';
/** Pages of the catalog, which the console links to: the same as on the public listener. */
const MODELS = '/models/';
const shortcuts: ReadonlySet<string> = new Set(['/', '/console']);

/** Answers what is for browsers. Returns whether the request was for something of that. */
export async function answerConsole(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ConsoleParts,
): Promise<boolean> {
  const { path } = splitTarget(request.url ?? '');
  if (answerAsset(request, response, parts.assets)) return true;
  if (path.startsWith(TRY_FOLDER)) {
    await answerTry(request, response, parts);
    return true;
  }
  if (path.startsWith(MODELS)) {
    await answerCatalog(request, response, parts);
    return true;
  }
  const isHome = path.startsWith(HOME);
  if (!isHome && !shortcuts.has(path)) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    answerText(response, 405, 'Pages are only read.\n');
  } else if (isHome) {
    answerShell(response, parts.assets);
  } else {
    response.writeHead(302, { location: HOME, 'content-length': '0' });
    response.end();
  }
  return true;
}

/** Every address of the console is the same page: what it shows is in the address. */
function answerShell(response: ServerResponse, assets: WebAssets): void {
  const entry = assets.entry('console');
  const page = Buffer.from(writeConsoleShell(entry));
  response.writeHead(entry.scripts.length === 0 ? 503 : 200, [
    ...pageHeaders,
    'content-type',
    'text/html; charset=utf-8',
    'content-length',
    String(page.length),
    // It names the files of this build.
    'cache-control',
    'no-cache',
    'cross-origin-opener-policy',
    'same-origin',
  ]);
  response.end(page);
}

async function answerCatalog(
  request: IncomingMessage,
  response: ServerResponse,
  { serving }: ConsoleParts,
): Promise<void> {
  const { method = '', url: target = '' } = request;
  const { cookie: _, authorization: _auth, 'x-api-key': _key, ...headers } = request.headers;
  const known: HeaderMap = headers;
  const clientAddress = clientAddressOf(request, []);
  const asked = { method, target, headers: known, clientAddress, lacksHost: false, isLetIn: false };
  await serveAsked(request, response, { asked, options: serving, onRead: () => {} });
}
