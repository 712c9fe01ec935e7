import type { ChatCreditMeta } from '../../../chat-form/chat-response.ts';
import type { HeaderList } from '../../../messages/upstream.ts';
import { UsageState } from '../../../messages/usage.ts';
import type { JsonObject } from '../../../std/json.ts';
import type { AnswerShape } from '../answer-shape.ts';

/** One credit is 500 nano-USD (chat reference §1.4). */
const NANO_USD_PER_CREDIT = 500n;
const CREDITS_PER_USD = 2_000_000;
/** A credit is 0.0000005 USD, which other ways of writing numbers turn into an exponent. */
const USD_DECIMALS = 7;
/** A markup is counted in millionths, so that no rounding of fractions decides over a credit. */
const MILLIONTHS = 1_000_000n;
const MILLIONTHS_PER_PERCENT = 10_000;

/** What an answer cost, rounded up to a whole credit; undefined where no price or count is known. */
export function creditMeta(
  usage: JsonObject,
  credits: AnswerShape['credits'],
): ChatCreditMeta | undefined {
  if (credits === undefined) return undefined;
  const state = new UsageState();
  state.mergeFinal(usage);
  const costNanoUsd = credits.costNanoUsd(state.usage);
  if (costNanoUsd === undefined) return undefined;
  const markup = BigInt(Math.round(credits.markupPercent * MILLIONTHS_PER_PERCENT));
  const scaled = costNanoUsd * (MILLIONTHS + markup);
  const perCredit = NANO_USD_PER_CREDIT * MILLIONTHS;
  const used = Number((scaled + perCredit - 1n) / perCredit);
  return { usage: { credits_used: used, usd_spent: used / CREDITS_PER_USD } };
}

/** The same in the head of an answer in one piece; chat reference §1.6. */
export function creditHeaders({ usage }: ChatCreditMeta): HeaderList {
  const usd = usage.usd_spent.toFixed(USD_DECIMALS).replace(/\.?0+$/, '');
  return ['x-aimlapi-credits-used', String(usage.credits_used), 'x-aimlapi-usd-spent', usd];
}
