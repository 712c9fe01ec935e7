import type { ErrorCode } from '../messages/errors.ts';
import { UsageState } from '../messages/usage.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type {
  AttemptedExchange,
  AuthenticatedExchange,
  DecodedExchange,
  Exchange,
} from './exchange.ts';

/** An exchange at whatever stage it ended. */
export type EndedExchange = Exchange &
  Partial<Pick<AuthenticatedExchange, 'principal'>> &
  Partial<Pick<DecodedExchange, 'call' | 'edits'>> &
  Partial<Pick<AttemptedExchange, 'upstream'>>;

export interface Settlement {
  readonly status: number;
  /** How it ended, where that is not an answer in full. */
  readonly errorCode?: ErrorCode | 'client_gone' | 'upstream_error';
  readonly usage?: UsageState;
  /** Whether that usage is our estimate: the upstream reported none. */
  readonly isUsageEstimated?: boolean;
  readonly responseBytes: number;
  /** When the head of the answer was handed to the edge, on the monotonic clock. */
  readonly firstByteAtMs?: number;
}

/** How a body ended that is passed on as it comes. */
export const endingCodes: Readonly<
  Record<'complete' | 'broken' | 'client-gone', Pick<Settlement, 'errorCode'>>
> = {
  complete: {},
  broken: { errorCode: 'upstream_truncated' },
  'client-gone': { errorCode: 'client_gone' },
};

const nothingReported = new UsageState();

/** Whether the caller asked for a stream, whatever the upstream was asked for. */
function isStreamed({ call }: EndedExchange): boolean {
  return call?.encoder?.isStream ?? call?.request.stream ?? false;
}

/** Stage 13 of the walk: always runs, once a request, whatever became of it. One log record. */
export function settleRequest(exchange: EndedExchange, settlement: Settlement): void {
  const { walk, request, startedMs, call } = exchange;
  const { usage, isFinal } = settlement.usage ?? nothingReported;
  const record: RequestRecord = {
    requestId: request.id,
    startedAtMs: exchange.startedAtMs,
    keyId: exchange.principal?.keyId,
    dialect: request.dialect.name,
    operation: request.operation,
    model: call?.model,
    upstream: exchange.upstream?.name,
    status: settlement.status,
    errorCode: settlement.errorCode,
    isStream: isStreamed(exchange),
    usage,
    usageIsFinal: isFinal && settlement.isUsageEstimated !== true,
    requestBytes: (call?.request.body.length ?? 0) + (request.body.streamedBytes?.() ?? 0),
    responseBytes: settlement.responseBytes,
    firstByteMs:
      settlement.firstByteAtMs === undefined ? undefined : settlement.firstByteAtMs - startedMs,
    totalMs: walk.clock.monotonicMs() - startedMs,
    ...(request.onBehalf === undefined ? {} : { batchItem: request.onBehalf.batchItem }),
  };
  walk.requestLog.record(record);
  walk.metrics.request(record);
}
