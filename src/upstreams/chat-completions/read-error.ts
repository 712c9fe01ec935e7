import type { ErrorCode, ErrorType, Refusal } from '../../messages/errors.ts';
import { errorEnvelope, refusal } from '../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson } from '../../std/json.ts';
import { hideWords } from '../hide-words.ts';

/** What the words of engines amount to; what is not here is a failure of the engine. */
const codeByWord: Readonly<Record<string, ErrorCode>> = {
  BadRequestError: 'invalid_request',
  InternalServerError: 'internal',
  NotFoundError: 'not_found',
  RateLimitError: 'rate_limited',
  authentication_error: 'unauthenticated',
  context_length_exceeded: 'invalid_request',
  insufficient_quota: 'billing',
  invalid_api_key: 'unauthenticated',
  invalid_request_error: 'invalid_request',
  model_not_found: 'not_found',
  not_found_error: 'not_found',
  overloaded: 'overloaded',
  overloaded_error: 'overloaded',
  permission_error: 'permission_denied',
  rate_limit_error: 'rate_limited',
  rate_limit_exceeded: 'rate_limited',
  timeout: 'upstream_timeout',
  timeout_error: 'upstream_timeout',
  upstream_rate_limited: 'rate_limited',
  upstream_stream_truncated: 'upstream_truncated',
};

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  402: 'billing',
  403: 'permission_denied',
  404: 'not_found',
  408: 'upstream_timeout',
  413: 'request_too_large',
  422: 'invalid_request',
  429: 'rate_limited',
  500: 'internal',
  502: 'upstream_failed',
  503: 'overloaded',
  504: 'upstream_timeout',
  529: 'overloaded',
};

/** An error that a stream says of itself, or that stands where an answer should. */
export function readStreamError(value: JsonValue): Refusal {
  const { error = value } = isJsonObject(value) ? value : {};
  const { code = null, type = null, status = null } = isJsonObject(error) ? error : {};
  const found =
    codeByNumber(code) ?? codeByName(code) ?? codeByName(type) ?? codeByNumber(status) ?? null;
  return refusal(found ?? 'upstream_failed', errorMessage(value));
}

function codeByNumber(value: JsonValue): ErrorCode | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' ? codeByStatus[number] : undefined;
}

function codeByName(value: JsonValue): ErrorCode | undefined {
  return typeof value === 'string' && Object.hasOwn(codeByWord, value)
    ? codeByWord[value]
    : undefined;
}

/** The words of an error in any of the forms that engines give it; undefined where it has none. */
export function errorMessage(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (Array.isArray(value)) {
    const [first] = value as readonly JsonValue[];
    return first === undefined ? undefined : errorMessage(first);
  }
  if (!isJsonObject(value)) return undefined;
  const { error = null, message = null, detail = null, msg = null } = value;
  if (error !== null) return errorMessage(error);
  if (typeof message === 'string') return message;
  if (typeof msg === 'string')
    return [placeOf(value), msg].filter((text) => text !== '').join(': ');
  return detail === null ? undefined : errorMessage(detail);
}

/** Where a validation error of a Python service stands; `body` is the request itself. */
function placeOf({ loc }: JsonObject): string {
  if (!Array.isArray(loc)) return '';
  return (loc as readonly JsonValue[])
    .filter((step) => (typeof step === 'string' && step !== 'body') || typeof step === 'number')
    .map(String)
    .join('.');
}

const typeByStatus: Readonly<Record<number, ErrorType>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;
const UNPROCESSABLE = 422;
const BAD_GATEWAY = 502;

export interface CanonicalError {
  readonly status: number;
  readonly body: Uint8Array;
}

/** An engine's answer with an error status, in the canonical form. */
export function canonicalError(
  answer: { readonly status: number; readonly text: string },
  hidden: readonly string[],
  requestId: string,
): CanonicalError {
  const status = canonicalStatus(answer.status);
  const fallback = type(status) === 'api_error' ? 'internal' : 'invalid_request';
  const said = refusal(fallback, plainMessage(answer, hidden));
  const envelope = errorEnvelope(said, requestId);
  const error = { ...envelope.error, type: type(status) };
  return { status, body: Buffer.from(JSON.stringify({ ...envelope, error })) };
}

/** The Messages form knows no 422, and what is no error status here is one of the upstream. */
function canonicalStatus(status: number): number {
  if (status === UNPROCESSABLE) return CLIENT_ERROR;
  return status < CLIENT_ERROR ? BAD_GATEWAY : status;
}

function type(status: number): ErrorType {
  return typeByStatus[status] ?? (status < SERVER_ERROR ? 'invalid_request_error' : 'api_error');
}

/** The words of the error without what is none of the caller's business; pages say nothing. */
function plainMessage(
  { status, text }: { readonly status: number; readonly text: string },
  hidden: readonly string[],
): string {
  const parsed = parseJson(text);
  const isPage = text.trimStart().startsWith('<');
  const said = parsed.kind === 'value' ? errorMessage(parsed.value) : isPage ? '' : text.trim();
  const plain = hideWords(said ?? '', hidden);
  return plain === '' ? `The upstream answered with status ${String(status)}.` : plain;
}
