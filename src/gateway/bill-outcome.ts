import type { BillOutcome } from '../billing/bill.ts';
import type { Ending } from '../billing/ending-of.ts';
import { endingOf } from '../billing/ending-of.ts';
import { UsageState } from '../messages/usage.ts';
import { isGivenAgain } from './given-again.ts';
import type { EndedExchange, Settlement } from './settle-request.ts';

interface EndedCall {
  readonly settlement: Settlement;
  readonly usage: UsageState;
  readonly attempt: number;
}

/** What a bill is told of each ending; what is charged for it is a row of the "billed?" table. */
const outcomes: Readonly<Record<Ending, (ended: EndedCall) => BillOutcome>> = {
  replayed: () => ({ kind: 'replayed' }),
  // Nobody gets it, and the gateway's own rule is why: it was produced as ordered.
  withheld: (ended) => answered(ended),
  answered: (ended) => answered(ended),
  client_gone: ({ usage, attempt, settlement }) => ({
    kind: 'client_gone',
    usage,
    attempt,
    hadContent: settlement.hadContent ?? false,
    ...answerOf(settlement),
    ...(settlement.roughTokens === undefined ? {} : { roughTokens: settlement.roughTokens }),
  }),
  stopped: ({ usage, attempt }) => ({ kind: 'stopped', usage, attempt }),
  broken: ({ usage, attempt }) => ({ kind: 'broken', usage, attempt }),
  refused: ({ settlement: { status } }) => ({ kind: 'refused', status }),
  failed: ({ settlement: { status } }) => ({ kind: 'failed', status }),
};

/** The outcome of a request for its bill: the one place that tells one from the other. */
export function billOutcomeOf(exchange: EndedExchange, settlement: Settlement): BillOutcome {
  const usage = reportedUsage(exchange, settlement) ?? new UsageState();
  const attempt = exchange.bills.attempts;
  const { answer = exchange.read?.answer } = settlement;
  const ended = { ...settlement, ...(answer === undefined ? {} : { answer }) };
  return outcomes[endingOfExchange(exchange, settlement)]({ settlement: ended, usage, attempt });
}

/**
 * What an upstream said that was used. Of an answer that was read whole before it went out that is
 * known, however early its caller left.
 */
export function reportedUsage(
  { read, spent }: EndedExchange,
  { usage }: Pick<Settlement, 'usage'>,
): UsageState | undefined {
  return usage?.isFinal === true ? usage : (read?.usage ?? usage ?? spent);
}

function endingOfExchange(exchange: EndedExchange, settlement: Settlement): Ending {
  const { status, errorCode } = settlement;
  const isGivenAgainNow = isGivenAgain(exchange);
  const isWithheld = exchange.spent !== undefined;
  return endingOf({ status, errorCode, isGivenAgain: isGivenAgainNow, isWithheld });
}

function answerOf({ answer }: Settlement): Pick<Settlement, 'answer'> {
  return answer === undefined ? {} : { answer };
}

function answered({ settlement, usage, attempt }: EndedCall): BillOutcome {
  const { isUsageEstimated = false, isEmpty = false } = settlement;
  return {
    kind: 'answered',
    usage,
    attempt,
    isUsageEstimated,
    isEmpty,
    ...answerOf(settlement),
  };
}
