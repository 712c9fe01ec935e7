import type { LogLevel } from '../std/log-level.ts';
import type { EngineName, QuirkChanges } from './engine-quirks.ts';
import type { BedrockUpstreamConfig } from './bedrock-config.ts';
import type { HostUpstreamConfig } from './host-upstream-config.ts';
import type { RequestPolicy } from './policy-config.ts';
import type { RouteConfig } from './route-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';

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
  /** Where operators sign in, on the admin listener. */
  readonly console: {
    readonly enabled: boolean;
    readonly session_idle_ms: number;
    readonly session_ms: number;
  };
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
    readonly shed_event_loop_ms: number;
    readonly shed_streams_heap_percent: number;
    readonly shed_requests_heap_percent: number;
  };
  readonly timeouts: {
    readonly headers_ms: number;
    readonly body_ms: number;
    readonly keep_alive_ms: number;
    readonly client_stall_ms: number;
  };
  readonly drain: {
    readonly notice_ms?: number | undefined;
    readonly streams_ms: number;
    readonly total_ms?: number | undefined;
  };
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  readonly default_upstream?: string | undefined;
  /** Who answers which requests; the first that is for a request counts. */
  readonly routes: readonly RouteConfig[];
  /** What requests may ask; all that are about a request apply. */
  readonly policies: readonly RequestPolicy[];
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
    /** What was said in requests, beside their rows. */
    readonly bodies: {
      readonly enabled: boolean;
      readonly bytes_max: number;
      readonly waiting_bytes_max: number;
      readonly disk_bytes_max: number;
      readonly retention_hours: number;
    };
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
  readonly telemetry: TelemetryConfig;
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

/** Where the credentials of an upstream are: one, or several that requests are spread over. */
export interface CredentialsConfig {
  readonly api_key?: string | undefined;
  readonly api_keys?: readonly string[] | undefined;
}

/** Whether, and how often, an upstream that failed is looked at before requests go there again. */
export interface ProbeConfig {
  readonly every_ms: number;
}

export interface AnthropicUpstreamConfig extends CredentialsConfig {
  readonly kind: 'anthropic';
  readonly base_url: string;
  readonly auth: 'x-api-key' | 'bearer' | 'none';
  readonly share_account_resources: boolean;
  readonly provider_keys: boolean;
  readonly strip_billing_header?: boolean | undefined;
  readonly connections_max: number;
  readonly on_client_gone?: 'cancel' | 'drain' | undefined;
  readonly timeouts: {
    readonly connect_ms: number;
    readonly first_byte_ms: number;
    readonly idle_ms: number;
    readonly total_ms?: number | undefined;
  };
  readonly probe?: ProbeConfig | undefined;
}

export interface ChatUpstreamConfig extends CredentialsConfig {
  readonly kind: 'chat-completions';
  readonly base_url: string;
  readonly engine: EngineName;
  readonly quirks: QuirkChanges;
  /** The engine's names of models, by the name in a request; `*` for all others. */
  readonly models: Readonly<Record<string, string>>;
  readonly verbatim: boolean;
  readonly auth: 'bearer' | 'none';
  readonly strip_billing_header?: boolean | undefined;
  readonly connections_max: number;
  readonly on_client_gone?: 'cancel' | 'drain' | undefined;
  readonly timeouts: AnthropicUpstreamConfig['timeouts'];
  readonly probe?: ProbeConfig | undefined;
}

export interface ReplayUpstreamConfig {
  readonly kind: 'replay';
  readonly cassette: string;
  readonly timing: 'recorded' | 'instant';
  readonly on_miss: string;
}

/** The kinds of upstreams that can be configured. The emulator is always there and needs no entry. */
export type UpstreamConfig =
  | AnthropicUpstreamConfig
  | BedrockUpstreamConfig
  | ChatUpstreamConfig
  | HostUpstreamConfig
  | ReplayUpstreamConfig;

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
