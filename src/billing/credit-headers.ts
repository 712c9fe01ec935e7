import type { WalletState } from '../ledger/ledger-store.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { Quote } from './quote.ts';
import { amountFor } from './quote.ts';

/** What was set aside for a request as it began. */
export interface GrantedHold {
  readonly heldNanoUsd: bigint;
  /** Undefined where no wallet pays. */
  readonly wallet: WalletState | undefined;
  readonly expectedOutputTokens: number | undefined;
}

/** `x-credits-*`, known before the first byte (wallet reference §6.2). */
export function creditHeaders(quote: Quote, granted: GrantedHold): HeaderList {
  const { heldNanoUsd, wallet } = granted;
  const seesWallet = wallet !== undefined && quote.question.showsFigures;
  return [
    'x-credits-unit',
    'nano-usd',
    'x-credits-estimated',
    String(estimatedNanoUsd(quote, granted)),
    'x-credits-held',
    String(heldNanoUsd),
    ...(seesWallet ? ['x-credits-available', String(wallet.availableNanoUsd)] : []),
    'x-credits-price-version',
    quote.price.version,
  ];
}

/** What it will likely cost: never more than is held, since no more can be charged without another hold. */
function estimatedNanoUsd(
  quote: Quote,
  { heldNanoUsd, expectedOutputTokens = Infinity }: GrantedHold,
): bigint {
  const tokens = Math.min(expectedOutputTokens, quote.bounds.outputTokensMax);
  const likely = amountFor(quote, tokens);
  return likely < heldNanoUsd ? likely : heldNanoUsd;
}
