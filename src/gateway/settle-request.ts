import type { ErrorCode } from '../messages/errors.ts';
import { UsageState } from '../messages/usage.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { EndedRequest } from './describe-gateway-log.ts';
import { costOf, describeGatewayLog, requestBodyOf } from './describe-gateway-log.ts';
import { chargeCall } from './judge-call.ts';
import type {
  AttemptedExchange,
  AuthenticatedExchange,
  DecodedExchange,
  Exchange,
} from './exchange.ts';

/** An exchange at whatever stage it ended. */
export type EndedExchange = Exchange &
  Partial<Pick<AuthenticatedExchange, 'principal'>> &
  Partial<
    Pick<
      DecodedExchange,
      'call' | 'edits' | 'cacheStatus' | 'gateway' | 'content' | 'spent' | 'routed' | 'budgets'
    >
  > &
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

/** What an upstream had said of the usage of an answer that failed. */
export type Reported = Pick<Settlement, 'usage' | 'isUsageEstimated'>;

/** How a body ended that is passed on as it comes. */
export const endingCodes: Readonly<
  Record<'complete' | 'broken' | 'client-gone', Pick<Settlement, 'errorCode'>>
> = {
  complete: {},
  broken: { errorCode: 'upstream_truncated' },
  'client-gone': { errorCode: 'client_gone' },
};

const nothingReported = new UsageState();
/** Of an answer from the cache: what its body says was used when it was first given. */
const nothingUsed = new UsageState();
nothingUsed.mergeFinal({
  input_tokens: 0,
  output_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
});

function usageOf({ cacheStatus, spent }: EndedExchange, { usage }: Settlement): UsageState {
  return cacheStatus === 'HIT' ? nothingUsed : (usage ?? spent ?? nothingReported);
}

/** The log of the gateway that the request went through, where one is kept. */
function logGatewayCall(exchange: EndedExchange, ended: EndedRequest): void {
  const { gateway } = exchange;
  if (gateway?.log === undefined) return;
  gateway.log.settle(describeGatewayLog(exchange, gateway, ended), requestBodyOf(exchange));
}

/** Stage 13 of the walk: always runs, once a request, whatever became of it. One log record. */
export function settleRequest(exchange: EndedExchange, settlement: Settlement): void {
  const { walk } = exchange;
  const record = settleModel(exchange, settlement);
  walk.requestLog.record(record);
  walk.metrics.request(record);
}

/**
 * The part of it that is about the model which was asked: the log of the gateway, and what it cost
 * there. A model that failed, and from which a route led on, has nothing else to settle.
 */
export function settleModel(exchange: EndedExchange, settlement: Settlement): RequestRecord {
  const { walk, startedMs } = exchange;
  const { usage, isFinal } = usageOf(exchange, settlement);
  const { firstByteAtMs } = settlement;
  const record: RequestRecord = {
    ...asked(exchange),
    upstream: exchange.upstream?.name,
    status: settlement.status,
    errorCode: settlement.errorCode,
    usage,
    usageIsFinal: isFinal && settlement.isUsageEstimated !== true,
    responseBytes: settlement.responseBytes,
    firstByteMs: firstByteAtMs === undefined ? undefined : firstByteAtMs - startedMs,
    totalMs: walk.clock.monotonicMs() - startedMs,
  };
  logGatewayCall(exchange, { record, usage });
  if (exchange.gateway !== undefined) {
    chargeCall(exchange, costOf(exchange, exchange.gateway, { record, usage }).cost);
  }
  return record;
}

type Asked = Pick<
  RequestRecord,
  | 'requestId'
  | 'startedAtMs'
  | 'keyId'
  | 'dialect'
  | 'operation'
  | 'model'
  | 'isStream'
  | 'requestBytes'
  | 'batchItem'
>;

/** What a record says of the request itself. */
function asked({ request, startedAtMs, principal, call }: EndedExchange): Asked {
  const batchItem = request.onBehalf?.batchItem;
  return {
    requestId: request.id,
    startedAtMs,
    keyId: principal?.keyId,
    dialect: request.dialect.name,
    operation: request.operation,
    model: call?.model,
    isStream: call?.encoder?.isStream ?? call?.request.stream ?? false,
    requestBytes: (call?.request.body.length ?? 0) + (request.body.streamedBytes?.() ?? 0),
    ...(batchItem === undefined ? {} : { batchItem }),
  };
}
