import type { ChatErrorEnvelope } from '../../chat-form/chat-response.ts';
import type { ErrorCode, Refusal } from '../../messages/errors.ts';
import { isRetryable, membersOf, refusalText } from '../../messages/errors.ts';
import type { EncodedError } from '../dialect.ts';
import { dataLine } from './answer/data-line.ts';

/** What a refusal is in this form; chat reference §2.12. */
interface ChatErrorRow {
  readonly status: number;
  readonly type: ChatErrorType;
  /** `error.code`, where the refusal brings no reason of its own. */
  readonly code: string | null;
  /** What the caller reads whatever the refusal says: its own text is in the words of another form. */
  readonly message?: string;
  /** Whether that code says it all, and the reason stands among the details; wallet reference §5.1. */
  readonly keepsCode?: boolean;
  /** What `retry-after` says where nobody said it. */
  readonly retryAfterMs?: number;
}

type ChatErrorType =
  | 'invalid_request_error'
  | 'insufficient_quota'
  | 'permission_error'
  | 'rate_limit_error'
  | 'server_error';

const invalid = (status: number, code: string | null): ChatErrorRow => ({
  status,
  type: 'invalid_request_error',
  code,
});
const failed = (status: number, code: string): ChatErrorRow => ({
  status,
  type: 'server_error',
  code,
});

const rows: Readonly<Record<ErrorCode, ChatErrorRow>> = {
  invalid_request: invalid(400, null),
  malformed_json: invalid(400, null),
  bad_http: invalid(400, null),
  unauthenticated: {
    ...invalid(401, 'invalid_api_key'),
    // Clients tell a wrong key from a wrong request by the first words.
    message:
      'Incorrect API key provided, or none: send a valid one as "authorization: Bearer <key>" or in x-api-key, not in both.',
  },
  billing: {
    status: 402,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    keepsCode: true,
  },
  permission_denied: { status: 403, type: 'permission_error', code: 'permission_denied' },
  not_found: invalid(404, 'not_found'),
  method_not_allowed: invalid(405, 'method_not_allowed'),
  upload_timeout: invalid(408, 'upload_timeout'),
  conflict: invalid(409, 'conflict'),
  unprocessable: invalid(422, 'unprocessable'),
  request_too_large: invalid(413, 'request_too_large'),
  encoding_unsupported: invalid(415, 'encoding_unsupported'),
  headers_too_large: invalid(431, 'headers_too_large'),
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    retryAfterMs: 1000,
  },
  internal: failed(500, 'internal_error'),
  upstream_failed: failed(502, 'upstream_unreachable'),
  upstream_truncated: failed(502, 'upstream_stream_truncated'),
  unavailable: failed(503, 'unavailable'),
  upstream_timeout: failed(504, 'timeout'),
  overloaded: { ...failed(503, 'overloaded'), retryAfterMs: 1000 },
};

/** What the gateway's owner has to put right: no client gets further by asking again. */
export const ownersFaults = ['upstream_auth', 'upstream_model'] as const;

function envelopeOf(said: Refusal): ChatErrorEnvelope {
  const { type, code, message, keepsCode = false } = rows[said.code];
  const details = membersOf(said);
  return {
    error: {
      message: message ?? said.detail ?? refusalText(said),
      type,
      param: said.param ?? null,
      code: keepsCode ? code : (said.reason ?? code),
      ...(details === undefined ? {} : { details }),
    },
  };
}

/** A refusal as an answer of its own. The headers of every reply come in addition. */
export function encodeError(said: Refusal): EncodedError {
  const row = rows[said.code];
  const { retryAfterMs = row.retryAfterMs } = said;
  const isOwners = ownersFaults.some((reason) => reason === said.reason);
  const retries = isRetryable(said) && !isOwners;
  return {
    status: row.status,
    headers: [
      'content-type',
      'application/json',
      'x-should-retry',
      String(retries),
      ...(retryAfterMs === undefined
        ? []
        : ['retry-after', String(Math.ceil(retryAfterMs / 1000))]),
    ],
    body: Buffer.from(JSON.stringify(envelopeOf(said))),
  };
}

/** A refusal inside a stream. Clients raise on data that has `error`, whatever the event is called. */
export function errorData(said: Refusal): string {
  return dataLine(envelopeOf(said));
}
