import type { BudgetClaim, BudgetState, HoldOutcome, WalletState } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { unreachable } from '../std/assert.ts';
import type { JsonObject } from '../std/json.ts';
import { usdText } from '../std/usd-text.ts';
import type { Quote } from './quote.ts';
import { affordableOutput } from './quote.ts';

/** When money that running requests hold is likely to be back. */
const HELD_RETRY_MS = 5000;

/** A hold that was not granted, and what it was for. */
export interface RefusedHold {
  readonly quote: Quote;
  readonly outcome: Extract<HoldOutcome, { readonly kind: 'refused' }>;
  readonly requiredNanoUsd: bigint;
  readonly topupUrl: string | undefined;
}

/** 402 and 403 in words and figures; figures are for keys that may see the wallet (wallet reference §5). */
export function refuseHold(refused: RefusedHold): Refusal {
  const { outcome } = refused;
  switch (outcome.why) {
    case 'budget_exceeded':
      return refuseByBudget(refused, outcome.budget, outcome.state);
    case 'wallet_held':
      return refuseByWallet(refused, outcome.wallet, {
        code: 'wallet_held',
        said: 'Running requests hold what this one needs of the wallet',
        advice: 'Try again once they have ended, or lower max_tokens.',
      });
    case 'wallet_exhausted':
      return refuseByWallet(refused, outcome.wallet, {
        code: 'wallet_exhausted',
        said: 'Wallet balance is too low for this request',
        advice: 'Top up or lower max_tokens.',
      });
    case 'wallet_frozen':
      return refuseByWallet(refused, outcome.wallet, {
        code: 'wallet_exhausted',
        said: 'The wallet of this account may not be spent from (status: frozen)',
        advice: 'Ask whoever runs this gateway.',
      });
    case 'no_wallet':
      return refuseByWallet(refused, outcome.wallet, {
        code: 'wallet_exhausted',
        said: 'This account has no wallet yet',
        advice: 'Top it up first.',
      });
    default:
      return unreachable(outcome);
  }
}

interface WalletWords {
  readonly code: 'wallet_exhausted' | 'wallet_held';
  readonly said: string;
  readonly advice: string;
}

/** Wallet reference §5.1: money that is not there, and money that is there but taken, are two things. */
function refuseByWallet(
  { quote, requiredNanoUsd, topupUrl }: RefusedHold,
  wallet: WalletState | undefined,
  { code, said, advice }: WalletWords,
): Refusal {
  const { showsFigures } = quote.question;
  const availableNanoUsd = wallet?.availableNanoUsd ?? 0n;
  const figures = `: needs up to ${usdText(requiredNanoUsd)} USD, ${usdText(availableNanoUsd)} USD available`;
  const members: JsonObject = {
    code,
    ...(showsFigures
      ? {
          required_nano: String(requiredNanoUsd),
          available_nano: String(availableNanoUsd),
          held_nano: String(wallet?.heldNanoUsd ?? 0n),
          ...affordable(quote, wallet),
        }
      : {}),
    ...(topupUrl === undefined ? {} : { topup_url: topupUrl }),
  };
  return refusal('billing', `${said}${showsFigures ? figures : ''}. ${advice}`, {
    reason: code,
    members,
    ...(code === 'wallet_held' ? { retryAfterMs: HELD_RETRY_MS } : {}),
  });
}

/** The largest `max_tokens` that would fit now; absent where not even the input does. */
function affordable(quote: Quote, wallet: WalletState | undefined): JsonObject {
  if (wallet?.status !== 'open') return {};
  const { unseenOutputTokens, outputTokensMax } = quote.bounds;
  const tokens = affordableOutput(quote, wallet.availableNanoUsd);
  // A budget for thinking has to fit below max_tokens as it stands.
  const isThinking = unseenOutputTokens > 0 && unseenOutputTokens < outputTokensMax;
  if (tokens === undefined || (isThinking && tokens <= unseenOutputTokens)) return {};
  return { affordable_max_tokens: tokens };
}

/** Wallet reference §5.2: no `retry-after`, since a period lasts hours or days. */
function refuseByBudget(
  { quote, requiredNanoUsd }: RefusedHold,
  { limitNanoUsd, endMs }: BudgetClaim,
  { spentNanoUsd, heldNanoUsd }: BudgetState,
): Refusal {
  const { showsFigures } = quote.question;
  const resetsAt = endMs === undefined ? null : new Date(endMs).toISOString();
  const figures = `: it needs up to ${usdText(requiredNanoUsd)} USD, and ${usdText(limitNanoUsd - spentNanoUsd - heldNanoUsd)} of ${usdText(limitNanoUsd)} USD is left`;
  const when = resetsAt === null ? '' : ` The next period begins at ${resetsAt}.`;
  const members: JsonObject = {
    code: 'key_budget_exceeded',
    ...(showsFigures
      ? {
          limit_nano: String(limitNanoUsd),
          spent_nano: String(spentNanoUsd),
          held_nano: String(heldNanoUsd),
          required_nano: String(requiredNanoUsd),
        }
      : {}),
    resets_at: resetsAt,
  };
  const text = `This request would exceed the budget of this key${showsFigures ? figures : ''}.${when}`;
  return refusal('permission_denied', text, { reason: 'key_budget_exceeded', members });
}

/** The books cannot be written: nothing goes out that nobody could charge for (reliability §4.5). */
export function refuseWithoutLedger(): Refusal {
  return refusal(
    'unavailable',
    'The wallet of this account cannot be reached at the moment. Please try again later.',
    { reason: 'ledger_unavailable', members: { code: 'ledger_unavailable' } },
  );
}

/** What a stream ends with whose money ran out. */
export function refuseMore(outputTokens: number): Refusal {
  const text = `The wallet ran out while the answer was written: it ends here, after about ${String(outputTokens)} tokens, which are charged.`;
  return refusal('billing', text, {
    reason: 'wallet_exhausted',
    members: { code: 'wallet_exhausted' },
  });
}
