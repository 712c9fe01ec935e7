import type { AttemptDetail, RequestRecord } from './request-log.ts';
import type { LoggedAttempt, LoggedRequest } from './request-reads.ts';

/** A request that has just ended, as it will stand in the log: for who looks on before it is there. */
export function liveRequest(record: RequestRecord): LoggedRequest {
  const { money, trail, startedMs = 0 } = record;
  return {
    place: 0,
    requestId: record.requestId,
    startedAtMs: record.startedAtMs,
    account: record.account,
    keyId: record.keyId,
    form: record.dialect,
    operation: record.operation,
    model: record.model,
    upstream: record.upstream,
    gatewayId: record.gatewayId,
    status: record.status,
    errorCode: record.errorCode,
    isStream: record.isStream,
    usage: record.usage,
    attempts: record.attempts,
    totalMs: record.totalMs,
    costNanoUsd: money?.costNanoUsd,
    chargedNanoUsd: money?.chargedNanoUsd,
    usageSource: money?.usageSource,
    priceVersion: money?.priceVersion,
    firstByteMs: record.firstByteMs,
    firstContentMs: record.firstContentMs,
    stopReason: record.stopReason,
    edits: record.edits ?? [],
    traceId: record.trace?.traceId,
    attemptsDetail: trail?.map((attempt) => liveAttempt(attempt, startedMs)),
  };
}

function liveAttempt(attempt: AttemptDetail, sinceMs: number): LoggedAttempt {
  const after = (atMs: number | undefined): number | undefined =>
    atMs === undefined ? undefined : Math.round((atMs - sinceMs) * 10) / 10;
  return {
    upstream: attempt.upstream,
    credential: attempt.credential,
    model: attempt.model,
    startedMs: after(attempt.startedMs) ?? 0,
    headMs: after(attempt.headMs),
    endedMs: after(attempt.endedMs),
    status: attempt.status,
    errorCode: attempt.errorCode,
  };
}
