import type { EngineName, EngineQuirks, QuirkChanges } from '../../config/engine-quirks.ts';

/** As many stops as anybody sends: the engine has no bound of its own. */
const STOPS_UNBOUNDED = 1000;
/** The bound of the form's first vendor, which others took over. */
const STOPS_USUAL = 4;

/** What every engine can be trusted with. Fields that some refuse stay away. */
const generic: EngineQuirks = {
  request_as: 'chat',
  max_tokens_as: 'max_tokens',
  stops_max: STOPS_USUAL,
  takes_stream_options: true,
  takes_top_k: false,
  takes_service_tier: false,
  takes_cache_control: false,
  takes_strict_tools: false,
  takes_parallel_flag: false,
  tool_choice: 'named',
  takes_response_schema: true,
  text_parts: 'kept',
  image_urls: 'any',
  files: 'none',
  result_media: 'after-results',
  result_errors: 'prefix',
  thinking_as: 'none',
  effort_max: 'high',
  takes_effort_none: false,
  thinking_history: [],
  prefill: 'refused',
  model_names: 'id',
};

/** Engines that run open weights: the template of the model takes what it knows. */
const selfHosted: EngineQuirks = {
  ...generic,
  stops_max: STOPS_UNBOUNDED,
  takes_top_k: true,
  takes_parallel_flag: true,
  thinking_as: 'template',
  prefill: 'continued',
};

/** What each engine does otherwise, read off its documentation and its source. */
const engines: Readonly<Record<EngineName, EngineQuirks>> = {
  generic,
  // A gateway like this one: it takes everything that the form and its extensions can say.
  quatrain: {
    ...generic,
    stops_max: STOPS_UNBOUNDED,
    takes_top_k: true,
    takes_service_tier: true,
    takes_cache_control: true,
    takes_strict_tools: true,
    takes_parallel_flag: true,
    files: 'all',
    result_media: 'in-result',
    result_errors: 'flag',
    thinking_as: 'native',
    effort_max: 'max',
    takes_effort_none: true,
    thinking_history: ['thinking_blocks'],
    prefill: 'last-message',
  },
  // Chat reference §1.2, §1.3: for Claude the form's messages are those of the Messages form.
  aimlapi: {
    ...generic,
    request_as: 'native',
    stops_max: STOPS_UNBOUNDED,
    takes_top_k: true,
    takes_cache_control: true,
    files: 'all',
    result_media: 'in-result',
    result_errors: 'flag',
    thinking_as: 'thinking',
    effort_max: 'max',
    prefill: 'last-message',
    model_names: 'author',
  },
  // A proxy for many vendors; it takes thinking and its blocks as they are.
  litellm: {
    ...generic,
    stops_max: STOPS_UNBOUNDED,
    takes_top_k: true,
    takes_cache_control: true,
    takes_strict_tools: true,
    takes_parallel_flag: true,
    files: 'pdf',
    result_media: 'in-result',
    thinking_as: 'thinking',
    thinking_history: ['thinking_blocks', 'reasoning_content'],
    prefill: 'last-message',
  },
  // A choice that names a function counts as `auto` there, without a word.
  'llama-cpp': {
    ...selfHosted,
    tool_choice: 'words',
    thinking_history: ['reasoning_content'],
    prefill: 'last-message',
  },
  // Knows no choice of tools, takes no addresses of pictures, and makes a message of every part.
  ollama: {
    ...generic,
    stops_max: STOPS_UNBOUNDED,
    tool_choice: 'none',
    text_parts: 'joined',
    image_urls: 'data',
    thinking_as: 'effort',
    takes_effort_none: true,
    thinking_history: ['reasoning'],
    prefill: 'last-message',
  },
  openai: {
    ...generic,
    max_tokens_as: 'max_completion_tokens',
    takes_service_tier: true,
    takes_strict_tools: true,
    takes_parallel_flag: true,
    files: 'pdf',
    thinking_as: 'effort',
    effort_max: 'xhigh',
    takes_effort_none: true,
  },
  openrouter: {
    ...generic,
    takes_top_k: true,
    takes_cache_control: true,
    takes_strict_tools: true,
    takes_parallel_flag: true,
    files: 'pdf',
    thinking_as: 'reasoning',
    effort_max: 'xhigh',
    takes_effort_none: true,
    thinking_history: ['reasoning_details', 'reasoning'],
    prefill: 'last-message',
    model_names: 'author',
  },
  sglang: {
    ...selfHosted,
    effort_max: 'max',
    thinking_history: ['reasoning_content'],
  },
  // The field was renamed: earlier versions read the longer name.
  vllm: { ...selfHosted, thinking_history: ['reasoning', 'reasoning_content'] },
};

/** The ways of an engine, with what a configuration says otherwise. */
export function quirksOf(engine: EngineName, changes: QuirkChanges): EngineQuirks {
  const changed = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...engines[engine], ...Object.fromEntries(changed) };
}
