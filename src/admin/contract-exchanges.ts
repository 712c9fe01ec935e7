import type {
  AttemptAnswer,
  HoldAnswer,
  ListedRate,
  RequestAnswer,
  TransferAnswer,
} from './contract.ts';

export type * from './contract-cassettes.ts';

/**
 * What the admin API answers of single requests, of the last minutes, of batches, scenarios and
 * cassettes. Amounts are nano-USD as decimal text, instants RFC 3339.
 */

/** `GET /admin/v1/requests/{request}/exchange`: everything about one request. */
export interface ExchangeAnswer {
  readonly request: RequestAnswer;
  /** In order. Of one that went well at once, what the row says of it; empty where none was asked. */
  readonly attempts: readonly AttemptAnswer[];
  /** Null where nothing of what was said is stored: the reason says why. */
  readonly content: ContentOfExchange | null;
  readonly content_reason: 'stored' | 'off' | 'not_kept' | 'unreadable';
  readonly ledger: ExchangeLedger;
  /** At which its usage was priced; null where it had no bill, or the prices are not known any more. */
  readonly prices: ExchangePrices | null;
  readonly billed: BilledAnswer;
}

/** What was said, as far as it is stored. */
export interface ContentOfExchange {
  /** `request_log`: by `request_log.bodies`; `gateway_log`: by an AI gateway that collects logs. */
  readonly source: 'request_log' | 'gateway_log';
  readonly stored_at: string;
  /** When it is removed; null where only its gateway's own bounds remove it. */
  readonly removed_at: string | null;
  readonly request: StoredMessage;
  readonly response: StoredMessage;
  /** Events of a stream with their own times, for a replay; null where the answer was none. */
  readonly events: readonly StreamEventAnswer[] | null;
  /** Whether `events` has no times of its own: what the gateway's logs keep has none. */
  readonly are_events_timed: boolean;
  /** Whether the stream had more events than are here. */
  readonly are_events_cut: boolean;
}

export interface StoredMessage {
  /** Kept by a list of names; credentials are in none. By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly content_type: string | null;
  /** All bytes that went over the wire. */
  readonly bytes: number;
  /** As text; null where the body is not text. */
  readonly text: string | null;
  /** Whether `text` is only the beginning. */
  readonly is_cut: boolean;
}

export interface StreamEventAnswer {
  /** Since the request came in, in milliseconds; null where `are_events_timed` is false. */
  readonly at_ms: number | null;
  /** Of the SSE event; null where it names none. */
  readonly event: string | null;
  readonly data: string;
}

/** A transfer with the two accounts of the chart between which it moved money. */
export interface LedgerEntryAnswer extends TransferAnswer {
  readonly from: string;
  readonly to: string;
  readonly created_at: string;
}

export interface ExchangeLedger {
  /** Null where nothing was held for it. */
  readonly hold: HoldAnswer | null;
  readonly entries: readonly LedgerEntryAnswer[];
  /** What its settlement says of each class of tokens. */
  readonly lines: readonly ChargeLineAnswer[];
}

export interface ChargeLineAnswer {
  readonly class: string;
  readonly count: string;
  readonly nano_per_mtok: string | null;
  readonly amount_nano: string;
}

export interface ExchangePrices {
  readonly model: string;
  readonly price_version: string;
  readonly rates: readonly ListedRate[];
}

/** The row of the published "billed?" table that applies. */
export interface BilledAnswer {
  /** `running`: it has no end yet. `none`: such a request is never billed. */
  readonly outcome:
    | 'refused'
    | 'failed'
    | 'answered'
    | 'empty'
    | 'broken'
    | 'stopped'
    | 'left_before_content'
    | 'left_after_content'
    | 'replayed'
    | 'none'
    | 'running';
  readonly billed: 'yes' | 'no' | 'partial' | 'unknown';
  /** What the published table says of it. */
  readonly why: string;
  /** The lines of the published table for this outcome. */
  readonly situations: readonly string[];
}

/** `GET /admin/v1/live`: the last five minutes, from memory. */
export interface LiveAnswer {
  readonly at: string;
  readonly in_flight: number;
  readonly step_ms: number;
  /** Oldest first; the last one is still being counted. */
  readonly steps: readonly LiveStepAnswer[];
  readonly models: readonly LiveTopAnswer[];
  readonly upstreams: readonly LiveTopAnswer[];
  readonly keys: readonly LiveTopAnswer[];
  /** Newest first. */
  readonly recent: readonly RequestAnswer[];
}

export interface LiveStepAnswer {
  /** Its beginning. */
  readonly at: string;
  readonly requests: number;
  readonly failed: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_nano: string;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p50_first_content_ms: number | null;
}

export interface LiveTopAnswer {
  /** A model, the name of an upstream, or the public id of a key; `other` for all the rest. */
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_nano: string;
}

/** `GET /admin/v1/batches` and what is below it. */
export interface BatchAnswer {
  readonly id: string;
  readonly account: string;
  readonly key_id: string | null;
  readonly status: 'in_progress' | 'canceling' | 'ended';
  readonly requests: number;
  /** How many have an outcome, and which; while it runs, so far. */
  readonly done: number;
  readonly counts: BatchCountsAnswer;
  /** From 0 to 1. */
  readonly progress: number;
  readonly created_at: string;
  readonly expires_at: string;
  readonly ended_at: string | null;
  readonly cancel_initiated_at: string | null;
  /** Its results are gone. */
  readonly archived_at: string | null;
  readonly request_bytes: number | null;
  readonly results_bytes: number | null;
}

export interface BatchCountsAnswer {
  readonly succeeded: number;
  readonly errored: number;
  readonly canceled: number;
  readonly expired: number;
}

/** `GET /admin/v1/scenarios`. */
export interface ScenariosAnswer {
  /** `emulator.scenarios_file`; null where none is configured: then nothing can be written. */
  readonly path: string | null;
  readonly is_writable: boolean;
  /** What stands in the file; empty where there is none. */
  readonly text: string;
  /** Of `text`: a `PUT` names it. */
  readonly etag: string;
  /** Whether requests that match no scenario are refused. */
  readonly strict: boolean;
  /** What `text` says; empty where it has problems. */
  readonly scenarios: readonly ScenarioSummary[];
  readonly problems: readonly TextProblem[];
  /** What the emulator plays now, which is older than `text` where that has problems. */
  readonly in_force: readonly string[];
}

export interface ScenarioSummary {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** Answers one after another, `then` too. */
  readonly steps: number;
  readonly times: number | null;
  readonly has_match: boolean;
  readonly faults: number;
}

/** From 1, as editors count. */
export interface TextProblem {
  readonly line: number;
  readonly column: number;
  /** Dotted path of what is wrong; empty for the text as such. */
  readonly path: string;
  readonly message: string;
}

/** `POST /admin/v1/scenarios/check` {text}. */
export interface ScenarioCheckAnswer {
  readonly ok: boolean;
  readonly problems: readonly TextProblem[];
  readonly scenarios: readonly ScenarioSummary[];
}

/** Body of `POST /admin/v1/scenarios/check`. */
export interface ScenarioCheckBody {
  readonly text: string;
}

/** Body of `PUT /admin/v1/scenarios`; 409 where `etag` is not the file's any more. */
export interface ScenarioWriteBody {
  readonly text: string;
  readonly etag: string;
}
