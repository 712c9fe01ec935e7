import type { ExchangeTransfers } from '../ledger/exchange-transfers.ts';
import type { Refusal } from '../messages/errors.ts';
import type { LoggedExchanges } from '../policy/logged-exchange.ts';
import type { ContentReads } from '../telemetry/exchange-content.ts';
import type { LiveView } from '../telemetry/live-figures.ts';
import type { BatchAnswer, ScenarioCheckAnswer } from './contract-exchanges.ts';
import type { CassetteDesk } from './cassette-desk.ts';

/** What looks into single requests, batches, scenarios and cassettes work with. */
export interface ExplorerParts {
  /** Undefined where nothing of what is said is kept. */
  readonly contents: ContentReads | undefined;
  /** Undefined where gateways keep no logs. */
  readonly gatewayLogs: LoggedExchanges | undefined;
  readonly transfers: ExchangeTransfers;
  readonly live: () => LiveView;
  /** Requests that are being served. */
  readonly inFlight: () => number;
  readonly batches: BatchDesk;
  readonly scenarios: ScenarioDesk;
  readonly cassettes: CassetteDesk;
}

/** Which batches are wanted. */
export interface BatchListing {
  readonly account?: string | undefined;
  readonly status?: BatchAnswer['status'] | undefined;
  /** Older than this place in the order of making. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Batches of all accounts. */
export interface BatchDesk {
  /** Newest first, each with its place. */
  list(
    listing: BatchListing,
  ): Promise<readonly { readonly sequence: number; readonly batch: BatchAnswer }[]>;
  find(id: string): Promise<BatchAnswer | undefined>;
  /** Whether that began now; no where it was canceled before, or has ended. */
  cancel(id: string): Promise<boolean>;
}

/** The file of scenarios that the emulator plays. */
export interface ScenarioDesk {
  /** Its path; undefined where none is configured. */
  readonly path: () => string | undefined;
  /** What stands in it; undefined where it cannot be read. */
  read(): string | undefined;
  /** Names of what the emulator plays. */
  inForce(): readonly string[];
  check(text: string): ScenarioCheckAnswer & { readonly strict: boolean };
  /** Puts another text in its place, whole or not at all. */
  write(text: string): Refusal | undefined;
}
