/** What billing counts, as metrics show it. */
export interface LedgerFigures {
  readonly holds: number;
  readonly refusals: number;
  readonly extensions: number;
  readonly extensionsRefused: number;
  readonly settlements: number;
  readonly releases: number;
  readonly abandoned: number;
  readonly estimates: number;
  readonly absorbedNanoUsd: bigint;
  readonly storeFaults: number;
  readonly settlementsWaiting: number;
  readonly orphansSettled: number;
  readonly orphansReleased: number;
  readonly orphansUnresolved: number;
}

export interface LedgerSeries {
  readonly figure: keyof LedgerFigures;
  readonly name: string;
  readonly help: string;
  readonly kind: 'count' | 'gauge';
}

/** One series a figure. */
export const ledgerSeries: readonly LedgerSeries[] = [
  count('holds', 'holds', 'Requests that money was set aside for.'),
  count(
    'refusals',
    'holds_refused',
    'Requests refused because a wallet or a budget was too small.',
  ),
  count('extensions', 'extensions', 'Slices that streams got while they ran.'),
  count('extensionsRefused', 'extensions_refused', 'Slices that they did not get.'),
  count('settlements', 'settlements', 'Requests that were charged.'),
  count('releases', 'releases', 'Holds that went back in full.'),
  count(
    'abandoned',
    'abandoned',
    'Requests left by their callers before any of the answer was sent.',
  ),
  count('estimates', 'estimates', 'Charges that rest on a count of our own.'),
  count('absorbedNanoUsd', 'absorbed_nano_usd', 'What neither holds nor wallets covered.'),
  count('storeFaults', 'store_faults', 'Orders that the store failed to carry out.'),
  {
    figure: 'settlementsWaiting',
    name: 'quatrain_ledger_settlements_waiting',
    help: 'Settlements that the store has not taken yet.',
    kind: 'gauge',
  },
  count('orphansSettled', 'orphans_settled', 'Holds of dead processes that were charged.'),
  count('orphansReleased', 'orphans_released', 'Holds of dead processes that went back.'),
  count(
    'orphansUnresolved',
    'orphans_unresolved',
    'Holds of dead processes that nobody can tell of.',
  ),
];

function count(figure: keyof LedgerFigures, name: string, help: string): LedgerSeries {
  return { figure, name: `quatrain_ledger_${name}_total`, help, kind: 'count' };
}
