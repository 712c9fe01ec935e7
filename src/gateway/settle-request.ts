import type { ClosedBill } from '../billing/bill.ts';
import type { ErrorCode } from '../messages/errors.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { Usage } from '../messages/usage.ts';
import { UsageState } from '../messages/usage.ts';
import { waitAtMost } from '../std/wait.ts';
import type { RequestMoney, RequestRecord } from '../telemetry/request-log.ts';
import { billOutcomeOf, reportedUsage } from './bill-outcome.ts';
import { asksForStream } from './asks-for-stream.ts';
import type { EndedRequest } from './describe-gateway-log.ts';
import { costOf, describeGatewayLog, requestBodyOf } from './describe-gateway-log.ts';
import { isGivenAgain } from './given-again.ts';
import { chargeCall } from './judge-call.ts';
import { usedOfLimits } from './request-permit.ts';
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
      | 'call'
      | 'edits'
      | 'cacheStatus'
      | 'isRepeat'
      | 'gateway'
      | 'content'
      | 'spent'
      | 'read'
      | 'routed'
      | 'budgets'
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
  /** Whether any of the answer had gone out, where its caller left. */
  readonly hadContent?: boolean;
  /** Whether it is an answer that says nothing, not even why it ended. */
  readonly isEmpty?: boolean;
  /** An answer in one piece, in the canonical form or as it went out. */
  readonly answer?: Uint8Array;
  /** About how much of a stream there was, where it did not come to say so itself. */
  readonly roughTokens?: number;
  readonly responseBytes: number;
  /** Why the model stopped, where the answer says that. */
  readonly stopReason?: string | undefined;
  /** When the first content of a stream was there, on the monotonic clock. */
  readonly firstContentAtMs?: number | undefined;
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
/** Of an answer that is given again: what its body says was used when it was first given. */
const nothingUsed = new UsageState();
nothingUsed.mergeFinal({
  input_tokens: 0,
  output_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
});

function usageOf(exchange: EndedExchange, settlement: Settlement): UsageState {
  if (isGivenAgain(exchange)) return nothingUsed;
  return reportedUsage(exchange, settlement) ?? nothingReported;
}

/** The log of the gateway that the request went through, where one is kept. */
function logGatewayCall(exchange: EndedExchange, ended: EndedRequest): void {
  const { gateway } = exchange;
  if (gateway?.log === undefined) return;
  gateway.log.settle(describeGatewayLog(exchange, gateway, ended), requestBodyOf(exchange));
}

/**
 * Stage 13 of the walk: always runs, once a request, whatever became of it. The bill is closed, then
 * there is one log record. Where there is a bill, that takes a moment that no response can cut
 * short, and the promise is what came of it; it does not reject.
 */
export function settleRequest(
  exchange: EndedExchange,
  settlement: Settlement,
): Promise<ClosedBill | undefined> | undefined {
  const { walk, bills, permit, request, trail } = exchange;
  request.onSettled?.(settlement);
  trail.leave();
  const used = usageOf(exchange, settlement);
  permit.giveBack(usedOfLimits(used, settlement.roughTokens, bills.attempts > 0));
  const record = recordOf(exchange, settlement, used);
  const seen = seenUsage(used, settlement);
  const closing = closeBill(exchange, settlement);
  if (closing === undefined) {
    writeRecord(exchange, record, seen);
    return undefined;
  }
  const settled = closing.then(
    (closed) => {
      const priceVersion = bills.bill?.priceVersion;
      const { costNanoUsd, chargedNanoUsd, usageSource, counted } = closed;
      const money: RequestMoney = { costNanoUsd, chargedNanoUsd, usageSource, priceVersion };
      // What a request cost and what it is said to have used are one thing.
      const usage = counted ?? record.usage;
      writeRecord(exchange, { ...record, usage, money }, seen);
      return closed;
    },
    (error: unknown) => {
      // A bill retries what its store does not take; what it throws is a fault of ours.
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      walk.log.error('settlement_fault', { requestId: record.requestId, reason });
      writeRecord(exchange, record, seen);
      return undefined;
    },
  );
  walk.settling?.add(settled.then(() => {}));
  return settled;
}

/**
 * What was used as far as anybody can tell: what a stream says of its output before its end is a
 * placeholder, so of one that was left it is about what came by.
 */
function seenUsage({ usage, isFinal }: UsageState, { errorCode, roughTokens }: Settlement): Usage {
  const isLeft = !isFinal && errorCode === 'client_gone' && roughTokens !== undefined;
  return isLeft ? { ...usage, outputTokens: roughTokens } : usage;
}

/** Closes the bill that is open, by how the request, or one of its ways, ended. */
export function closeBill(
  exchange: EndedExchange,
  settlement: Settlement,
): Promise<ClosedBill> | undefined {
  const reported = reportedUsage(exchange, settlement);
  return exchange.bills.close(billOutcomeOf(exchange, settlement), reported);
}

/** How long a reply waits for its settlement: after that it goes out without saying what it cost. */
const SETTLE_WAIT_MS = 5000;

/** Settles before the reply goes out, for what is known whole by then; what its head says of the cost. */
export async function settleBeforeReply(
  exchange: EndedExchange,
  settlement: Settlement,
): Promise<HeaderList> {
  const settled = settleRequest(exchange, settlement);
  if (settled === undefined) return [];
  return (await settledInTime(settled, exchange, SETTLE_WAIT_MS))?.headers ?? [];
}

/** What came of a settlement, if that is known and durable in time. */
export async function settledInTime(
  settled: Promise<ClosedBill | undefined>,
  { walk }: EndedExchange,
  forMs: number,
): Promise<ClosedBill | undefined> {
  let closed: ClosedBill | undefined;
  const noted = settled.then((known) => {
    closed = known?.isDurable === true ? known : undefined;
  });
  await waitAtMost(noted, forMs, walk.clock);
  return closed;
}

/**
 * The part of it that is about the model which was asked: the log of the gateway, and what it cost
 * there. A model that failed, and from which a route led on, has nothing else to settle but its bill.
 */
export function settleModel(exchange: EndedExchange, settlement: Settlement): void {
  const used = usageOf(exchange, settlement);
  logModel(exchange, recordOf(exchange, settlement, used), used.usage);
}

function recordOf(
  exchange: EndedExchange,
  settlement: Settlement,
  { usage, isFinal }: UsageState,
): RequestRecord {
  const { walk, startedMs, bills, trail, edits, trace } = exchange;
  const { firstByteAtMs, firstContentAtMs, stopReason } = settlement;
  return {
    ...asked(exchange),
    upstream: exchange.upstream?.name,
    status: settlement.status,
    errorCode: settlement.errorCode,
    usage,
    usageIsFinal: isFinal && settlement.isUsageEstimated !== true,
    responseBytes: settlement.responseBytes,
    firstByteMs: firstByteAtMs === undefined ? undefined : firstByteAtMs - startedMs,
    totalMs: walk.clock.monotonicMs() - startedMs,
    startedMs,
    firstContentMs: firstContentAtMs === undefined ? undefined : firstContentAtMs - startedMs,
    stopReason,
    edits,
    trace,
    ...(trail.records.length === 0 ? {} : { trail: trail.records }),
    ...(bills.attempts === 0 ? {} : { attempts: bills.attempts }),
  };
}

/** The request log, the metrics, and what the request's gateway counts and logs. */
function writeRecord(exchange: EndedExchange, record: RequestRecord, used: Usage): void {
  const { walk } = exchange;
  logModel(exchange, record, used);
  walk.requestLog.record(record);
  walk.metrics.request(record);
  exchange.said?.settle(record);
}

function logModel(exchange: EndedExchange, record: RequestRecord, usage: Usage): void {
  const { gateway } = exchange;
  logGatewayCall(exchange, { record, usage });
  if (gateway === undefined) return;
  chargeCall(exchange, costOf(exchange, gateway, { record, usage }).cost);
}

type Asked = Pick<
  RequestRecord,
  | 'requestId'
  | 'startedAtMs'
  | 'keyId'
  | 'account'
  | 'dialect'
  | 'operation'
  | 'model'
  | 'gatewayId'
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
    ...(principal === undefined ? {} : { account: principal.account }),
    dialect: request.dialect.name,
    operation: request.operation,
    model: call?.model,
    gatewayId: call?.gateway?.id,
    isStream: call !== undefined && asksForStream(call),
    requestBytes: (call?.request.body.length ?? 0) + (request.body.streamedBytes?.() ?? 0),
    ...(batchItem === undefined ? {} : { batchItem }),
  };
}
