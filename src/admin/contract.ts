/**
 * What the admin API and the accounts' own routes answer, as types: for the console and for whoever
 * else reads it. Amounts are nano-USD as decimal text, instants RFC 3339.
 */

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Asks for the next page; null at the end. */
  readonly next_cursor: string | null;
}

export interface AccountAnswer {
  readonly id: string;
  readonly name: string;
  /** Null: the configured plan. */
  readonly plan: string | null;
  readonly status: 'open' | 'closed';
  readonly created_at: string;
}

export interface BudgetAnswer {
  readonly limit_nano: string;
  readonly period: 'none' | 'day' | 'week' | 'month';
}

export interface RateAnswer {
  readonly requests_per_minute?: number | undefined;
  readonly input_tokens_per_minute?: number | undefined;
  readonly output_tokens_per_minute?: number | undefined;
  readonly concurrency?: number | undefined;
}

export interface KeyAnswer {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly kind: 'inference' | 'management' | 'admin';
  readonly status: 'active' | 'disabled' | 'revoked' | 'expired';
  /** How the key begins and ends: enough to know it by. */
  readonly prefix: string;
  readonly last4: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | null;
  readonly allowed_cidrs: readonly string[] | null;
  readonly budget: BudgetAnswer | null;
  readonly rate: RateAnswer | null;
  readonly created_at: string;
  readonly created_by: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
  readonly grace_until: string | null;
}

/** The only answer that has the key itself. */
export interface KeySecretAnswer extends KeyAnswer {
  readonly key: string;
}

export interface WalletAnswer {
  readonly account: string;
  readonly status: 'open' | 'frozen';
  readonly currency: 'USD';
  readonly posted_nano: string;
  readonly held_nano: string;
  readonly available_nano: string;
  readonly available_usd: string;
}

export interface TransferAnswer {
  readonly id: string;
  readonly sequence: string;
  readonly account: string;
  readonly reason: string;
  readonly amount_nano: string;
  readonly usd: string;
}

export interface TransactionAnswer {
  readonly id: string;
  readonly sequence: string;
  readonly created_at: string;
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly amount_nano: string;
  readonly usd: string;
  readonly request_id: string | null;
  readonly about: string | null;
  readonly note: string;
}

export interface HoldAnswer {
  readonly id: string;
  readonly account: string;
  readonly key_id: string;
  readonly state: 'open' | 'unresolved' | 'settled' | 'released';
  readonly held_nano: string;
  readonly created_at: string;
  readonly expires_at: string;
  /** What was known last: whether an upstream was asked, whether content went out. */
  readonly checkpoint: 'sent' | 'partial' | 'final' | null;
  readonly checkpoint_cost_nano: string | null;
}

export interface TokensAnswer {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_input_tokens: number | null;
  readonly cache_creation_input_tokens: number | null;
  readonly cache_creation_5m_input_tokens: number | null;
  readonly cache_creation_1h_input_tokens: number | null;
  readonly web_search_requests: number | null;
}

export interface RequestAnswer {
  readonly id: string;
  /** `running` and `unresolved` have no final charge yet. */
  readonly status: 'running' | 'settled' | 'released' | 'unresolved';
  readonly account: string | null;
  readonly key_id: string | null;
  readonly created_at: string;
  readonly form: string | null;
  readonly operation: string | null;
  readonly model: string | null;
  readonly upstream: string | null;
  /** The AI gateway that it named. */
  readonly gateway: string | null;
  readonly http_status: number | null;
  readonly error: string | null;
  readonly is_stream: boolean | null;
  readonly usage: TokensAnswer | null;
  readonly usage_source: 'reported' | 'estimated' | 'none' | null;
  readonly attempts: number | null;
  readonly price_version: string | null;
  /** Null where it is not known: unknown is not zero. */
  readonly cost_nano: string | null;
  readonly charged_nano: string | null;
  readonly held_nano: string | null;
  readonly total_ms: number | null;
  readonly first_byte_ms: number | null;
  /** Of streams that had any. */
  readonly first_content_ms: number | null;
  readonly stop_reason: string | null;
  /** What the gateway changed of the request. */
  readonly edits: readonly string[];
  readonly trace_id: string | null;
  /** Where there were several attempts, or one that failed. */
  readonly attempt_details: readonly AttemptAnswer[] | null;
}

/** One attempt at an answer; moments are milliseconds since the request came in. */
export interface AttemptAnswer {
  readonly upstream: string;
  /** Which of several credentials of the upstream, from 0. */
  readonly credential: number | null;
  readonly model: string | null;
  readonly started_ms: number;
  readonly head_ms: number | null;
  readonly ended_ms: number | null;
  readonly http_status: number | null;
  readonly error: string | null;
}

/** How long requests took, in milliseconds, as far as buckets tell. */
export interface LatencyAnswer {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface FigureAnswer {
  readonly by: Readonly<Record<string, string | null>>;
  readonly requests: number;
  readonly failed: number;
  readonly input_tokens: string;
  readonly output_tokens: string;
  readonly cache_read_input_tokens: string;
  readonly cache_creation_input_tokens: string;
  readonly thinking_tokens: string;
  readonly web_search_requests: string;
  readonly cost_nano: string;
  readonly charged_nano: string;
  readonly unknown_costs: number;
  /** What reading from the prompt cache was cheaper than reading anew, at list prices. */
  readonly cache_saved_nano: string;
  readonly total_ms: LatencyAnswer;
  readonly first_content_ms: LatencyAnswer;
}

export interface OverviewAnswer {
  readonly from: string;
  readonly to: string;
  readonly data: readonly FigureAnswer[];
  readonly is_cut: boolean;
}

export interface UsageRowAnswer {
  /** By what was grouped, as `day` or `model`; null where a request had none. */
  readonly by: Readonly<Record<string, string | null>>;
  readonly requests: number;
  readonly failed: number;
  readonly input_tokens: string;
  readonly output_tokens: string;
  readonly cache_read_input_tokens: string;
  readonly cache_creation_input_tokens: string;
  readonly web_search_requests: string;
  readonly cost_nano: string;
  readonly charged_nano: string;
  /** Requests whose cost nobody knows: they are in no sum. */
  readonly unknown_costs: number;
}

export interface UsageAnswer {
  readonly from: string;
  readonly to: string;
  readonly tz: string;
  readonly data: readonly UsageRowAnswer[];
  /** Whether there were more groups than an answer has. */
  readonly is_cut: boolean;
}

export interface PriceAnswer {
  readonly id: string;
  readonly model: string;
  readonly class: string;
  readonly nano_per_mtok: string;
  readonly tier_from_input_tokens: number;
  readonly plan: string | null;
  readonly effective_from: string;
  readonly effective_to: string | null;
  readonly source: string;
  readonly created_by: string;
  readonly created_at: string;
}

export interface ListedRate {
  readonly class: string;
  readonly tier_from_input_tokens: number;
  readonly nano_per_mtok: string;
  readonly usd_per_mtok: string;
}

/** What a model costs now; wallet reference §11. */
export interface ListedPrice {
  readonly model: string;
  readonly price_version: string;
  readonly batch_percent: number;
  readonly us_geo_percent: number;
  readonly rates: readonly ListedRate[];
  /** When the next change that is known comes. */
  readonly next_change_at: string | null;
}

export interface PlanAnswer {
  readonly name: string;
  /** Whether it is always there: such a plan is neither changed nor removed. */
  readonly is_built_in: boolean;
  readonly is_prepaid: boolean;
  readonly output_tokens_max: number | null;
  readonly models: readonly string[] | null;
  readonly takes_every_form: boolean;
  readonly markup_basis_points: number;
  readonly on_exhausted: 'error' | 'stop';
  readonly attempts_max: number;
}

export interface InvoiceLine {
  readonly model: string | null;
  readonly class: string;
  readonly price_version: string | null;
  readonly requests: number;
  readonly count: string;
  readonly amount_nano: string;
}

/** What an account paid for requests in a month of the calendar in UTC. */
export interface InvoiceAnswer {
  readonly account: string;
  readonly month: string;
  readonly lines: readonly InvoiceLine[];
  /** The sum of the lines, to the nano. */
  readonly total_nano: string;
  /** What was left below a cent by the invoices before. */
  readonly carried_in_nano: string;
  /** The one rounding: whole cents of what was carried in and the total. */
  readonly total_cents: string;
  readonly carried_out_nano: string;
}

export interface AuditAnswer {
  readonly sequence: string;
  readonly at: string;
  readonly actor: string;
  readonly key_id: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly account: string | null;
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** What the newest entries of the audit log name. */
export interface AuditNamesAnswer {
  readonly actions: readonly string[];
  readonly actors: readonly string[];
}

/** Whether a chain of hashes holds, and what it ends with. */
export interface CheckAnswer {
  readonly is_sound: boolean;
  readonly entries: number;
  readonly head: string;
  readonly problems: readonly string[];
}

export interface IntentAnswer {
  readonly id: string;
  readonly account: string;
  readonly amount_nano: string;
  readonly usd: string;
  readonly currency: 'usd';
  readonly status: 'pending' | 'paid';
  readonly payment_id: string | null;
  readonly refunded_nano: string;
  readonly created_at: string;
  readonly paid_at: string | null;
}

export interface PaymentEventAnswer {
  readonly id: string;
  readonly provider: string;
  readonly type: string;
  readonly payment_id: string | null;
  readonly outcome: 'credited' | 'returned' | 'unmatched';
  readonly account: string | null;
  readonly amount_nano: string | null;
  readonly detail: string;
  readonly at: string;
}
