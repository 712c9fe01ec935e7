import type { HoldRecord } from '../ledger/ledger-store.ts';
import type { LoggedAttempt, LoggedRequest } from '../telemetry/request-reads.ts';
import type { RequestUsage } from '../telemetry/request-usage.ts';
import type { AttemptAnswer, RequestAnswer, TokensAnswer } from './contract.ts';
import { timeText } from './field-schemas.ts';

const REFUSED_FROM = 400;

/** A request by its row in the log, by its hold, or by both: whichever there is already. */
export function encodeRequest(
  logged: LoggedRequest | undefined,
  hold: HoldRecord | undefined,
): RequestAnswer | undefined {
  const head = hold === undefined ? logged && headOfLogged(logged) : headOfHold(hold);
  if (head === undefined) return undefined;
  const money = hold === undefined ? moneyOfLogged(logged) : moneyOfHold(hold, logged);
  return { ...head, ...encodeLogged(logged), ...money };
}

type HeadMembers = Pick<RequestAnswer, 'id' | 'status' | 'account' | 'key_id' | 'created_at'>;

/** What is in the log has ended. */
function headOfLogged({ requestId, account, keyId, startedAtMs }: LoggedRequest): HeadMembers {
  return {
    id: requestId,
    status: 'settled',
    account: account ?? null,
    key_id: keyId ?? null,
    created_at: timeText(startedAtMs),
  };
}

function headOfHold({ holdId, state, account, keyId, createdAtMs }: HoldRecord): HeadMembers {
  return {
    id: holdId,
    status: state === 'open' ? 'running' : state,
    account,
    key_id: keyId,
    created_at: timeText(createdAtMs),
  };
}

type LoggedMembers = Pick<
  RequestAnswer,
  | 'form'
  | 'operation'
  | 'model'
  | 'upstream'
  | 'gateway'
  | 'http_status'
  | 'error'
  | 'is_stream'
  | 'usage'
  | 'attempts'
  | 'total_ms'
  | 'first_byte_ms'
  | 'first_content_ms'
  | 'stop_reason'
  | 'edits'
  | 'trace_id'
  | 'attempt_details'
>;

const notLogged: LoggedMembers = {
  form: null,
  operation: null,
  model: null,
  upstream: null,
  gateway: null,
  http_status: null,
  error: null,
  is_stream: null,
  usage: null,
  attempts: null,
  total_ms: null,
  first_byte_ms: null,
  first_content_ms: null,
  stop_reason: null,
  edits: [],
  trace_id: null,
  attempt_details: null,
};

function encodeLogged(logged: LoggedRequest | undefined): LoggedMembers {
  if (logged === undefined) return notLogged;
  return {
    form: logged.form,
    operation: logged.operation,
    model: logged.model ?? null,
    upstream: logged.upstream ?? null,
    gateway: logged.gatewayId ?? null,
    http_status: logged.status,
    error: logged.errorCode ?? null,
    is_stream: logged.isStream,
    usage: encodeTokens(logged.usage),
    attempts: logged.attempts ?? null,
    total_ms: Math.round(logged.totalMs),
    ...encodeCourse(logged),
  };
}

type CourseMembers = Pick<
  RequestAnswer,
  'first_byte_ms' | 'first_content_ms' | 'stop_reason' | 'edits' | 'trace_id' | 'attempt_details'
>;

/** How it went on its way. */
function encodeCourse(logged: LoggedRequest): CourseMembers {
  return {
    first_byte_ms: roundedOrNull(logged.firstByteMs),
    first_content_ms: roundedOrNull(logged.firstContentMs),
    stop_reason: logged.stopReason ?? null,
    edits: logged.edits,
    trace_id: logged.traceId ?? null,
    attempt_details: logged.attemptsDetail?.map((attempt) => encodeAttempt(attempt)) ?? null,
  };
}

function encodeAttempt(attempt: LoggedAttempt): AttemptAnswer {
  return {
    upstream: attempt.upstream,
    credential: attempt.credential ?? null,
    model: attempt.model ?? null,
    started_ms: attempt.startedMs,
    head_ms: attempt.headMs ?? null,
    ended_ms: attempt.endedMs ?? null,
    http_status: attempt.status ?? null,
    error: attempt.errorCode ?? null,
  };
}

function roundedOrNull(durationMs: number | undefined): number | null {
  return durationMs === undefined ? null : Math.round(durationMs);
}

type MoneyMembers = Pick<
  RequestAnswer,
  'usage_source' | 'price_version' | 'cost_nano' | 'charged_nano' | 'held_nano'
>;

/** What nobody was charged for by the books; the log says what it cost. */
function moneyOfLogged(logged: LoggedRequest | undefined): MoneyMembers {
  const cost = logged === undefined ? undefined : costOfLogged(logged);
  return {
    ...sourceOf(logged),
    cost_nano: cost === undefined ? null : String(cost),
    charged_nano: String(logged?.chargedNanoUsd ?? 0n),
    held_nano: null,
  };
}

/** The books say what was charged, once that is final, and what is held until then. */
function moneyOfHold(hold: HoldRecord, logged: LoggedRequest | undefined): MoneyMembers {
  const { state, heldNanoUsd, chargedNanoUsd, absorbedNanoUsd } = hold;
  const source = sourceOf(logged);
  if (state === 'open' || state === 'unresolved') {
    return { ...source, cost_nano: null, charged_nano: null, held_nano: String(heldNanoUsd) };
  }
  const cost = logged?.costNanoUsd ?? chargedNanoUsd + absorbedNanoUsd;
  return {
    ...source,
    cost_nano: String(cost),
    charged_nano: String(chargedNanoUsd),
    held_nano: null,
  };
}

function sourceOf(
  logged: LoggedRequest | undefined,
): Pick<RequestAnswer, 'usage_source' | 'price_version'> {
  return {
    usage_source: logged?.usageSource ?? null,
    price_version: logged?.priceVersion ?? null,
  };
}

/**
 * What failed cost nothing (L10), nor did an answer that was there already: nobody was asked for it.
 * What somebody answered without a bill cost what nobody knows.
 */
function costOfLogged(logged: LoggedRequest): bigint | undefined {
  const { costNanoUsd, status, operation, attempts, errorCode } = logged;
  if (costNanoUsd !== undefined) return costNanoUsd;
  const isGivenAgain = attempts === undefined && errorCode === undefined;
  return status >= REFUSED_FROM || isGivenAgain || !operation.endsWith('.create') ? 0n : undefined;
}

function encodeTokens(usage: RequestUsage): TokensAnswer {
  return {
    input_tokens: usage.inputTokens ?? null,
    output_tokens: usage.outputTokens ?? null,
    cache_read_input_tokens: usage.cacheReadTokens ?? null,
    cache_creation_input_tokens: usage.cacheWriteTokens ?? null,
    cache_creation_5m_input_tokens: usage.cacheWrite5mTokens ?? null,
    cache_creation_1h_input_tokens: usage.cacheWrite1hTokens ?? null,
    web_search_requests: usage.webSearchRequests ?? null,
  };
}
