import type { ErrorCode, Refusal } from '../../messages/errors.ts';
import { isRetryable, membersOf, refusalText } from '../../messages/errors.ts';
import type { JsonObject } from '../../std/json.ts';

/** Who says no: the model's side, or the gateway in front of it. */
export type RunErrorName = 'AiError' | 'AiGatewayError';

/** A refusal in the terms of this form; Workers reference §1.5, §2.3, §3.15. */
export interface RunError {
  readonly status: number;
  readonly internalCode: number;
  readonly name: RunErrorName;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
  /** Whether to ask again, where the status does not say it. */
  readonly isRetryable?: boolean;
}

interface RunErrorRow {
  readonly status: number;
  readonly internalCode: number;
  readonly name: RunErrorName;
  /** What the caller reads whatever the refusal says: its own text is in the words of another form. */
  readonly text?: string;
  /** When to ask again, where nobody said it. */
  readonly retryAfterMs?: number;
}

const ai = (status: number, internalCode: number): RunErrorRow => ({
  status,
  internalCode,
  name: 'AiError',
});
const gateway = (status: number, internalCode: number): RunErrorRow => ({
  status,
  internalCode,
  name: 'AiGatewayError',
});

const rows: Readonly<Record<ErrorCode, RunErrorRow>> = {
  invalid_request: ai(400, 7003),
  malformed_json: ai(400, 5006),
  bad_http: ai(400, 3003),
  unauthenticated: {
    ...gateway(401, 2009),
    text: 'Authentication error: send a key of this gateway as "authorization: Bearer <key>", in x-api-key or in cf-aig-authorization, in one of them only.',
  },
  billing: ai(402, 2021),
  permission_denied: ai(403, 5018),
  not_found: ai(404, 7003),
  method_not_allowed: ai(405, 7003),
  upload_timeout: ai(408, 3007),
  conflict: ai(409, 8001),
  unprocessable: ai(422, 7003),
  request_too_large: ai(413, 3006),
  encoding_unsupported: ai(415, 3003),
  headers_too_large: ai(431, 3003),
  rate_limited: { ...ai(429, 3021), retryAfterMs: 1000 },
  internal: gateway(500, 7000),
  upstream_failed: gateway(502, 2005),
  upstream_truncated: gateway(502, 2005),
  unavailable: gateway(503, 2005),
  upstream_timeout: ai(408, 3007),
  overloaded: {
    ...ai(429, 3040),
    text: 'Capacity temporarily exceeded, please try again.',
    retryAfterMs: 1000,
  },
};

type RunReason =
  | 'model_not_found'
  | 'model_not_hosted'
  | 'head_incomplete'
  | 'gateway_not_found'
  | 'gateway_unauthenticated'
  | 'gateway_option_invalid'
  | 'gateway_rate_limited'
  | 'gateway_spend_limited'
  | 'policy_denied'
  | 'policy_capped'
  | 'provider_key_missing'
  | 'provider_key_rejected'
  | 'record_not_found'
  | 'prompt_blocked'
  | 'response_blocked'
  | 'request_data_blocked'
  | 'response_data_blocked'
  | 'scanner_unavailable'
  | 'upstream_request'
  | 'context_length_exceeded'
  | 'wallet_exhausted'
  | 'wallet_held'
  | 'scope_denied'
  | 'model_not_allowed'
  | 'ip_not_allowed'
  | 'key_budget_exceeded'
  | 'operation_not_sold'
  | 'price_unavailable'
  | 'ledger_unavailable'
  | 'idempotency_key_invalid'
  | 'idempotency_key_running'
  | 'idempotency_key_reused'
  | 'idempotency_keys_full'
  | 'idempotency_stream_not_replayable'
  | 'idempotency_unavailable'
  | 'unserved';

/** Why, where that has a number of its own. The status is the code's, unless it has one too. */
type RunReasonRow = Pick<RunErrorRow, 'internalCode' | 'name'> &
  Partial<Pick<RunErrorRow, 'status'>>;

const reasons: Readonly<Record<RunReason, RunReasonRow>> = {
  /** The registry has no such model. */
  model_not_found: { internalCode: 7003, name: 'AiError' },
  /** A model that only the service itself could host. */
  model_not_hosted: { internalCode: 5007, name: 'AiError' },
  head_incomplete: { internalCode: 3003, name: 'AiError' },
  gateway_not_found: { internalCode: 2001, name: 'AiGatewayError' },
  /** The gateway wants to be shown the key in its own header. */
  gateway_unauthenticated: { internalCode: 2009, name: 'AiGatewayError' },
  gateway_option_invalid: { internalCode: 7003, name: 'AiGatewayError' },
  /** The gateway's own limit, not the model's side. */
  gateway_rate_limited: { internalCode: 2003, name: 'AiGatewayError' },
  /** Money is counted as requests are; the service has no number of its own for these (§3.15). */
  gateway_spend_limited: { internalCode: 2003, name: 'AiGatewayError' },
  policy_capped: { internalCode: 2003, name: 'AiGatewayError' },
  policy_denied: { internalCode: 5018, name: 'AiGatewayError' },
  /** Only a provider's key may be used, and there is none. */
  provider_key_missing: { internalCode: 2021, name: 'AiGatewayError' },
  /** The provider does not take the caller's own key. */
  provider_key_rejected: { internalCode: 2009, name: 'AiGatewayError' },
  /** Something that a gateway keeps: itself, a log, a key. */
  record_not_found: { internalCode: 7002, name: 'AiGatewayError' },
  /** Texts that the gateway lets nobody say; Workers reference §3.9. */
  prompt_blocked: gateway(424, 2016),
  response_blocked: gateway(424, 2017),
  request_data_blocked: { internalCode: 2029, name: 'AiGatewayError' },
  response_data_blocked: { internalCode: 2030, name: 'AiGatewayError' },
  /** A rule blocks what nobody can look for. */
  scanner_unavailable: { internalCode: 7013, name: 'AiGatewayError' },
  /** The model's side did not like the request, which the published schema let pass. */
  upstream_request: { internalCode: 8001, name: 'AiError' },
  context_length_exceeded: { internalCode: 8001, name: 'AiError' },
  /** Money and rights are the gateway's own matter; the service has no numbers for the two apart. */
  wallet_exhausted: { internalCode: 2021, name: 'AiGatewayError' },
  wallet_held: { internalCode: 2021, name: 'AiGatewayError' },
  scope_denied: { internalCode: 5018, name: 'AiGatewayError' },
  model_not_allowed: { internalCode: 5018, name: 'AiGatewayError' },
  ip_not_allowed: { internalCode: 5018, name: 'AiGatewayError' },
  key_budget_exceeded: { internalCode: 5018, name: 'AiGatewayError' },
  operation_not_sold: { internalCode: 5018, name: 'AiGatewayError' },
  price_unavailable: { internalCode: 2005, name: 'AiGatewayError' },
  ledger_unavailable: { internalCode: 2005, name: 'AiGatewayError' },
  /** The service has no such keys, so the numbers are those of other requests that cannot be taken. */
  idempotency_key_invalid: { internalCode: 7003, name: 'AiGatewayError' },
  idempotency_key_running: { internalCode: 7003, name: 'AiGatewayError' },
  idempotency_key_reused: { internalCode: 7003, name: 'AiGatewayError' },
  idempotency_keys_full: { internalCode: 2003, name: 'AiGatewayError' },
  idempotency_stream_not_replayable: { internalCode: 7003, name: 'AiGatewayError' },
  idempotency_unavailable: { internalCode: 2005, name: 'AiGatewayError' },
  /** A part of the form that this gateway does not have. */
  unserved: { internalCode: 7000, name: 'AiGatewayError' },
};

/** What a refusal is in this form. */
export function runErrorOf(said: Refusal): RunError {
  const row = rows[said.code];
  const { reason } = said;
  const more = isRunReason(reason) ? reasons[reason] : undefined;
  return {
    status: row.status,
    internalCode: row.internalCode,
    name: row.name,
    ...more,
    // Who gives a reason of this form speaks in its words.
    text: (more === undefined ? row.text : undefined) ?? refusalText(said),
    retryAfterMs: said.retryAfterMs ?? row.retryAfterMs,
    ...adviceOf(said),
  };
}

/** Other refusals of this form say by their status alone whether to ask again. */
function adviceOf(said: Refusal): Pick<RunError, 'isRetryable'> {
  const isSaid = said.isRetryable !== undefined || said.code === 'billing';
  return isSaid ? { isRetryable: isRetryable(said) } : {};
}

/** The same where the account's API runs models, which has one number for both sides; §3.9. */
const blockedRun: Pick<RunError, 'status' | 'internalCode'> = { status: 422, internalCode: 2017 };

/** What a refusal is where the account's API runs models. */
export function accountRunErrorOf(said: Refusal): RunError {
  const error = runErrorOf(said);
  const isBlocked = said.reason === 'prompt_blocked' || said.reason === 'response_blocked';
  return isBlocked ? { ...error, ...blockedRun } : error;
}

/** The status that a reason has of its own, whatever the form of the error. */
export function statusOfReason({ reason }: Refusal): number | undefined {
  return isRunReason(reason) ? reasons[reason].status : undefined;
}

function isRunReason(reason: string | undefined): reason is RunReason {
  return reason !== undefined && Object.hasOwn(reasons, reason);
}

/** What policies say is an object where other errors are a list; Workers reference §3.15. */
export function policyErrorOf({ reason, details, detail }: Refusal): JsonObject | undefined {
  if (reason !== 'policy_denied' && reason !== 'policy_capped') return undefined;
  return { message: detail ?? '', ...details };
}

/** An entry of a list of errors, with what a program can read of a refusal about money or access. */
export function listedError(said: Refusal, code: number, message: string): JsonObject {
  const details = membersOf(said);
  return details === undefined ? { code, message } : { code, message, details };
}
