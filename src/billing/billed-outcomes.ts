import type { ReleaseOrder } from '../ledger/ledger-store.ts';
import type { BillOutcome } from './bill.ts';

/** What a caller pays for an outcome. */
export type BilledFor =
  /** Nothing: the hold goes back. */
  | 'nothing'
  /** What was used, as the upstream reported it; counted here where it did not. */
  | 'usage'
  /** Input as reported, and the output that was produced until the end; at most what was held. */
  | 'produced'
  /** Nothing, as long as it does not happen all the time; then the input. */
  | 'nothing_at_first';

export interface BilledOutcome {
  readonly billedFor: BilledFor;
  /** What the books say of a hold that goes back. */
  readonly releasedAs: ReleaseOrder['why'];
}

/** Every way a request can end, as far as money goes. */
export type BilledName =
  | 'refused'
  | 'failed'
  | 'answered'
  | 'empty'
  | 'broken'
  | 'stopped'
  | 'left_before_content'
  | 'left_after_content'
  | 'replayed';

/** The "billed?" table (wallet reference §4.5): the one place that says who pays for what. */
export const billedOutcomes: Readonly<Record<BilledName, BilledOutcome>> = {
  refused: { billedFor: 'nothing', releasedAs: 'refused' },
  failed: { billedFor: 'nothing', releasedAs: 'failed' },
  answered: { billedFor: 'usage', releasedAs: 'free' },
  empty: { billedFor: 'nothing', releasedAs: 'free' },
  broken: { billedFor: 'nothing', releasedAs: 'failed' },
  stopped: { billedFor: 'produced', releasedAs: 'free' },
  left_before_content: { billedFor: 'nothing_at_first', releasedAs: 'free' },
  left_after_content: { billedFor: 'produced', releasedAs: 'free' },
  replayed: { billedFor: 'nothing', releasedAs: 'free' },
};

/** Which row an outcome is. */
export function billedNameOf(outcome: BillOutcome): BilledName {
  switch (outcome.kind) {
    case 'answered':
      return outcome.isEmpty ? 'empty' : 'answered';
    case 'client_gone':
      return outcome.hadContent ? 'left_after_content' : 'left_before_content';
    case 'refused':
    case 'failed':
    case 'broken':
    case 'stopped':
    case 'replayed':
      return outcome.kind;
  }
}

/** One line of the published table: a situation that callers know, and the outcome that it is. */
export interface BilledSituation {
  readonly situation: string;
  /** What the caller sees of it in HTTP. */
  readonly seen: string;
  /** `none`: nothing is held, so there is nothing to end. */
  readonly outcome: BilledName | 'none';
}

export const billedSituations: readonly BilledSituation[] = [
  {
    situation: 'The gateway refuses the request: 400, 401, 402, 403, 404, 413, 429.',
    seen: 'the same',
    outcome: 'refused',
  },
  {
    situation: 'An upstream refuses it after the gateway let it through.',
    seen: '4xx or 502',
    outcome: 'refused',
  },
  { situation: 'Every attempt fails before the first byte.', seen: '5xx', outcome: 'failed' },
  {
    situation: 'An attempt fails, and a later one answers: that one alone is charged.',
    seen: '200',
    outcome: 'answered',
  },
  { situation: 'An answer in full.', seen: '200', outcome: 'answered' },
  {
    situation: 'An answer in full that declines (`stop_reason: refusal`).',
    seen: '200',
    outcome: 'answered',
  },
  {
    situation: 'An answer in full whose usage the upstream reports as zero throughout.',
    seen: '200',
    outcome: 'answered',
  },
  {
    situation: 'An answer in full that does not report its usage: it is counted here.',
    seen: '200',
    outcome: 'answered',
  },
  {
    situation: 'An answer without an output token and without a stop reason.',
    seen: '200',
    outcome: 'empty',
  },
  {
    situation: 'A stream that the upstream breaks with an error after bytes were sent.',
    seen: '200, then an `error` event',
    outcome: 'broken',
  },
  {
    situation: 'A stream that ends without `message_stop`.',
    seen: '200, then an `error` event',
    outcome: 'broken',
  },
  {
    situation: 'The money runs out while the answer is written.',
    seen: '200, then an `error` event; or an end with `stop_reason: max_tokens` where the plan says so',
    outcome: 'stopped',
  },
  {
    situation: 'The caller leaves before any of the answer was sent.',
    seen: 'nothing',
    outcome: 'left_before_content',
  },
  {
    situation: 'The caller leaves after some of the answer was sent.',
    seen: '200',
    outcome: 'left_after_content',
  },
  {
    situation: 'The caller leaves a request with an idempotency key: it goes on, and is kept.',
    seen: 'the answer, when it asks again',
    outcome: 'answered',
  },
  {
    situation: 'The caller sends the same request again, without an idempotency key.',
    seen: '200',
    outcome: 'answered',
  },
  {
    situation: "The answer comes from the gateway's cache, or replays that of an idempotency key.",
    seen: '200',
    outcome: 'replayed',
  },
  {
    situation: 'Counting tokens, lists of models, files, batches as such.',
    seen: '200',
    outcome: 'none',
  },
];

/** What the published table says of each. */
export const billedWords: Readonly<Record<BilledFor, string>> = {
  nothing: '0',
  usage: 'what was used, at the prices of its admission',
  produced: 'the input, and the output that was produced until the end; never more than was held',
  nothing_at_first: '0; the input, for a key that does it more often than `billing` allows',
};
