import { AiInternalError } from './binding-errors.ts';
import type { HeaderLists } from './merge-headers.ts';
import { mergeHeaders } from './merge-headers.ts';

/** One request to the gateway, before the address and the credential are put to it. */
export interface GatewayCall {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Path and query below the gateway's address; it begins with a slash. */
  readonly target: string;
  readonly headers?: HeaderLists;
  readonly body?: string | ReadableStream | FormData;
  readonly signal?: AbortSignal | undefined;
  /** Whether the answer is to be a WebSocket, which not every `fetch` can ask for. */
  readonly isUpgrade?: true;
}

/** What of `fetch` is used. The one of a runtime may have members that a wrapper of it lacks. */
export type GatewayFetch = (input: string | Request, init?: RequestInit) => Promise<Response>;

/** Where the gateway is and who calls. */
export interface GatewayAddress {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly account?: string | undefined;
  readonly fetch?: GatewayFetch | undefined;
}

/** Sends to one gateway and to nowhere else. */
export interface GatewaySender {
  send(call: GatewayCall): Promise<Response>;
  /** Passes a request through; of its address only path and query count, as for a binding. */
  pass(input: string | URL | Request, init?: RequestInit): Promise<Response>;
}

/** Gives the one way to the gateway: each request gets its address and its credential here. */
export function createSender(address: GatewayAddress): GatewaySender {
  const base = baseOf(address.baseURL);
  const identity = identityOf(address);
  // Found at each call, so that a test which replaces the global one later is heard.
  const fetcher: GatewayFetch = address.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return {
    send: async ({ method, target, headers = [], body, signal, isUpgrade }) => {
      const init: RequestInit & { duplex?: 'half' } = {
        method,
        headers: identified([...headers, identity]),
        ...(body !== undefined && { body }),
        // Without it a fetch refuses a body that it cannot measure.
        ...(body instanceof ReadableStream && { duplex: 'half' }),
        ...(signal !== undefined && { signal }),
      };
      try {
        return await fetcher(`${base}${target}`, init);
      } catch (cause) {
        throw unsentError(cause, base, isUpgrade === true);
      }
    },
    pass: async (input, init) => {
      const request = moved(input, init, base);
      return fetcher(new Request(request, { headers: identified([request.headers, identity]) }));
    },
  };
}

/** A client is a credential, as a binding is: what a caller adds as another one would be a second. */
function identified(lists: HeaderLists): Headers {
  const headers = mergeHeaders(lists);
  for (const name of ['x-api-key', 'cf-aig-authorization']) headers.delete(name);
  return headers;
}

/** By the Fetch standard a connection that fails is a TypeError; all else is the caller's own doing. */
function unsentError(cause: unknown, base: string, isUpgrade: boolean): unknown {
  if (!(cause instanceof TypeError)) return cause;
  const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
  const message = isUpgrade
    ? `The fetch of this runtime cannot open a WebSocket (${why}).`
    : `No gateway answers at ${base} (${why}). "npx quatrain serve" starts one.${hintForPages()}`;
  return new AiInternalError(message, { cause });
}

/** A browser says no more of a page that may not ask than of a server that is not there. */
function hintForPages(): string {
  const { origin } = globalThis as { readonly origin?: unknown };
  if (typeof origin !== 'string' || !origin.startsWith('http')) return '';
  return ` Its "cors.origins" has to have ${origin}.`;
}

/** Where other forms begin: clients of those have base URLs that end there, or below. */
const formPaths = /\/(?:v1|client\/v4)(?:\/.*)?$/;

function baseOf(baseURL: string): string {
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new TypeError(
      `createAI: baseURL must be the http or https address of the gateway, without a query; it is "${baseURL}"`,
    );
  const path = url.pathname.replace(/\/+$/, '');
  const formPath = formPaths.exec(path)?.[0];
  if (formPath !== undefined)
    throw new TypeError(
      `createAI: baseURL must be the address of the gateway itself, without "${formPath}"; it is "${baseURL}"`,
    );
  return `${url.origin}${path}`;
}

function identityOf({ apiKey, account }: GatewayAddress): Readonly<Record<string, string>> {
  if (typeof apiKey !== 'string' || apiKey.trim() === '')
    throw new TypeError('createAI: apiKey is empty; give a key that the gateway takes');
  return {
    authorization: `Bearer ${apiKey.trim()}`,
    ...(account !== undefined && { 'x-quatrain-account': account }),
  };
}

function moved(
  input: string | URL | Request,
  init: RequestInit | undefined,
  base: string,
): Request {
  if (typeof input !== 'string' && !(input instanceof URL))
    return new Request(addressBelow(base, input.url), new Request(input, init));
  const streamed: RequestInit & { duplex: 'half' } = { ...init, duplex: 'half' };
  return new Request(addressBelow(base, String(input)), streamed);
}

/** Whatever host is named, the request goes to the gateway: the key is for nobody else. */
function addressBelow(base: string, target: string): string {
  if (target === base || target.startsWith(`${base}/`)) return target;
  const { pathname, search } = new URL(target, 'https://workers-binding.ai');
  return `${base}${pathname}${search}`;
}
