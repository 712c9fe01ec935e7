import { parseJson } from '../format/json-value.ts';
import { ApiError } from './api-error.ts';

/** What is asked besides the path. */
export interface ApiAsk {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Members that are undefined or empty are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** For what moves money: the same key is the same order. */
  readonly idempotencyKey?: string;
  /** The page asks by itself, without anybody's doing: it does not keep the session from ending. */
  readonly isPoll?: boolean;
  readonly signal?: AbortSignal;
}

/** In memory only: a script of another page cannot read it, and no storage keeps it. */
let csrfToken: string | undefined;

/** What goes along with writes from now on. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token ?? undefined;
}

/** The headers that a request of the session needs, for what is not asked by `callApi`. */
export function sessionHeaders(): Readonly<Record<string, string>> {
  return csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken };
}

/** Asks the admin API. A no is thrown as an `ApiError`, and so is that nobody answered. */
export async function callApi<Answer>(path: string, ask: ApiAsk = {}): Promise<Answer> {
  const response = await send(pathWith(path, ask.query), ask);
  const text = await response.text();
  const answer: unknown = parseJson(text);
  if (!response.ok) throw errorOf(response, answer);
  return answer as Answer;
}

/** The path with a query; for links to files too. */
export function pathWith(path: string, query: ApiAsk['query'] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send(path: string, ask: ApiAsk): Promise<Response> {
  const { method = 'GET', body, idempotencyKey, isPoll, signal } = ask;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') Object.assign(headers, sessionHeaders());
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (isPoll === true) headers['x-quatrain-poll'] = '1';
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('The gateway cannot be reached.', {
      status: 0,
      code: 'unreachable',
      param: undefined,
      requestId: undefined,
      retryAfterSeconds: undefined,
    });
  }
}

interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly param?: string;
    readonly request_id?: string;
  };
}

function errorOf(response: Response, answer: unknown): ApiError {
  const { error = {} } = (answer ?? {}) as ErrorBody;
  const wait = response.headers.get('retry-after');
  return new ApiError(error.message ?? `The gateway answered ${String(response.status)}.`, {
    status: response.status,
    code: error.code ?? 'unknown',
    param: error.param,
    requestId: error.request_id,
    retryAfterSeconds: wait === null ? undefined : Number(wait),
  });
}
