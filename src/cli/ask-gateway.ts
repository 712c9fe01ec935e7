import { isJsonObject, parseJson } from '../std/json.ts';
import { CommandProblem, usageProblem } from './command-problem.ts';

/** Where a gateway is, and what shows who asks. */
export interface GatewayAccess {
  readonly url: string;
  readonly key: string;
}

/** One call of a gateway. */
export interface GatewayCall {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent as it is read. */
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal;
}

const API_VERSION = '2023-06-01';

/** Asks a gateway; what it refuses, and that nothing answers, is a problem in words. */
export async function askGateway(
  { url, key }: GatewayAccess,
  { method = 'GET', path, headers = {}, body, signal }: GatewayCall,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body === undefined ? {} : jsonBody), ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' as const }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreached(url, error);
  }
  if (response.ok) return response;
  throw problemOf(response, await response.text());
}

const jsonBody = { 'content-type': 'application/json' };

/** Headers of every call in the Messages form. */
export const messagesHeaders: Readonly<Record<string, string>> = {
  'anthropic-version': API_VERSION,
};

/** The JSON of an answer, which is trusted to be of its form: the caller's own gateway says it. */
export async function jsonOf<Answer>(response: Response): Promise<Answer> {
  const parsed = parseJson(await response.text());
  if (parsed.kind === 'value') return parsed.value as Answer;
  throw new CommandProblem(`the answer of ${response.url} is no JSON; is this a gateway?`);
}

/** What the gateway calls the request; of other servers, what they call it. */
export function requestIdOf({ headers }: Response): string | undefined {
  return headers.get('x-quatrain-request-id') ?? headers.get('request-id') ?? undefined;
}

/** What an error of either form says, in one sentence. */
function problemOf(response: Response, text: string): CommandProblem {
  const { status } = response;
  const parsed = parseJson(text);
  const envelope = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
  const { error } = envelope;
  if (error === undefined || !isJsonObject(error) || typeof error['message'] !== 'string') {
    // Whatever answered is no gateway: its status says more than its page.
    return new CommandProblem(
      `the answer was a ${String(status)} and not in the API's form; is this a gateway?`,
      { type: 'unexpected_answer', status },
    );
  }
  const { type, message } = error;
  const requestId = requestIdOf(response);
  return new CommandProblem(`${typeof type === 'string' ? type : 'error'}: ${message}`, {
    ...error,
    status,
    ...(requestId === undefined ? {} : { request_id: requestId }),
  });
}

/** What a connection says that was there and went away. */
const brokenCodes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function unreached(url: string, error: unknown): CommandProblem {
  if (!URL.canParse(url)) {
    return usageProblem(`${url} is no URL: write one like http://127.0.0.1:4114`);
  }
  const { cause } = error as { readonly cause?: unknown };
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  const words = brokenCodes.has(code)
    ? `the connection to ${url} broke before there was an answer`
    : `nothing answers at ${url}; start the gateway with "npm start"`;
  const why = cause instanceof Error ? cause.message : String(error);
  return new CommandProblem(words, { type: 'connection_error', cause: why });
}
