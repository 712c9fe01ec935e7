import { sendRaw } from './post.ts';

/** What a page may send without being asked first; Fetch standard, CORS-safelisted. */
const plainMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
const plainHeaders: ReadonlySet<string> = new Set(['accept', 'accept-language']);
/** What a page may read of any reply. */
const readHeaders: ReadonlySet<string> = new Set(['cache-control', 'content-length']);

/** A `fetch` as a page of an origin has it: it asks first, and shows what the server lets it show. */
export function browserFetch(
  origin: string,
): (input: string | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const request = new Request(input, init);
    // A page may not set it, and browsers leave it out without a word.
    request.headers.delete('upgrade');
    const names = [...request.headers.keys()].filter((name) => !plainHeaders.has(name));
    if (names.length > 0 || !plainMethods.has(request.method)) {
      await askFirst(request, origin, names);
    }
    request.headers.set('origin', origin);
    const response = await fetch(request);
    if (!isFor(origin, response.headers.get('access-control-allow-origin')))
      throw new TypeError(`blocked by CORS: ${request.method} ${request.url}`);
    const exposed = listIn(response.headers.get('access-control-expose-headers'));
    const headers = [...response.headers].filter(
      ([name]) => exposed.has(name) || readHeaders.has(name) || name === 'content-type',
    );
    const { status, statusText } = response;
    return new Response(response.body, { status, statusText, headers });
  };
}

async function askFirst(request: Request, origin: string, names: readonly string[]): Promise<void> {
  const { status, headers } = await sendRaw(request.url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': request.method,
      'access-control-request-headers': names.join(','),
    },
  });
  const methods = listIn(headers['access-control-allow-methods']);
  const allowed = listIn(headers['access-control-allow-headers']);
  const isAllowed =
    status < 300 &&
    isFor(origin, headers['access-control-allow-origin']) &&
    (plainMethods.has(request.method) || methods.has(request.method.toLowerCase())) &&
    names.every((name) => allowed.has(name));
  if (!isAllowed) throw new TypeError(`refused by the preflight: ${request.method} ${request.url}`);
}

function isFor(origin: string, allowed: string | null | undefined): boolean {
  return allowed === origin || allowed === '*';
}

function listIn(text: string | null | undefined): ReadonlySet<string> {
  return new Set((text ?? '').toLowerCase().split(/\s*,\s*/));
}
