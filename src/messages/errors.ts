import type { JsonObject, JsonValue } from '../std/json.ts';

/**
 * Every way a request can be refused or fail, in one table. A refusal names a code; only a
 * dialect's `encode-error` turns it into bytes. Source: the API's error table
 * (status, `error.type`) and seed 004 for what is billed: no refusal and no upstream failure is.
 */
export interface ErrorRow {
  /** HTTP status of the answer. */
  readonly status: number;
  /** `error.type` in the Messages envelope. */
  readonly type: ErrorType;
  /** Whether the same request may succeed a little later; becomes `x-should-retry`. */
  readonly retryable: boolean;
  /** Whether the caller pays for a request that ends like this. */
  readonly billed: boolean;
  /** What the caller reads when the refusal brings no detail of its own. */
  readonly message: string;
}

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'api_error'
  | 'timeout_error'
  | 'overloaded_error';

export type ErrorCode =
  | 'invalid_request'
  | 'malformed_json'
  | 'bad_http'
  | 'unauthenticated'
  | 'billing'
  | 'permission_denied'
  | 'not_found'
  | 'method_not_allowed'
  | 'upload_timeout'
  | 'conflict'
  | 'unprocessable'
  | 'request_too_large'
  | 'encoding_unsupported'
  | 'headers_too_large'
  | 'rate_limited'
  | 'internal'
  | 'upstream_failed'
  | 'upstream_truncated'
  | 'unavailable'
  | 'upstream_timeout'
  | 'overloaded';

const refused = { retryable: false, billed: false } as const;
const passing = { retryable: true, billed: false } as const;

export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = {
  invalid_request: {
    ...refused,
    status: 400,
    type: 'invalid_request_error',
    message: 'The request is not valid.',
  },
  malformed_json: {
    ...refused,
    status: 400,
    type: 'invalid_request_error',
    message: 'The request body is not valid JSON',
  },
  bad_http: {
    ...refused,
    status: 400,
    type: 'invalid_request_error',
    message: 'The request is not well-formed HTTP.',
  },
  unauthenticated: {
    ...refused,
    status: 401,
    type: 'authentication_error',
    message: 'invalid x-api-key',
  },
  billing: {
    ...refused,
    status: 402,
    type: 'billing_error',
    message: "There's an issue with your billing or payment information.",
  },
  permission_denied: {
    ...refused,
    status: 403,
    type: 'permission_error',
    message: 'This key does not have permission to use the specified resource.',
  },
  not_found: { ...refused, status: 404, type: 'not_found_error', message: 'Not Found' },
  method_not_allowed: {
    ...refused,
    status: 405,
    type: 'invalid_request_error',
    message: 'Method Not Allowed',
  },
  upload_timeout: {
    ...passing,
    status: 408,
    type: 'timeout_error',
    message: 'The request did not arrive in time.',
  },
  conflict: { ...passing, status: 409, type: 'conflict_error', message: 'Conflict' },
  unprocessable: {
    ...refused,
    status: 422,
    type: 'invalid_request_error',
    message: 'The request cannot be carried out as it is.',
  },
  request_too_large: {
    ...refused,
    status: 413,
    type: 'request_too_large',
    message: 'Request exceeds the maximum size',
  },
  encoding_unsupported: {
    ...refused,
    status: 415,
    type: 'invalid_request_error',
    message: 'content-encoding: compressed request bodies are not accepted',
  },
  headers_too_large: {
    ...refused,
    status: 431,
    type: 'invalid_request_error',
    message: 'The request headers are too large.',
  },
  rate_limited: {
    ...passing,
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your account's rate limit. Please try again later.",
  },
  internal: { ...passing, status: 500, type: 'api_error', message: 'Internal server error' },
  upstream_failed: {
    ...passing,
    status: 502,
    type: 'api_error',
    message: 'The upstream could not be reached or did not answer correctly.',
  },
  upstream_truncated: {
    ...passing,
    status: 502,
    type: 'api_error',
    message: 'The upstream ended its answer before it was complete.',
  },
  unavailable: {
    ...passing,
    status: 503,
    type: 'api_error',
    message: 'The gateway is shutting down or has no upstream to ask. Please try again later.',
  },
  upstream_timeout: {
    ...passing,
    status: 504,
    type: 'timeout_error',
    message: 'The upstream did not answer in time.',
  },
  overloaded: { ...passing, status: 529, type: 'overloaded_error', message: 'Overloaded' },
};

/** An expected no: returned as a value by the stage that says it, never thrown. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: ErrorCode;
  /** What the caller reads; the table's message where absent. */
  readonly detail?: string;
  /** When a retry makes sense; becomes `retry-after` in whole seconds. */
  readonly retryAfterMs?: number;
  /** What a program can read of it; becomes `error.details`. */
  readonly details?: JsonObject;
  /** The same where members of `error` itself are the form for it: refusals about money and access. */
  readonly members?: JsonObject;
  /** What `x-should-retry` says, where that is not what the table says of the code. */
  readonly isRetryable?: boolean;
  /** The field that it is about, in the caller's own spelling; for forms that name it. */
  readonly param?: string;
  /** What says more than the code does, for forms whose errors carry such a word. */
  readonly reason?: string;
  /** Whether it is what the model's side says, for forms that keep that apart from a gateway's own no. */
  readonly saidBy?: 'provider';
}

export function refusal(
  code: ErrorCode,
  detail?: string,
  more: Omit<Refusal, 'kind' | 'code' | 'detail' | 'saidBy'> = {},
): Refusal {
  return { kind: 'refusal', code, ...(detail === undefined ? {} : { detail }), ...more };
}

/** Money that running requests give back is there a little later; wallet reference §5.1. */
const retryableReasons: ReadonlySet<string | undefined> = new Set(['wallet_held']);

/** Whether the same request may succeed a little later; becomes `x-should-retry`. */
export function isRetryable({ code, reason, isRetryable: said }: Refusal): boolean {
  return said ?? (retryableReasons.has(reason) || errorTable[code].retryable);
}

/** Reasons that are a code of their own in every form; wallet reference §5, §8. */
const codedReasons: ReadonlySet<string | undefined> = new Set([
  'wallet_exhausted',
  'wallet_held',
  'scope_denied',
  'ip_not_allowed',
  'model_not_allowed',
  'key_budget_exceeded',
  'operation_not_sold',
  'price_unavailable',
  'ledger_unavailable',
  'idempotency_key_invalid',
  'idempotency_key_running',
  'idempotency_key_reused',
  'idempotency_keys_full',
  'idempotency_stream_not_replayable',
  'idempotency_unavailable',
]);

/** What a program can read of a refusal about money, access or a key: members of `error` in its own form. */
export function membersOf({ reason, members }: Refusal): JsonObject | undefined {
  return reason !== undefined && codedReasons.has(reason) ? { code: reason, ...members } : members;
}

/** The text a caller reads for a refusal. */
export function refusalText(said: Refusal): string {
  return said.detail ?? errorTable[said.code].message;
}

/** The API's error body. `request_id` equals the `request-id` header. */
export interface ErrorEnvelope {
  readonly type: 'error';
  readonly error: {
    readonly details?: JsonObject | null;
    readonly type: ErrorType;
    readonly message: string;
    /** Members of a refusal's own. */
    readonly [member: string]: JsonValue | undefined;
  };
  readonly request_id: string;
}

export function errorEnvelope(said: Refusal, requestId: string): ErrorEnvelope {
  return {
    type: 'error',
    error: {
      ...(said.details === undefined ? {} : { details: said.details }),
      type: errorTable[said.code].type,
      message: refusalText(said),
      ...membersOf(said),
    },
    request_id: requestId,
  };
}

/** The same as an SSE event: what a stream that has begun says instead of a status. */
export function errorEvent(said: Refusal, requestId: string): string {
  const { type, error, request_id } = errorEnvelope(said, requestId);
  const body = { type, error: { details: null, ...error }, request_id };
  return `event: error\ndata: ${JSON.stringify(body)}\n\n`;
}

export function isRefusal(value: object): value is Refusal {
  return 'kind' in value && value.kind === 'refusal';
}

/** The code to say when an upstream's own error event is passed on as a status. */
const codeByType: Readonly<Record<ErrorType, ErrorCode>> = {
  invalid_request_error: 'invalid_request',
  authentication_error: 'unauthenticated',
  billing_error: 'billing',
  permission_error: 'permission_denied',
  not_found_error: 'not_found',
  conflict_error: 'conflict',
  request_too_large: 'request_too_large',
  rate_limit_error: 'rate_limited',
  api_error: 'internal',
  timeout_error: 'upstream_timeout',
  overloaded_error: 'overloaded',
};

/** The refusal that an `error` object of the wire amounts to; unknown types count as internal. */
export function refusalOfError(error: {
  readonly type?: unknown;
  readonly message?: unknown;
}): Refusal {
  const { type, message } = error;
  const isKnown = typeof type === 'string' && Object.hasOwn(codeByType, type);
  const code = isKnown ? codeByType[type as ErrorType] : 'internal';
  return refusal(code, typeof message === 'string' ? message : undefined);
}
