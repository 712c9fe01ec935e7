import type { JsonValue } from '../std/json.ts';

/** Which requests something is about: of all that is given, one entry has to fit. */
export interface RequestCondition {
  readonly accounts?: readonly string[] | undefined;
  /** Public ids. */
  readonly keys?: readonly string[] | undefined;
  readonly gateways?: readonly string[] | undefined;
  readonly dialects?: readonly ('messages' | 'chat-completions' | 'workers-ai')[] | undefined;
  /** Patterns, by any of a model's names. */
  readonly models?: readonly string[] | undefined;
}

/** Bounds of what a request may ask; what is absent is not bounded. */
export interface ParameterLimits {
  readonly max_tokens_max?: number | undefined;
  readonly thinking_budget_max?: number | undefined;
  readonly tools_max?: number | undefined;
  readonly messages_max?: number | undefined;
  readonly images_max?: number | undefined;
}

/** What the requests that it is about may ask, and what they ask where they do not say. */
export interface RequestPolicy {
  readonly name: string;
  readonly when: RequestCondition;
  /** Patterns; what is denied stays denied. Where `allow` is absent, all others pass. */
  readonly models: {
    readonly allow?: readonly string[] | undefined;
    readonly deny: readonly string[];
  };
  readonly parameters: {
    readonly defaults: Readonly<Record<string, JsonValue>>;
    readonly limits: ParameterLimits;
    /** Names of members at the top of a request. */
    readonly deny: readonly string[];
  };
  readonly betas: {
    readonly allow?: readonly string[] | undefined;
    readonly deny: readonly string[];
    readonly on_denied: 'refuse' | 'drop';
  };
  readonly body_bytes_max?: number | undefined;
  /** For requests that name no model. */
  readonly model_default?: string | undefined;
  /** What becomes of thinking that an upstream does not take, since it was not its own. */
  readonly thinking_on_switch: 'keep' | 'strip_and_retry';
  /** The model that a name stands for. */
  readonly model_aliases: Readonly<Record<string, string>>;
}
