import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebAssets } from '../pages/web-assets.ts';
import { answerText } from './answer-health.ts';
import { splitTarget } from './request-target.ts';

const FOLDER = '/assets/';
/** Names hold a digest of what is in the file: it never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Answers a built browser file, for anybody. Returns whether the request was for one. */
export function answerAsset(
  request: IncomingMessage,
  response: ServerResponse,
  assets: WebAssets,
): boolean {
  const { path } = splitTarget(request.url ?? '');
  if (!path.startsWith(FOLDER)) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    answerText(response, 405, 'Files are only read.\n');
    return true;
  }
  const asset = assets.find(path);
  if (asset === undefined) {
    answerText(response, 404, 'There is no such file.\n');
    return true;
  }
  const { type, bytes, brotli } = asset;
  const isBrotli = brotli !== undefined && takesBrotli(request.headers['accept-encoding']);
  const body = isBrotli ? brotli : bytes;
  response.writeHead(200, {
    'content-type': type,
    'content-length': String(body.length),
    'cache-control': FOR_EVER,
    'x-content-type-options': 'nosniff',
    ...(brotli === undefined ? {} : { vary: 'accept-encoding' }),
    ...(isBrotli ? { 'content-encoding': 'br' } : {}),
  });
  // Node sends no body to a HEAD.
  response.end(body);
  return true;
}

/** RFC 9110 §12.5.3: a weight of 0 is a no. */
function takesBrotli(header: string | readonly string[] | undefined): boolean {
  const text = typeof header === 'string' ? header : '';
  return text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .some((part) => /^br\s*(?:;\s*q=(?!0(?:\.0{0,3})?$)[\d.]+)?$/.test(part));
}
