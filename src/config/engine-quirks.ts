/** The engines whose ways are known; `generic` sends nothing that a plain engine could stumble over. */
export const engineNames = [
  'generic',
  'quatrain',
  'aimlapi',
  'litellm',
  'llama-cpp',
  'ollama',
  'openai',
  'openrouter',
  'sglang',
  'vllm',
] as const;
export type EngineName = (typeof engineNames)[number];

/** Fields in which an assistant's earlier thinking can travel; chat reference §2.8. */
export const thinkingConventions = [
  'thinking_blocks',
  'reasoning_details',
  'reasoning_content',
  'reasoning',
] as const;
export type ThinkingConvention = (typeof thinkingConventions)[number];

/**
 * Where engines that speak Chat Completions differ, as data. The words are those of the
 * configuration, since its entries replace single ones.
 */
export interface EngineQuirks {
  /** `native`: system, messages, tools and what steers them in the spelling of the Messages form. */
  readonly request_as: 'chat' | 'native';
  readonly max_tokens_as: 'max_tokens' | 'max_completion_tokens';
  /** Most stop sequences that one request may have. */
  readonly stops_max: number;
  /** Whether a stream says what it used when `stream_options` asks for it. */
  readonly takes_stream_options: boolean;
  readonly takes_top_k: boolean;
  readonly takes_service_tier: boolean;
  readonly takes_cache_control: boolean;
  readonly takes_strict_tools: boolean;
  readonly takes_parallel_flag: boolean;
  /** What of it is heeded: names of functions too, the plain words alone, or nothing. */
  readonly tool_choice: 'named' | 'words' | 'none';
  readonly takes_response_schema: boolean;
  /** Whether texts that stand together stay apart. */
  readonly text_parts: 'kept' | 'joined';
  readonly image_urls: 'any' | 'data' | 'none';
  /** Documents that go as files; text that does not is written out, anything else is refused. */
  readonly files: 'all' | 'pdf' | 'none';
  /** Where pictures and files stand that a tool gave back. */
  readonly result_media: 'in-result' | 'after-results';
  /** How a tool's result says that it is an error. */
  readonly result_errors: 'flag' | 'prefix';
  /** How thinking is asked for. */
  readonly thinking_as: 'native' | 'thinking' | 'reasoning' | 'effort' | 'template' | 'none';
  /** The highest level of effort that is known. */
  readonly effort_max: 'high' | 'xhigh' | 'max';
  /** Whether an effort of `none` turns thinking off. */
  readonly takes_effort_none: boolean;
  /** The fields in which earlier thinking is sent back. */
  readonly thinking_history: readonly ThinkingConvention[];
  /** What becomes of a conversation that ends with the assistant's words. */
  readonly prefill: 'last-message' | 'continued' | 'refused';
  /** What a model is called that the configuration gives no name for. */
  readonly model_names: 'id' | 'author';
}

/** Quirks of the configuration, in place of those that come with the engine's name. */
export type QuirkChanges = {
  readonly [Quirk in keyof EngineQuirks]?: EngineQuirks[Quirk] | undefined;
};
