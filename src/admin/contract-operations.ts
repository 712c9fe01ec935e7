import type { AnyJson, AnyJsonObject } from './contract-json.ts';
import type { ListedPrice } from './contract.ts';

export type {
  ExplainAffinityAnswer,
  ExplainAnswer,
  ExplainCacheAnswer,
  ExplainChosenAnswer,
  ExplainForm,
  ExplainGuardrailsAnswer,
  ExplainIdempotencyAnswer,
  ExplainKeyAnswer,
  ExplainLimitAnswer,
  ExplainModelAnswer,
  ExplainMoneyAnswer,
  ExplainPlaceAnswer,
  ExplainPolicyAnswer,
  ExplainQuestion,
  ExplainRetriesAnswer,
  ExplainRouteAnswer,
  ExplainStage,
  ExplainTargetAnswer,
  ExplainTextRule,
  ExplainTimeoutsAnswer,
  ExplainVerdictAnswer,
} from './contract-explain.ts';
export type { AnyJson, AnyJsonObject } from './contract-json.ts';
export type {
  CredentialProbeAnswer,
  ProbeAnswer,
  TargetAnswer,
  TargetState,
  UpstreamFiguresAnswer,
  UpstreamStateAnswer,
  UpstreamsAnswer,
} from './contract-upstreams.ts';

/**
 * What the admin API says of the running gateway: upstreams, routes, AI gateways, settings and models.
 * Amounts are nano-USD as decimal text, instants RFC 3339, durations milliseconds.
 */

// --- Routes: GET /admin/v1/routes

/** What has to be so of a request, all of it; null: as it likes. */
export interface RouteConditionsAnswer {
  readonly accounts: readonly string[] | null;
  /** Public ids. */
  readonly keys: readonly string[] | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body_bytes_min: number | null;
  readonly body_bytes_max: number | null;
  /** Any of them. */
  readonly features: readonly string[] | null;
}

export interface RouteTargetAnswer {
  readonly upstream: string;
  /** Its share among the targets; null for fallbacks. */
  readonly weight: number | null;
  /** What the model is called there; null: as in the request. */
  readonly model: string | null;
  readonly first_byte_ms: number | null;
  readonly when: RouteConditionsAnswer;
}

export interface RouteAnswer {
  readonly name: string;
  /** Names and patterns; null: all models. */
  readonly models: readonly string[] | null;
  readonly when: RouteConditionsAnswer;
  readonly targets: readonly RouteTargetAnswer[];
  readonly fallbacks: readonly RouteTargetAnswer[];
  readonly attempts_max: number;
  readonly total_ms: number | null;
  readonly affinity: 'prompt_cache' | 'none';
}

export interface RoutesAnswer {
  /** In their order: the first that is for a request counts. */
  readonly data: readonly RouteAnswer[];
  /** Who answers where no route does. */
  readonly default_upstream: string;
}

// --- AI gateways: GET /admin/v1/gateways, GET | POST | PUT | DELETE /admin/v1/gateways/{account}/{gateway}

/** A gateway as the account's own API shows it; what PUT and POST take are members of the same names. */
export interface GatewayAnswer {
  readonly account: string;
  readonly id: string;
  readonly is_default: boolean;
  readonly created_at: string;
  readonly modified_at: string;
  /** All its settings, spend limits and content rules among them. */
  readonly settings: AnyJsonObject;
  /** Of what `settings` say, whenever they were written. */
  readonly etag: string;
}

/** Body of a PUT: the settings, and which ones they take the place of; 409 where those are gone. */
export interface GatewayReplaceBody {
  /** That of the gateway that was read; without it the settings go in the place of whichever there are. */
  readonly etag?: string;
  readonly [setting: string]: unknown;
}

export interface GatewayAccessPolicyAnswer {
  readonly id: string;
  readonly name: string;
  readonly is_enabled: boolean;
  readonly actor: string;
  readonly resource: string;
  readonly condition: string | null;
  readonly action: 'allow' | 'block' | 'cap';
  readonly limit_usd: number | null;
  readonly period: string | null;
}

/** A stored key for a provider: never the key. */
export interface GatewayProviderKeyAnswer {
  readonly id: string;
  readonly provider: string;
  readonly alias: string;
  readonly is_default: boolean;
  /** The few letters by which its owner knows it again. */
  readonly preview: string;
  readonly created_at: string;
}

export interface GatewayDynamicRouteAnswer {
  readonly id: string;
  readonly name: string;
  /** The version that requests go by; null where none is deployed. */
  readonly active_version: string | null;
  readonly versions: readonly {
    readonly id: string;
    readonly is_active: boolean;
    readonly created_at: string;
  }[];
}

/** One gateway with what belongs to it. */
export interface GatewayDetailAnswer extends GatewayAnswer {
  readonly access_policies: readonly GatewayAccessPolicyAnswer[];
  readonly provider_keys: readonly GatewayProviderKeyAnswer[];
  readonly dynamic_routes: readonly GatewayDynamicRouteAnswer[];
}

// --- Policies of the configuration: GET /admin/v1/policies

export interface PolicyAnswer {
  readonly name: string;
  /** Which requests it is about; no member: all. */
  readonly when: AnyJsonObject;
  readonly models: { readonly allow: readonly string[] | null; readonly deny: readonly string[] };
  readonly parameters: {
    readonly defaults: AnyJsonObject;
    readonly limits: Readonly<Record<string, number>>;
    readonly deny: readonly string[];
  };
  readonly betas: {
    readonly allow: readonly string[] | null;
    readonly deny: readonly string[];
    readonly on_denied: 'refuse' | 'drop';
  };
  readonly body_bytes_max: number | null;
  readonly model_default: string | null;
  readonly model_aliases: Readonly<Record<string, string>>;
  readonly thinking_on_switch: 'keep' | 'strip_and_retry';
}

export interface PoliciesAnswer {
  readonly data: readonly PolicyAnswer[];
}

// --- Settings: GET /admin/v1/settings, POST /admin/v1/settings/check

export interface SettingsAnswer {
  readonly version: string;
  readonly node_version: string;
  readonly started_at: string;
  readonly uptime_ms: number;
  readonly is_ready: boolean;
  readonly public_url: string;
  readonly data_dir: string;
  readonly profile: string;
  readonly plan: string;
  readonly default_upstream: string;
  /** Says which prices are in force: equal prices have equal versions. */
  readonly price_version: string;
  readonly store: StoreSizeAnswer;
  readonly queues: QueuesAnswer;
  /** What is in force; secrets as the references that they were given as. */
  readonly config: AnyJsonObject;
  /** Dotted paths of options that only a restart changes. */
  readonly needs_restart: readonly string[];
}

export interface StoreSizeAnswer {
  /** The database with its log of writes. */
  readonly database_bytes: number;
}

/** What waits, and what was dropped since the start for want of room. */
export interface QueuesAnswer {
  readonly requests_in_flight: number;
  readonly unheard_answers: number;
  readonly request_log_dropped: number;
  readonly gateway_log_dropped: number;
  readonly recordings_dropped: number;
  readonly spans_dropped: number;
  readonly retries_refused: number;
}

export interface SettingsCheckQuestion {
  /** The text of a configuration file. */
  readonly yaml: string;
}

export interface SettingsProblemAnswer {
  /** Dotted; empty where it is about the whole. */
  readonly path: string;
  /** The line of the text, or the variable that says so. */
  readonly where: string;
  readonly message: string;
}

/** One option that the text has otherwise than what is in force. */
export interface SettingsChangeAnswer {
  readonly path: string;
  /** Null where it is not there. */
  readonly from: AnyJson;
  readonly to: AnyJson;
  readonly needs_restart: boolean;
}

export interface SettingsCheckAnswer {
  readonly ok: boolean;
  readonly problems: readonly SettingsProblemAnswer[];
  /** Empty where there are problems. */
  readonly changes: readonly SettingsChangeAnswer[];
}

// --- Registry: GET /admin/v1/registry

export interface RegistryModelAnswer {
  readonly id: string;
  readonly display_name: string;
  readonly author: string;
  readonly created_at: string;
  readonly retired_at: string | null;
  readonly names: {
    /** The id first, then what else stands for it. */
    readonly messages: readonly string[];
    readonly chat_completions: readonly string[];
    readonly workers_ai: readonly string[];
  };
  readonly context_tokens: number;
  /** With the beta that widens the window; null where there is none. */
  readonly long_context_tokens: number | null;
  readonly output_tokens_max: number;
  readonly features: readonly string[];
  /** At the configured plan, before any markup; null where the price is not known. */
  readonly price: ListedPrice | null;
}

export interface RegistryAnswer {
  readonly as_of: string;
  readonly data: readonly RegistryModelAnswer[];
}
