/** Everything the emulator says when it refuses, once; the API reference §4 has where each is from. */

const THINKING_DOCS =
  'https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking';
const OLDER_THINKING_DOCS =
  'https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking';
const MAX_TOKENS_DOCS =
  'https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size';

export const ruleTexts = {
  notServed: (operation: string): string =>
    `The emulator does not serve ${operation}. Configure a real upstream (an API key) to use it.`,
  malformedJson: (detail: string): string => `The request body is not valid JSON: ${detail}`,
  versionMissing: 'anthropic-version: header is required',
  versionUnknown: (version: string): string =>
    `anthropic-version: "${version}" is not a valid version`,
  notInVersion: (path: string): string => `${path}: Extra inputs are not permitted`,
  threadUnsupported:
    'thread: The emulator does not hold conversations. Send the full history without `thread`.',
  modelUnknown: (model: string): string => `model: ${model}`,

  messagesEmpty: 'messages: at least one message is required',
  maxTokensTooFew: 'max_tokens: must be greater than or equal to 1',
  temperatureRange: 'temperature: range: 0..1',
  stopSequenceEmpty: 'stop_sequences: each stop sequence must be non-empty',
  stopSequenceBlank: 'stop_sequences: each stop sequence must contain non-whitespace',
  systemFirst: "messages.0: use the top-level 'system' parameter for the initial system prompt",
  systemLater: "role 'system' is not supported on this model",

  maxTokensOverCap: (asked: number, cap: number, model: string): string =>
    `max_tokens: ${String(asked)} > ${String(cap)}, which is the maximum allowed number of output tokens for ${model}`,
  samplerDeprecated: (name: string): string => `\`${name}\` is deprecated for this model.`,
  bothSamplers:
    '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  effortUnsupported: 'This model does not support the effort parameter.',
  formatUnsupported: 'output_config.format: This model does not support structured outputs.',
  formatTwice: 'output_format: Only one of output_format and output_config.format may be set.',
  geoUnsupported: 'inference_geo: This model does not support the inference_geo parameter.',
  prefillUnsupported:
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  prefillEndsInBlank: 'messages: final assistant content cannot end with trailing whitespace',

  thinkingAdaptiveUnsupported: 'adaptive thinking is not supported on this model',
  thinkingEnabledUnsupported:
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  thinkingBudget:
    `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. Please consult our documentation at ${MAX_TOKENS_DOCS}` as string,
  thinkingTemperature:
    `\`temperature\` may only be set to 1 when thinking is enabled. Please consult our documentation at ${OLDER_THINKING_DOCS}` as string,
  thinkingTopK:
    `\`top_k\` must be unset when thinking is enabled. Please consult our documentation at ${THINKING_DOCS}` as string,
  thinkingTopP:
    `\`top_p\` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode. Please consult our documentation at ${THINKING_DOCS}` as string,
  thinkingForcedTool: 'Thinking may not be enabled when tool_choice forces tool use.',

  contentEmpty: (at: number): string =>
    `messages.${String(at)}: all messages must have non-empty content except for the optional final assistant message`,
  textEmpty: 'messages: text content blocks must be non-empty',
  textBlank: 'messages: text content blocks must contain non-whitespace text',
  systemTextEmpty: 'system: text content blocks must be non-empty',
  textEmptyCached: (at: number, block: number): string =>
    `messages.${String(at)}.content.${String(block)}.text: cache_control cannot be set for empty text blocks`,
  blockOfOtherRole: (at: number, type: string, role: string): string =>
    `messages.${String(at)}: \`${type}\` blocks can only be in \`${role}\` messages`,
  toolUseIdTwice: (at: number, block: number): string =>
    `messages.${String(at)}.content.${String(block)}: \`tool_use\` ids must be unique`,
  toolUseUnanswered: (at: number, ids: readonly string[]): string =>
    `messages.${String(at)}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  toolResultOrphan: (at: number, block: number, id: string): string =>
    `messages.${String(at)}.content.${String(block)}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
  toolResultTwice: (at: number, block: number, id: string): string =>
    `messages.${String(at)}.content.${String(block)}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,

  toolNameTwice: 'tools: Tool names must be unique.',
  toolUnknown: (name: string): string => `Tool '${name}' not found in provided tools`,
  toolsMissing: (choice: string): string =>
    `tool_choice.${choice} may only be specified while providing tools`,
  toolSchemaCombined: (at: number): string =>
    `tools.${String(at)}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
  toolSchemaType: (at: number): string =>
    `tools.${String(at)}.custom.input_schema.type: Input should be 'object'`,
  toolsAllDeferred:
    'At least one tool must have defer_loading=false. All tools cannot be deferred.',

  promptTooLong: (tokens: number, window: number): string =>
    `prompt is too long: ${String(tokens)} tokens > ${String(window)} maximum`,
} as const;
