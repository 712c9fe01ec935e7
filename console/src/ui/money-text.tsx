import type { ReactElement } from 'react';
import { exactUsdText, usdText } from '../format/money.ts';

/** An amount in nano-USD, rounded for reading; to the nano for who points at it. */
export function MoneyText({ nano }: { readonly nano: string | null }): ReactElement {
  if (nano === null) return <span title="Not known">–</span>;
  return <span title={exactUsdText(nano)}>{usdText(nano)}</span>;
}
