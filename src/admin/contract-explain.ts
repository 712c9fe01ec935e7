import type { AnyJsonObject } from './contract-json.ts';
import type { TargetState } from './contract-upstreams.ts';
import type { ListedRate, PlanAnswer } from './contract.ts';

/** The forms in which a request can be explained. */
export type ExplainForm = 'messages' | 'chat-completions' | 'workers-ai';

/** What is asked of `POST /admin/v1/routes/explain`. */
export interface ExplainQuestion {
  /** Absent: the request names no model. */
  readonly model?: string | undefined;
  /** That of the key where absent, and `explained` without a key. */
  readonly account?: string | undefined;
  /** The public id of a key; absent: one that may do everything. */
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** In the form that is asked about; absent: a short question. `model` stands in for its own. */
  readonly body?: AnyJsonObject | undefined;
  readonly form?: ExplainForm | undefined;
  /** From where it comes; absent: from an address that the key takes. */
  readonly address?: string | undefined;
  /** The upstream that alone is to answer, as the console's playground chooses one by `x-quatrain-upstream`. */
  readonly upstream?: string | undefined;
}

/** Where a request comes to its end. */
export type ExplainStage =
  | 'plan'
  | 'key'
  | 'form'
  | 'idempotency'
  | 'key_limits'
  | 'gateway'
  | 'policy'
  | 'model'
  | 'gateway_limits'
  | 'route'
  | 'provider_key'
  | 'gateway_rules'
  | 'guardrails'
  | 'money';

export interface ExplainModelAnswer {
  /** As the request has it. */
  readonly asked: string | null;
  /** What goes on, after policies gave it another name; null where the request was refused before. */
  readonly sent: string | null;
  /** The registry's id; null where it knows no such model. */
  readonly id: string | null;
  readonly display_name: string | null;
  /** Whether the plan sells it; null where the registry does not know it and the plan sells everything. */
  readonly is_listed: boolean | null;
  /** Names most like one that nobody knows. */
  readonly near: readonly string[];
}

export interface ExplainKeyAnswer {
  readonly id: string | null;
  readonly account: string;
  readonly is_allowed: boolean;
  /** Which rule said no: `scope_denied`, `ip_not_allowed`, `model_not_allowed`; null where none did. */
  readonly rule: string | null;
  readonly text: string | null;
  readonly needed_scope: string;
  readonly scopes: readonly string[];
  /** Null: any. */
  readonly models: readonly string[] | null;
}

export interface ExplainPolicyAnswer {
  readonly name: string;
  readonly edits: readonly { readonly edit: string; readonly fields: readonly string[] }[];
  readonly refusal: { readonly rule: string; readonly code: string } | null;
}

export interface ExplainRouteAnswer {
  readonly name: string;
  /** `not_reached`: a route before it took the request. */
  readonly outcome: 'taken' | 'not_for_it' | 'nobody_usable' | 'not_reached';
  /** The condition that failed: `models`, `accounts`, `keys`, `headers`, `features`, `body_bytes`. */
  readonly failed: string | null;
  /** Of its candidates, those that this request may not have. */
  readonly left_out: readonly {
    readonly upstream: string;
    readonly model: string | null;
    readonly why: string;
  }[];
}

export interface ExplainTargetAnswer {
  readonly upstream: string;
  readonly credential: number;
  /** What the model is called there; null: as it is sent. */
  readonly model: string | null;
  readonly state: TargetState;
  readonly why: string;
  readonly live: number;
  readonly timeouts: ExplainTimeoutsAnswer;
}

/** Null: no such bound. */
export interface ExplainTimeoutsAnswer {
  readonly connect_ms: number | null;
  /** From the request to its first content, by the route; else to the first byte, by the upstream. */
  readonly first_byte_ms: number | null;
  readonly idle_ms: number | null;
  readonly total_ms: number | null;
}

export interface ExplainRetriesAnswer {
  /** Who says so: the route, the account's plan or the AI gateway; `nobody`: asked once. */
  readonly by: 'route' | 'plan' | 'gateway' | 'nobody';
  readonly attempts_max: number;
  /** From the first attempt to the beginning of the last one. */
  readonly total_ms: number | null;
}

export interface ExplainAffinityAnswer {
  /** The target that the conversation belongs to. */
  readonly home: ExplainPlaceAnswer;
  /** Where it was served last, where that is another one. */
  readonly guest: ExplainPlaceAnswer | null;
}

export interface ExplainPlaceAnswer {
  readonly upstream: string;
  readonly credential: number;
}

export interface ExplainMoneyAnswer {
  /** Whether money is set aside before an upstream is asked. */
  readonly is_held: boolean;
  readonly held_nano: string | null;
  readonly held_output_tokens: number | null;
  /** The bound of the input. */
  readonly input_tokens: number | null;
  /** Null where no price is known. */
  readonly price_version: string | null;
  readonly markup_basis_points: number;
  readonly rates: readonly ListedRate[];
  /** Null where the account has no wallet, or pays afterwards. */
  readonly available_nano: string | null;
}

export interface ExplainLimitAnswer {
  readonly meter: 'requests' | 'input-tokens' | 'output-tokens';
  readonly limit: number;
  readonly remaining: number;
  readonly reset_ms: number;
}

/** What the response cache of an AI gateway has for a request; nothing of what it says. */
export interface ExplainCacheAnswer {
  /** `off`: it has no part in it; `bypassed`: the request wants it so; `miss`, `hit`: it is looked up. */
  readonly outcome: 'off' | 'bypassed' | 'miss' | 'hit';
  /** For how long an answer is kept; null where none is. */
  readonly ttl_seconds: number | null;
  /** For how much longer the answer that is there may be given. */
  readonly left_ms: number | null;
  /** One sentence. */
  readonly text: string;
}

/** What an idempotency key would come to; it is not claimed. */
export interface ExplainIdempotencyAnswer {
  readonly key: string;
  /**
   * `new`: it would be this request's; `repeats`: its answer is given again; `running`: the first is not
   * done; `differs`: it was used for something else; `not_kept`: its answer was too large; `full`: the
   * account has too many; `invalid`: it is none; `unavailable`: keys cannot be kept now.
   */
  readonly outcome:
    | 'new'
    | 'repeats'
    | 'running'
    | 'differs'
    | 'not_kept'
    | 'full'
    | 'invalid'
    | 'unavailable';
  /** The request that has the key, where that is one like this. */
  readonly request: string | null;
  /** One sentence. */
  readonly text: string;
}

/** A rule of an AI gateway about texts: a category of guardrails, or a profile of data. */
export interface ExplainTextRule {
  readonly kind: 'hazard' | 'data';
  readonly name: string;
  readonly action: 'FLAG' | 'BLOCK';
  /** Whether the configuration describes it: nothing else can be found. */
  readonly is_described: boolean;
  /** Whether the request has it; null for answers, which nobody knows yet. */
  readonly is_found: boolean | null;
}

/** What an AI gateway looks for in texts; empty where no rule is about a side. */
export interface ExplainGuardrailsAnswer {
  readonly request: readonly ExplainTextRule[];
  readonly answer: readonly ExplainTextRule[];
  /** `passes`, `flagged` or `blocked` is the request; `unscannable`: a rule blocks what nothing describes. */
  readonly outcome: 'off' | 'passes' | 'flagged' | 'blocked' | 'unscannable';
  /** One sentence. */
  readonly text: string;
}

/** What came of an upstream that was chosen. */
export interface ExplainChosenAnswer {
  readonly upstream: string;
  /** Whether it would be asked, and nobody else. */
  readonly is_alone: boolean;
  /** The route whose way leads there; null where none does, or it is asked without one. */
  readonly route: string | null;
  /** Why it would not be asked: `upstream_not_found`, `upstream_not_routed`, `upstream_drained`. */
  readonly code: string | null;
  /** One sentence. */
  readonly text: string;
}

export interface ExplainVerdictAnswer {
  /** Whether an upstream would be asked. */
  readonly is_sent: boolean;
  /** Who has the answer; null where it is refused. */
  readonly answered_from: 'upstream' | 'cache' | 'idempotency' | null;
  /** Null where it is not refused. */
  readonly stage: ExplainStage | null;
  readonly http_status: number | null;
  readonly code: string | null;
  /** One sentence. */
  readonly text: string;
}

/** What would happen to a request. What lies behind the stage that ends it is null or empty. */
export interface ExplainAnswer {
  readonly verdict: ExplainVerdictAnswer;
  readonly form: ExplainForm;
  readonly model: ExplainModelAnswer;
  readonly key: ExplainKeyAnswer;
  readonly plan: PlanAnswer | null;
  /** The AI gateway that it goes through, by its id. */
  readonly gateway: string | null;
  /** Those of the configuration that are about it. */
  readonly policies: readonly ExplainPolicyAnswer[];
  /** As the header `x-quatrain-edits` would name them. */
  readonly edits: readonly string[];
  readonly limits: readonly ExplainLimitAnswer[];
  readonly routes: readonly ExplainRouteAnswer[];
  /** The route that takes it; null where the default upstream answers, or nobody. */
  readonly route: string | null;
  /** In the order in which they are asked. */
  readonly targets: readonly ExplainTargetAnswer[];
  /** Upstreams that would be among them and are drained. */
  readonly drained: readonly string[];
  /** Whether the order is drawn anew for each request, so that the next one's may be another. */
  readonly is_order_drawn: boolean;
  readonly retries: ExplainRetriesAnswer | null;
  readonly affinity: ExplainAffinityAnswer | null;
  /** Null where nobody chose an upstream, or it was refused before. */
  readonly chosen: ExplainChosenAnswer | null;
  /** Null where the request has no key that counts, or was refused before. */
  readonly idempotency: ExplainIdempotencyAnswer | null;
  /** Null where it did not come so far. */
  readonly cache: ExplainCacheAnswer | null;
  /** Null where it goes through no AI gateway, or did not come so far. */
  readonly guardrails: ExplainGuardrailsAnswer | null;
  readonly money: ExplainMoneyAnswer | null;
}
