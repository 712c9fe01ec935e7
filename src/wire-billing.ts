import { LedgerBilling } from './billing/ledger-billing.ts';
import { HoldReaper } from './billing/hold-reaper.ts';
import { LedgerCounts } from './billing/ledger-counts.ts';
import type { BillingParts } from './billing/billing-parts.ts';
import type { Billing } from './billing/bill.ts';
import type { Model } from './catalog/model.ts';
import { resolveModel } from './catalog/resolve-model.ts';
import type { Config } from './config/config.ts';
import { PriceTable } from './metering/price-table.ts';
import { PriceRefresher } from './metering/refresh-prices.ts';
import { base62 } from './std/base62.ts';
import type { Clock } from './std/clock.ts';
import type { Random } from './std/random.ts';
import type { Store } from './store/open-store.ts';
import type { Log } from './telemetry/log.ts';

export interface BillingWiring {
  readonly store: Pick<Store, 'ledger' | 'prices' | 'owners'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly config: () => Config;
}

/** Billing with what tends it. */
export interface WiredBilling {
  readonly billing: Billing;
  readonly prices: PriceTable;
  /** This process, for the next one to know its holds by. */
  readonly owner: string;
  readonly counts: LedgerCounts;
  /** Reads prices and ends the holds of processes that died: before the first request. */
  start(): Promise<void>;
  /** Writes what is left to write, as far as the store takes it. */
  close(): Promise<void>;
}

const OWNER_LETTERS = 22;
/** What the account of the development key has to begin with: 10 USD. */
const WELCOME_NANO_USD = 10_000_000_000n;
/** Whose key a gateway is tried out with. */
export const DEVELOPMENT_ACCOUNT = 'development';

const noPrices: Model['prices'] = [];

/** Puts together what prices requests and keeps their money. */
export function wireBilling(wiring: BillingWiring): WiredBilling {
  const { store, clock, log, random, config } = wiring;
  const owner = base62(OWNER_LETTERS, (count) => random.bytes(count));
  const findModel = (modelId: string): Model | undefined =>
    resolveModel(modelId, config().emulator.profile);
  const prices = new PriceTable({
    clock,
    store: store.prices,
    listPrices: (modelId) => findModel(modelId)?.prices ?? noPrices,
  });
  const counts = new LedgerCounts();
  const parts: BillingParts = {
    clock,
    log,
    ledger: store.ledger,
    owner,
    isAlive: (name) => store.owners.isAlive(name),
    counts,
    prices,
    findModel,
    jsonBounds: () => {
      const { json_depth_max: depthMax, json_keys_max: keysMax } = config().limits;
      return { depthMax, keysMax };
    },
    settings: () => {
      const { billing } = config();
      return {
        sliceTokens: billing.slice_tokens,
        holdMarginMs: billing.hold_margin_ms,
        abandonedFreePerHour: billing.abandoned_free_per_hour,
        topupUrl: billing.topup_url,
      };
    },
    welcome: { account: DEVELOPMENT_ACCOUNT, amountNanoUsd: WELCOME_NANO_USD },
  };
  const billing = new LedgerBilling(parts);
  const reaper = new HoldReaper(parts, billing.desk);
  const refresher = new PriceRefresher(prices, clock, log);
  return {
    billing,
    prices,
    owner,
    counts,
    start: async () => {
      store.owners.hold(owner);
      await refresher.start();
      await reaper.start();
    },
    close: async () => {
      refresher.stop();
      await reaper.close();
      await billing.desk.close();
    },
  };
}
