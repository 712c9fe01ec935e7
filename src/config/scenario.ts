import type { JsonObject, JsonValue } from '../std/json.ts';

/**
 * Names of the wire that a scenario may use. The protocol's own lists stand in a folder that this
 * one does not see; a test of the emulator holds them together.
 */
export const scenarioErrorTypes = [
  'invalid_request_error',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
  'conflict_error',
  'request_too_large',
  'rate_limit_error',
  'api_error',
  'timeout_error',
  'overloaded_error',
] as const;
export const scenarioStopReasons = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
  'compaction',
] as const;
export const scenarioResultTypes = [
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
] as const;

/**
 * What a scenario file means: scripts of the emulator's answers, delays and faults. The same form
 * is what programs hand to the emulator. Descriptions of the members are in the schema.
 */
export interface ScenarioFile {
  readonly strict: boolean;
  readonly scenarios: readonly Scenario[];
}

/** One script: which requests it is for, and what they get. The first that matches answers. */
export interface Scenario extends ScenarioStep {
  readonly name: string;
  readonly match?: ScenarioMatch | undefined;
  /** How many requests it answers; without end where absent and there is no `then`. */
  readonly times?: number | undefined;
  /** Only with `error`: it stands before the request is checked. */
  readonly before_validation?: boolean | undefined;
  /** What the second request gets, the third, and so on. */
  readonly then?: readonly ScenarioStep[] | undefined;
}

/** What one request gets: an error, an answer, or what the emulator would say, played in a certain way. */
export interface ScenarioStep {
  readonly respond?: ScenarioResponse | undefined;
  readonly error?: ScenarioError | undefined;
  readonly pace?: ScenarioPace | undefined;
  readonly faults?: readonly ScenarioFault[] | undefined;
}

/** All conditions that are given must hold. */
export interface ScenarioMatch {
  readonly model?: TextCondition | undefined;
  readonly last_user_text?: TextCondition | undefined;
  readonly tool_results?: ToolResultCondition | undefined;
  readonly turn?: number | TurnRange | undefined;
  readonly header?: Readonly<Record<string, TextCondition>> | undefined;
  readonly account?: TextCondition | undefined;
  readonly operation?: 'messages.create' | 'messages.count_tokens' | 'any' | undefined;
  readonly stream?: boolean | undefined;
}

interface TurnRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A string is the whole text; else a part of it, or a pattern that is found in it. */
export type TextCondition =
  | string
  | { readonly contains: string }
  | { readonly regex: string; readonly ignore_case?: boolean | undefined };

/** Holds where one result of a tool in the last message has all that is given. */
export interface ToolResultCondition {
  readonly tool?: TextCondition | undefined;
  readonly text?: TextCondition | undefined;
  readonly is_error?: boolean | undefined;
}

export interface ScenarioResponse {
  readonly content?: string | readonly ScenarioBlock[] | undefined;
  readonly stop_reason?: (typeof scenarioStopReasons)[number] | undefined;
  readonly stop_sequence?: string | undefined;
  readonly stop_details?: JsonObject | undefined;
  /** Members that stand in the place of the counted ones. */
  readonly usage?: JsonObject | undefined;
  readonly model?: string | undefined;
}

/** A block of an answer as the wire spells it; ids and signatures are made where they are left out. */
export type ScenarioBlock =
  | {
      readonly type: 'text';
      readonly text: string;
      readonly citations?: readonly JsonObject[] | undefined;
    }
  | { readonly type: 'thinking'; readonly thinking: string }
  | { readonly type: 'redacted_thinking'; readonly data?: string | undefined }
  | {
      readonly type: 'tool_use' | 'server_tool_use';
      readonly name: string;
      readonly input: JsonObject;
      readonly id?: string | undefined;
    }
  | {
      readonly type: (typeof scenarioResultTypes)[number];
      readonly content: JsonValue;
      readonly tool_use_id?: string | undefined;
    }
  | {
      readonly type: 'mcp_tool_use';
      readonly name: string;
      readonly server_name: string;
      readonly input: JsonObject;
      readonly id?: string | undefined;
    }
  | {
      readonly type: 'mcp_tool_result';
      readonly content: string;
      readonly tool_use_id?: string | undefined;
      readonly is_error?: boolean | undefined;
    }
  | { readonly type: 'container_upload'; readonly file_id: string }
  | { readonly type: 'compaction'; readonly content: string };

export interface ScenarioError {
  readonly type: (typeof scenarioErrorTypes)[number];
  /** The one that belongs to the type where absent. */
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly details?: JsonObject | undefined;
  readonly retry_after_ms?: number | undefined;
}

/** What is absent is as the emulator is configured. */
export interface ScenarioPace {
  readonly first_token_ms?: number | undefined;
  readonly tokens_per_second?: number | undefined;
  readonly jitter_percent?: number | undefined;
  readonly ping_every_ms?: number | undefined;
}

/** Something that goes wrong in an answer, before the event with an index or at an offset in bytes. */
export type ScenarioFault =
  | ({ readonly kind: 'cut' | 'reset' | 'close_without_message_stop' } & FaultPlace)
  | ({ readonly kind: 'stall'; readonly ms: number } & FaultPlace)
  | {
      readonly kind: 'duplicate_ping';
      readonly at_event: number;
      readonly count?: number | undefined;
    }
  | { readonly kind: 'malformed_event'; readonly at_event: number }
  | {
      readonly kind: 'split_utf8';
      readonly at_event: number;
      readonly ms?: number | undefined;
    }
  | {
      readonly kind: 'error_event';
      readonly at_event: number;
      readonly error: ScenarioError;
    }
  | { readonly kind: 'status'; readonly error: ScenarioError };

interface FaultPlace {
  readonly at_event?: number | undefined;
  readonly at_byte?: number | undefined;
}
