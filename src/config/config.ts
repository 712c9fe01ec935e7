import type { LogLevel } from '../std/log-level.ts';
import type { EngineName, QuirkChanges } from './engine-quirks.ts';

/** The configuration after defaults: what `quatrain.yaml` means. Descriptions are in the schema. */
export interface Config {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly public_url?: string | undefined;
    /** Ranges of addresses. */
    readonly trusted_proxies: readonly string[];
  };
  readonly admin: { readonly host: string; readonly port?: number | undefined };
  readonly data_dir: string;
  readonly limits: {
    readonly body_bytes_max: number;
    readonly batch_bytes_max: number;
    readonly header_bytes_max: number;
    readonly json_depth_max: number;
    readonly json_keys_max: number;
    readonly connections_max: number;
    readonly answer_bytes_max: number;
    readonly recording_bytes_max: number;
    readonly recordings_waiting_bytes_max: number;
    readonly cassette_bytes_max: number;
    readonly cache_bytes_max: number;
    readonly cached_answer_bytes_max: number;
    readonly idempotent_answer_bytes_max: number;
    readonly concurrency_per_key: number;
  };
  readonly timeouts: {
    readonly headers_ms: number;
    readonly body_ms: number;
    readonly keep_alive_ms: number;
    readonly client_stall_ms: number;
  };
  readonly drain: { readonly notice_ms?: number | undefined; readonly streams_ms: number };
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  readonly default_upstream?: string | undefined;
  readonly plan: 'standard' | 'prepaid';
  readonly chat_completions: {
    readonly flavour: 'aimlapi' | 'openai';
    readonly credits?: { readonly markup_percent: number } | undefined;
  };
  readonly workers_ai: { readonly content: 'relaxed' | 'strict' };
  readonly ai_gateway: {
    readonly guardrails: {
      /** By category; a text is of it where one of them occurs. */
      readonly patterns: Readonly<Record<string, readonly string[]>>;
    };
    readonly dlp_profiles: Readonly<Record<string, DlpProfileConfig>>;
  };
  /** What is absent is off. */
  readonly payments: {
    readonly stripe?: { readonly webhook_secret: string } | undefined;
  };
  readonly billing: {
    readonly slice_tokens: number;
    readonly hold_margin_ms: number;
    readonly abandoned_free_per_hour: number;
    readonly topup_url?: string | undefined;
  };
  readonly cors: { readonly origins: readonly string[] };
  readonly emulator: {
    readonly profile: 'launch' | 'ga-2026-08';
    readonly seed: string;
    readonly first_token_ms: number;
    readonly tokens_per_second: number;
    readonly ping_every_ms: number;
    readonly jitter_percent: number;
    readonly foreign_signatures: 'accept' | 'refuse';
    readonly faults: readonly FaultConfig[];
    readonly scenarios_file?: string | undefined;
    readonly limits: RateLimitsConfig & {
      readonly accounts: Readonly<Record<string, RateLimitsConfig>>;
    };
  };
  readonly batches: {
    readonly concurrency: number;
    readonly account_batches_max: number;
    readonly account_requests_max: number;
    readonly account_bytes_max: number;
  };
  readonly files: {
    readonly bytes_max: number;
    readonly account_bytes_max: number;
    readonly account_files_max: number;
    readonly uploads_max: number;
  };
  /** Whose traffic is recorded, and in which cassette. */
  readonly recordings: readonly { readonly key: string; readonly cassette: string }[];
  readonly redact: {
    readonly patterns: readonly string[];
    readonly emails: boolean;
    readonly media: 'keep' | 'digest';
    readonly media_bytes_max: number;
  };
  readonly request_log: {
    readonly enabled: boolean;
    readonly queue_max: number;
    readonly retention_days: number;
  };
  /** The logs of AI Gateways, which have what was said. */
  readonly gateway_log: {
    readonly enabled: boolean;
    readonly logs_max: number;
    readonly bytes_max: number;
    readonly body_bytes_max: number;
    readonly waiting_bytes_max: number;
    readonly queue_max: number;
    readonly retention_days: number;
  };
  readonly log_level: LogLevel;
}

/** What data of a profile looks like. */
export interface DlpProfileConfig {
  readonly name: string;
  readonly entries: Readonly<
    Record<
      string,
      | { readonly detector: 'email' | 'credit-card' | 'iban' | 'phone' | 'api-key' | 'ssn' }
      | { readonly pattern: string }
    >
  >;
}

export interface AnthropicUpstreamConfig {
  readonly kind: 'anthropic';
  readonly base_url: string;
  readonly api_key?: string | undefined;
  readonly auth: 'x-api-key' | 'bearer' | 'none';
  readonly share_account_resources: boolean;
  readonly provider_keys: boolean;
  readonly connections_max: number;
  readonly timeouts: {
    readonly connect_ms: number;
    readonly first_byte_ms: number;
    readonly idle_ms: number;
  };
}

export interface ChatUpstreamConfig {
  readonly kind: 'chat-completions';
  readonly base_url: string;
  readonly engine: EngineName;
  readonly quirks: QuirkChanges;
  /** The engine's names of models, by the name in a request; `*` for all others. */
  readonly models: Readonly<Record<string, string>>;
  readonly verbatim: boolean;
  readonly api_key?: string | undefined;
  readonly auth: 'bearer' | 'none';
  readonly connections_max: number;
  readonly timeouts: AnthropicUpstreamConfig['timeouts'];
}

export interface ReplayUpstreamConfig {
  readonly kind: 'replay';
  readonly cassette: string;
  readonly timing: 'recorded' | 'instant';
  readonly on_miss: string;
}

/** The kinds of upstreams that can be configured. The emulator is always there and needs no entry. */
export type UpstreamConfig = AnthropicUpstreamConfig | ChatUpstreamConfig | ReplayUpstreamConfig;

/** A limit that is absent refuses nothing. */
export interface RateLimitsConfig {
  readonly requests_per_minute?: number | undefined;
  readonly input_tokens_per_minute?: number | undefined;
  readonly output_tokens_per_minute?: number | undefined;
}

export interface FaultConfig {
  readonly error: 'rate_limit_error' | 'overloaded_error' | 'api_error' | 'timeout_error';
  readonly times: number;
  readonly after_events?: number | undefined;
  readonly retry_after_ms?: number | undefined;
}
